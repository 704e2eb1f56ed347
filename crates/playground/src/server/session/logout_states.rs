//! The state of a logout that is in progress at ProConnect.

use std::time::Duration;

use service::cookies::{Cookies, Jar, SealedCookie};
use subtle::ConstantTimeEq as _;
use token_crypto::{KeyRing, UnixTime};

const LIVES: Duration = Duration::from_mins(5);

/// What follows when the browser is back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// It is told that it is logged out.
    Stay,
    /// It logs in, as somebody else.
    LogIn,
}

impl Then {
    /// What the state is sealed with.
    fn mark(self) -> &'static str {
        match self {
            Self::Stay => "stay.",
            Self::LogIn => "login.",
        }
    }
}

/// Remembers in a sealed cookie what ProConnect must send back, so that only the end of this browser's own
/// logout is called a success.
#[derive(Clone, Debug)]
pub(crate) struct LogoutStates(SealedCookie);

impl LogoutStates {
    pub(crate) fn new(jar: Jar, keys: &KeyRing) -> Self {
        Self(SealedCookie::new(jar, "logout", keys.cookie_sealer("playground logout"), LIVES))
    }

    pub(crate) fn remember(&self, cookies: &Cookies, state: &str, then: Then, now: UnixTime) {
        self.0.set(cookies, format!("{}{state}", then.mark()).as_bytes(), now);
    }

    /// What follows, if this is the state of the browser's logout, which is then over.
    pub(crate) fn settle(&self, cookies: &Cookies, state: &str, now: UnixTime) -> Option<Then> {
        let opened = self.0.get(cookies, now)?;
        let is_of = |then: &Then| {
            let expected = format!("{}{state}", then.mark());
            bool::from(opened.plaintext.ct_eq(expected.as_bytes()))
        };
        let then = [Then::Stay, Then::LogIn].into_iter().find(is_of)?;
        self.0.remove(cookies);
        Some(then)
    }
}
