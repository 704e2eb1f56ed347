//! One cookie with sealed content.

use std::time::Duration;

use token_crypto::{CookieSealer, Opened, UnixTime};
use tower_cookies::Cookies;

use super::jar::Jar;

/// One cookie whose content only our own servers can read or write.
#[derive(Clone, Debug)]
pub struct SealedCookie {
    jar: Jar,
    name: &'static str,
    sealer: CookieSealer,
    lives: Duration,
}

impl SealedCookie {
    /// A cookie with this name. No other cookie may use the sealer's purpose.
    #[must_use]
    pub fn new(jar: Jar, name: &'static str, sealer: CookieSealer, lives: Duration) -> Self {
        Self { jar, name, sealer, lives }
    }

    /// Seals the content and sets the cookie.
    pub fn set(&self, cookies: &Cookies, content: &[u8], now: UnixTime) {
        self.jar.set(cookies, self.name, self.sealer.seal(content, now), self.lives);
    }

    /// The content, if the browser has the cookie, and it opens and is not too old.
    #[must_use]
    pub fn get(&self, cookies: &Cookies, now: UnixTime) -> Option<Opened> {
        let sealed = self.jar.get(cookies, self.name)?;
        self.sealer.open(&sealed, now, self.lives).ok()
    }

    /// Removes the cookie.
    pub fn remove(&self, cookies: &Cookies) {
        self.jar.remove(cookies, self.name);
    }
}
