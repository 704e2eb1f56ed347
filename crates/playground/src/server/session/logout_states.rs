//! The state of a logout that is in progress at ProConnect.

use std::time::Duration;

use service::cookies::{Cookies, Jar, SealedCookie};
use subtle::ConstantTimeEq as _;
use token_crypto::{KeyRing, UnixTime};

const LIVES: Duration = Duration::from_mins(5);

/// Remembers in a sealed cookie what ProConnect must send back, so that only the end of this browser's own
/// logout is called a success.
#[derive(Clone, Debug)]
pub(crate) struct LogoutStates(SealedCookie);

impl LogoutStates {
    pub(crate) fn new(jar: Jar, keys: &KeyRing) -> Self {
        Self(SealedCookie::new(jar, "logout", keys.cookie_sealer("playground logout"), LIVES))
    }

    pub(crate) fn remember(&self, cookies: &Cookies, state: &str, now: UnixTime) {
        self.0.set(cookies, state.as_bytes(), now);
    }

    /// Whether this is the state of the browser's logout, which is then over.
    pub(crate) fn settle(&self, cookies: &Cookies, state: &str, now: UnixTime) -> bool {
        let opened = self.0.get(cookies, now);
        let matches = opened.is_some_and(|opened| opened.plaintext.ct_eq(state.as_bytes()).into());
        if matches {
            self.0.remove(cookies);
        }
        matches
    }
}
