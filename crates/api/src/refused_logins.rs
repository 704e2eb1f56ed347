//! The ID token of a login that was refused after ProConnect knew the person: it waits in a sealed cookie until they ask to be
//! somebody else, so that ProConnect ends their session without a question.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use service::cookies::{Cookies, Jar, SealedCookie};
use token_crypto::{KeyRing, UnixTime};

use crate::pending_logins::PREFIX;

const LIVES: Duration = Duration::from_mins(10);
/// A cookie holds 4096 bytes, sealed and with its attributes. Longer tokens are done without.
const LONGEST: usize = 2_800;

/// Seals the ID token of a refused login into a cookie, and finds it again.
pub struct RefusedLogins(SealedCookie);

impl RefusedLogins {
    /// `https` says how browsers reach the api.
    #[must_use]
    pub fn new(keys: &KeyRing, https: bool) -> Self {
        Self(SealedCookie::new(
            Jar::new(PREFIX, https),
            "refused",
            keys.cookie_sealer("refused login"),
            LIVES,
        ))
    }

    /// Remembers it.
    pub fn remember(&self, cookies: &Cookies, id_token: &SecretString, now: UnixTime) {
        let id_token = id_token.expose_secret();
        if id_token.len() <= LONGEST {
            self.0.set(cookies, id_token.as_bytes(), now);
        }
    }

    /// The ID token. It is removed: it is of use once.
    #[must_use]
    pub fn take(&self, cookies: &Cookies, now: UnixTime) -> Option<SecretString> {
        let opened = self.0.get(cookies, now)?;
        self.0.remove(cookies);
        Some(str::from_utf8(&opened.plaintext).ok()?.into())
    }
}
