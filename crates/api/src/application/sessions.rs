//! The session of a protected application: the API token in a sealed cookie of its host.
//!
//! A cookie knows no port, so applications on several ports of one host share it: it holds a session for each of them.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use service::cookies::{Cookies, Jar};
use token_crypto::{CookieSealer, KeyRing, UnixTime};

use crate::origins::Origin;

/// The whole name of the cookie, besides what the jar puts before it.
const NAME: &str = "passerelle";
/// A cookie holds 4096 bytes, and a session needs at most some 300 of them before it is sealed. The oldest goes.
const MOST: usize = 8;

/// Seals the sessions of protected applications into cookies, and finds them again.
#[derive(Clone, Debug)]
pub struct ApplicationSessions {
    sealer: CookieSealer,
    lives: Duration,
}

/// The sessions of one host's applications, oldest first: an origin and a token each.
type Sessions = Vec<(String, SecretString)>;

impl ApplicationSessions {
    /// Each lives as long as its token.
    #[must_use]
    pub fn new(keys: &KeyRing, lives: Duration) -> Self {
        Self { sealer: keys.cookie_sealer("application session"), lives }
    }

    /// Begins the session of a browser at an application.
    pub fn set(&self, cookies: &Cookies, origin: &Origin, token: &SecretString, now: UnixTime) {
        let mut sessions = self.others(cookies, origin, now);
        sessions.push((origin.as_str().to_owned(), token.clone()));
        let surplus = sessions.len().saturating_sub(MOST);
        self.write(cookies, origin, &sessions[surplus..], now);
    }

    /// The API token of the browser's session, if it has one at this application.
    #[must_use]
    pub fn get(&self, cookies: &Cookies, origin: &Origin, now: UnixTime) -> Option<SecretString> {
        let mut sessions = self.all(cookies, origin, now).into_iter();
        sessions.find(|(of, _)| of == origin.as_str()).map(|(_, token)| token)
    }

    /// Ends the session of a browser at an application.
    pub fn remove(&self, cookies: &Cookies, origin: &Origin, now: UnixTime) {
        match self.others(cookies, origin, now).as_slice() {
            [] => jar(origin).remove(cookies, ""),
            others => self.write(cookies, origin, others, now),
        }
    }

    fn others(&self, cookies: &Cookies, origin: &Origin, now: UnixTime) -> Sessions {
        let mut sessions = self.all(cookies, origin, now);
        sessions.retain(|(of, _)| of != origin.as_str());
        sessions
    }

    fn all(&self, cookies: &Cookies, origin: &Origin, now: UnixTime) -> Sessions {
        let sealed = jar(origin).get(cookies, "");
        let opened = sealed.and_then(|sealed| self.sealer.open(&sealed, now, self.lives).ok());
        let text = opened.and_then(|opened| String::from_utf8(opened.plaintext).ok()).unwrap_or_default();
        let words: Vec<&str> = text.split(' ').collect();
        words.chunks_exact(2).map(|pair| (pair[0].to_owned(), pair[1].into())).collect()
    }

    /// An origin has no space and a token has none, so no two contents are the same.
    fn write(&self, cookies: &Cookies, origin: &Origin, sessions: &[(String, SecretString)], now: UnixTime) {
        let pairs = sessions.iter().map(|(of, token)| format!("{of} {}", token.expose_secret()));
        let content = pairs.collect::<Vec<_>>().join(" ");
        jar(origin).set(cookies, "", self.sealer.seal(content.as_bytes(), now), self.lives);
    }
}

fn jar(origin: &Origin) -> Jar {
    Jar::new(NAME, origin.is_https())
}
