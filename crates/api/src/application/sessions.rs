//! The session of a protected application: the API token in a sealed cookie of its host.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use service::cookies::{Cookies, Jar};
use token_crypto::{CookieSealer, KeyRing, UnixTime};

use crate::origins::Origin;

/// The whole name of the cookie, besides what the jar puts before it.
const NAME: &str = "passerelle";

/// Seals the sessions of protected applications into cookies, and finds them again.
#[derive(Clone, Debug)]
pub struct ApplicationSessions {
    sealer: CookieSealer,
    lives: Duration,
}

impl ApplicationSessions {
    /// Each lives as long as its token.
    #[must_use]
    pub fn new(keys: &KeyRing, lives: Duration) -> Self {
        Self { sealer: keys.cookie_sealer("application session"), lives }
    }

    /// Begins the session of a browser at an application.
    pub fn set(&self, cookies: &Cookies, origin: &Origin, token: &SecretString, now: UnixTime) {
        // An origin has no space, and so no two contents are the same.
        let content = format!("{} {}", origin.as_str(), token.expose_secret());
        jar(origin).set(cookies, "", self.sealer.seal(content.as_bytes(), now), self.lives);
    }

    /// The API token of the browser's session, if it is one of this application.
    #[must_use]
    pub fn get(&self, cookies: &Cookies, origin: &Origin, now: UnixTime) -> Option<SecretString> {
        let opened = self.sealer.open(&jar(origin).get(cookies, "")?, now, self.lives).ok()?;
        let (of, token) = str::from_utf8(&opened.plaintext).ok()?.split_once(' ')?;
        (of == origin.as_str()).then(|| token.into())
    }

    /// Removes the cookie.
    pub fn remove(&self, cookies: &Cookies, origin: &Origin) {
        jar(origin).remove(cookies, "");
    }
}

fn jar(origin: &Origin) -> Jar {
    Jar::new(NAME, origin.is_https())
}
