//! What a browser carries over the api's own host, so that a sign-out at one application ends its sessions at all of them.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use service::cookies::{Cookies, Jar, SealedCookie};
use token_crypto::{CookieSealer, KeyRing, UnixTime};

use super::target::Target;
use crate::origins::Origin;
use crate::pending_logins::PREFIX;

/// More than one person has open in one browser. Beyond it the oldest are left to expire.
const MOST: usize = 32;
/// A cookie holds 4096 bytes, sealed and with its attributes. A longer ID token is done without.
const LONGEST_ID_TOKEN: usize = 2_400;
/// How long a browser may take from an application to the api.
const DEPARTS: Duration = Duration::from_mins(5);
/// How long it may stay at ProConnect.
const RETURNS: Duration = Duration::from_hours(1);

/// The sessions that a browser began, in a sealed cookie of the api's own host.
#[derive(Clone, Debug)]
pub struct BrowserSessions(SealedCookie);

/// The sessions of one browser.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Begun {
    #[serde(rename = "i")]
    token_ids: Vec<i64>,
    /// Of the last login to a protected application.
    #[serde(rename = "p")]
    id_token: Option<String>,
}

impl BrowserSessions {
    /// `https` says how browsers reach the api; a session lives no longer than `lives`.
    #[must_use]
    pub fn new(keys: &KeyRing, https: bool, lives: Duration) -> Self {
        let sealer = keys.cookie_sealer("browser sessions");
        Self(SealedCookie::new(Jar::new(PREFIX, https), "sessions", sealer, lives))
    }

    /// Adds one, with the ID token of a login to a protected application.
    pub fn add(&self, cookies: &Cookies, token_id: i64, id_token: Option<&SecretString>, now: UnixTime) {
        let Begun { mut token_ids, id_token: kept } = self.begun(cookies, now);
        token_ids.push(token_id);
        let surplus = token_ids.len().saturating_sub(MOST);
        token_ids.drain(..surplus);
        let id_token = id_token.map_or(kept, |token| Some(token.expose_secret().to_owned()));
        let id_token = id_token.filter(|token| token.len() <= LONGEST_ID_TOKEN);
        let begun = Begun { token_ids, id_token };
        self.0.set(cookies, &serde_json::to_vec(&begun).unwrap_or_default(), now);
    }

    /// The ids of their tokens, and the ID token of the last login.
    #[must_use]
    pub fn all(&self, cookies: &Cookies, now: UnixTime) -> (Vec<i64>, Option<SecretString>) {
        let Begun { token_ids, id_token } = self.begun(cookies, now);
        (token_ids, id_token.map(Into::into))
    }

    /// Forgets them.
    pub fn forget(&self, cookies: &Cookies) {
        self.0.remove(cookies);
    }

    fn begun(&self, cookies: &Cookies, now: UnixTime) -> Begun {
        let opened = self.0.get(cookies, now);
        opened.and_then(|opened| serde_json::from_slice(&opened.plaintext).ok()).unwrap_or_default()
    }
}

/// Somebody who leaves an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// The application.
    pub origin: Origin,
    /// Where to go back to there, if they said so.
    pub target: Option<Target>,
    /// The session they had there. Only the browser that began it ends its others.
    pub token_id: Option<i64>,
}

#[derive(Deserialize, Serialize)]
struct Sealed {
    #[serde(rename = "o")]
    origin: String,
    #[serde(rename = "t")]
    target: Option<String>,
    #[serde(rename = "i")]
    token_id: Option<i64>,
}

/// Seals departures, so that nobody is made to leave by another site's link.
#[derive(Clone, Debug)]
pub struct Departures {
    out: CookieSealer,
    back: CookieSealer,
}

impl Departures {
    /// Derives the keys.
    #[must_use]
    pub fn new(keys: &KeyRing) -> Self {
        Self { out: keys.cookie_sealer("sign-out"), back: keys.cookie_sealer("signed out") }
    }

    /// What a browser brings from the application to the api.
    #[must_use]
    pub fn seal_out(&self, departure: &Departure, now: UnixTime) -> String {
        seal(&self.out, departure, now)
    }

    /// The same, opened.
    #[must_use]
    pub fn open_out(&self, text: &str, now: UnixTime) -> Option<Departure> {
        open(&self.out, text, now, DEPARTS)
    }

    /// What comes back with the browser from ProConnect.
    #[must_use]
    pub fn seal_back(&self, departure: &Departure, now: UnixTime) -> String {
        seal(&self.back, departure, now)
    }

    /// The same, opened.
    #[must_use]
    pub fn open_back(&self, text: &str, now: UnixTime) -> Option<Departure> {
        open(&self.back, text, now, RETURNS)
    }
}

fn seal(sealer: &CookieSealer, departure: &Departure, now: UnixTime) -> String {
    let content = Sealed {
        origin: departure.origin.as_str().to_owned(),
        target: departure.target.as_ref().map(|target| target.as_str().to_owned()),
        token_id: departure.token_id,
    };
    sealer.seal(&serde_json::to_vec(&content).unwrap_or_default(), now)
}

fn open(sealer: &CookieSealer, text: &str, now: UnixTime, lives: Duration) -> Option<Departure> {
    let opened = sealer.open(text, now, lives).ok()?;
    let Sealed { origin, target, token_id } = serde_json::from_slice(&opened.plaintext).ok()?;
    let origin = Origin::parse(&origin).ok()?;
    let target = target.map(|target| Target::sealed(&origin, &target));
    Some(Departure { origin, target, token_id })
}
