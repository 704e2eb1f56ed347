//! The cookies in which a browser keeps its pending logins, one each, so that three tabs can finish in any order.

use std::time::Duration;

use subtle::ConstantTimeEq as _;
use token_crypto::{CookieSealer, KeyRing, UnixTime};
use tower_cookies::cookie::SameSite;
use tower_cookies::{Cookie, Cookies};

use crate::oidc::PendingLogin;

const NAME: &str = "passerelle_login_";
/// What browsers refuse to take from anybody but this host, over https.
const HOST_PREFIX: &str = "__Host-";
/// The length of a state: 32 bytes in base64url.
const STATE_LENGTH: usize = 43;
/// How much of the state stands in a cookie's name.
const NAME_STATE_LENGTH: usize = 16;
/// The most logins a browser may have pending.
const MOST_PENDING: usize = 8;

/// Seals pending logins into cookies and finds them again.
pub struct LoginCookies {
    sealer: CookieSealer,
    ttl: Duration,
    secure: bool,
    prefix: String,
}

impl LoginCookies {
    /// `secure` when browsers reach the api over https; `ttl` is how long a login may take.
    #[must_use]
    pub fn new(keys: &KeyRing, ttl: Duration, secure: bool) -> Self {
        let prefix = if secure { format!("{HOST_PREFIX}{NAME}") } else { NAME.to_owned() };
        Self { sealer: keys.cookie_sealer("pending login"), ttl, secure, prefix }
    }

    /// Adds a pending login, and drops the oldest ones beyond the eighth.
    ///
    /// # Errors
    /// When the login cannot be written, which does not happen.
    pub fn add(
        &self,
        cookies: &Cookies,
        pending: &PendingLogin,
        now: UnixTime,
    ) -> Result<(), serde_json::Error> {
        let mut names: Vec<String> =
            self.pending(cookies).iter().map(|cookie| cookie.name().to_owned()).collect();
        // The time comes first in a name, so their order is that of their beginning.
        names.sort_unstable();
        let too_many = names.len().saturating_sub(MOST_PENDING - 1);
        for name in names.into_iter().take(too_many) {
            self.remove(cookies, name);
        }
        let json = zeroize::Zeroizing::new(serde_json::to_vec(pending)?);
        let name = format!("{}{:010x}_{}", self.prefix, now.0, name_part(&pending.state));
        let mut cookie = self.cookie(name, self.sealer.seal(&json, now));
        cookie.set_max_age(tower_cookies::cookie::time::Duration::seconds(
            self.ttl.as_secs().try_into().unwrap_or(i64::MAX),
        ));
        cookies.add(cookie);
        Ok(())
    }

    /// The pending login of a state, which is removed: a state works once. Nothing when this browser has no
    /// such login, or it is too old.
    #[must_use]
    pub fn take(&self, cookies: &Cookies, state: &str, now: UnixTime) -> Option<PendingLogin> {
        // Less than a whole state could name any login of this browser, and end it.
        if state.len() != STATE_LENGTH {
            return None;
        }
        let suffix = name_part(state);
        let cookie = self.pending(cookies).into_iter().find(|cookie| cookie.name().ends_with(suffix))?;
        self.remove(cookies, cookie.name().to_owned());
        let opened = self.sealer.open(cookie.value(), now, self.ttl).ok()?;
        let pending: PendingLogin = serde_json::from_slice(&opened.plaintext).ok()?;
        bool::from(pending.state.as_bytes().ct_eq(state.as_bytes())).then_some(pending)
    }

    fn pending(&self, cookies: &Cookies) -> Vec<Cookie<'static>> {
        let all = cookies.list().into_iter();
        all.filter(|cookie| cookie.name().starts_with(&self.prefix)).map(Cookie::into_owned).collect()
    }

    fn remove(&self, cookies: &Cookies, name: String) {
        cookies.remove(self.cookie(name, String::new()));
    }

    fn cookie(&self, name: String, value: String) -> Cookie<'static> {
        Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Lax)
            .build()
    }
}

fn name_part(state: &str) -> &str {
    state.get(..NAME_STATE_LENGTH).unwrap_or(state)
}
