//! The state of a logout that is under way at ProConnect.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use subtle::ConstantTimeEq as _;
use token_crypto::{CookieSealer, KeyRing, UnixTime};
use tower_cookies::Cookies;

use super::cookies::CookieJar;
use super::pending_login::random;

const NAME: &str = "logout";
const LIVES: Duration = Duration::from_mins(5);

/// Remembers in a sealed cookie what ProConnect must send back, so that only the end of this browser's own
/// logout is called a success.
#[derive(Clone, Debug)]
pub(crate) struct LogoutStates {
    jar: CookieJar,
    sealer: CookieSealer,
}

impl LogoutStates {
    pub(crate) fn new(jar: CookieJar, keys: &KeyRing) -> Self {
        Self { jar, sealer: keys.cookie_sealer("playground logout") }
    }

    /// A new state: 32 random bytes in base64url.
    pub(crate) fn draw() -> Result<String, getrandom::Error> {
        Ok(BASE64URL.encode(random::<32>()?.as_slice()))
    }

    pub(crate) fn remember(&self, cookies: &Cookies, state: &str, now: UnixTime) {
        self.jar.set(cookies, NAME, self.sealer.seal(state.as_bytes(), now), LIVES);
    }

    /// Whether this is the state of the browser's logout, which is then over.
    pub(crate) fn settle(&self, cookies: &Cookies, state: &str, now: UnixTime) -> bool {
        let opened = self.jar.get(cookies, NAME).and_then(|text| self.sealer.open(&text, now, LIVES).ok());
        let matches = opened.is_some_and(|opened| opened.plaintext.ct_eq(state.as_bytes()).into());
        if matches {
            self.jar.remove(cookies, NAME);
        }
        matches
    }
}
