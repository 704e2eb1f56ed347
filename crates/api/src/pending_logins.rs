//! The logins that a browser has begun and not finished: one sealed cookie each, so that three tabs can finish in any
//! order and any replica can finish what another began.

use std::time::Duration;

use oidc::PendingLogin;
use service::cookies::{Cookies, Jar, PendingCookies};
use subtle::ConstantTimeEq as _;
use token_crypto::{CookieSealer, KeyRing, UnixTime};

/// The cookies of this program.
pub(crate) const PREFIX: &str = "passerelle_";
/// The length of a state: 32 bytes in base64url.
const STATE_LENGTH: usize = 43;
/// How long after its time a login is still recognised, so that the person is sent back and told.
const RECOGNISED_FOR: Duration = Duration::from_secs(24 * 3_600);
/// How much of the state is in a cookie's name.
const TAG_LENGTH: usize = 16;

/// Seals pending logins into cookies and finds them again.
pub struct PendingLogins {
    cookies: PendingCookies,
    sealer: CookieSealer,
    ttl: Duration,
}

/// A pending login that came back.
pub struct Taken {
    /// What was remembered of it.
    pub login: PendingLogin,
    /// Whether it took longer than a login may: it can only be sent back.
    pub is_late: bool,
}

impl PendingLogins {
    /// `https` says how browsers reach the api; `ttl` is how long a login may take.
    #[must_use]
    pub fn new(keys: &KeyRing, ttl: Duration, https: bool) -> Self {
        let cookies =
            PendingCookies::new(Jar::new(PREFIX, https), "login", ttl.saturating_add(RECOGNISED_FOR));
        Self { cookies, sealer: keys.cookie_sealer("pending login"), ttl }
    }

    /// Adds a pending login, and drops the oldest beyond the eighth.
    ///
    /// # Errors
    /// When the login cannot be serialized, which does not happen.
    pub fn add(
        &self,
        cookies: &Cookies,
        pending: &PendingLogin,
        now: UnixTime,
    ) -> Result<(), serde_json::Error> {
        let json = serde_json::to_vec(pending)?;
        self.cookies.add(cookies, tag(&pending.state), self.sealer.seal(&json, now), now);
        Ok(())
    }

    /// The pending login of a state. It is removed: a state works once. Nothing when this browser has no such login.
    #[must_use]
    pub fn take(&self, cookies: &Cookies, state: &str, now: UnixTime) -> Option<Taken> {
        // Part of a state could name any login of this browser, and end it.
        if state.len() != STATE_LENGTH {
            return None;
        }
        let cookie = self.cookies.all(cookies).into_iter().find(|cookie| cookie.tag() == tag(state))?;
        self.cookies.remove(cookies, &cookie);
        let opened = self.sealer.open(&cookie.value, now, self.ttl.saturating_add(RECOGNISED_FOR)).ok()?;
        let login: PendingLogin = serde_json::from_slice(&opened.plaintext).ok()?;
        let is_late = now > opened.sealed_at.after(self.ttl);
        bool::from(login.state.as_bytes().ct_eq(state.as_bytes())).then_some(Taken { login, is_late })
    }
}

fn tag(state: &str) -> &str {
    state.get(..TAG_LENGTH).unwrap_or(state)
}
