//! The session: three tokens in a sealed cookie, in pieces when one cookie is too small.

use std::borrow::Cow;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use service::cookies::{Cookies, Jar};
use token_crypto::{CookieSealer, Envelope, KeyRing, UnixTime};

/// Browsers take 4096 bytes of name, value and attributes together.
const PIECE: usize = 3800;
const MOST_PIECES: usize = 8;
const NAME: &str = "session";
/// How long a session lasts while the API has not said when its token ends.
const UNTOLD: Duration = Duration::from_hours(24);
/// Longer than any session: the session itself says when it ends.
const LONGEST: Duration = Duration::from_hours(24 * 400);
/// How long the cookie outlives the session, so that the person is told that it ended.
const OUTLIVES: Duration = Duration::from_hours(24);

/// What a logged-in browser brings with every request.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) app_token: SecretString,
    pub(crate) token_id: i64,
    pub(crate) proconnect_token: SecretString,
    /// When the API token ends, once the API has said so.
    pub(crate) expires: Option<UnixTime>,
}

/// The session that a browser brings.
pub(crate) enum Found {
    Live(Live),
    /// Its time is over.
    Ended(Session),
}

/// A session that has not ended.
pub(crate) struct Live {
    pub(crate) session: Session,
    /// Whether a key sealed it that no longer seals, so that it should be stored anew.
    pub(crate) with_old_key: bool,
}

#[derive(Deserialize, Serialize)]
struct Sealed<'a> {
    #[serde(borrow, rename = "a")]
    app_token: Cow<'a, str>,
    #[serde(rename = "i")]
    token_id: i64,
    #[serde(borrow, rename = "p")]
    proconnect_token: Cow<'a, str>,
    #[serde(rename = "e", skip_serializing_if = "Option::is_none", default)]
    expires: Option<u64>,
}

/// Why a session was not stored.
#[derive(Debug, thiserror::Error)]
#[error("the session needs more cookies than browsers keep")]
pub(crate) struct TooLarge;

/// Stores and loads sessions.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    jar: Jar,
    sealer: CookieSealer,
}

impl From<Envelope> for Session {
    fn from(envelope: Envelope) -> Self {
        Self {
            app_token: envelope.app_token,
            token_id: envelope.token_id,
            proconnect_token: envelope.proconnect_token,
            expires: None,
        }
    }
}

impl Sessions {
    pub(crate) fn new(jar: Jar, keys: &KeyRing) -> Self {
        Self { jar, sealer: keys.cookie_sealer("playground session") }
    }

    /// The session of the browser, if it has one that has not ended.
    pub(crate) fn load(&self, cookies: &Cookies, now: UnixTime) -> Option<Live> {
        match self.find(cookies, now)? {
            Found::Live(live) => Some(live),
            Found::Ended(_) => None,
        }
    }

    /// The session of the browser, ended or not.
    pub(crate) fn find(&self, cookies: &Cookies, now: UnixTime) -> Option<Found> {
        let text = self.assemble(cookies)?;
        let opened = self.sealer.open(&text, now, LONGEST).ok()?;
        let sealed: Sealed<'_> = serde_json::from_slice(&opened.plaintext).ok()?;
        let expires = sealed.expires.map(UnixTime);
        let session = Session {
            app_token: SecretString::from(&*sealed.app_token),
            token_id: sealed.token_id,
            proconnect_token: SecretString::from(&*sealed.proconnect_token),
            expires,
        };
        if now >= expires.unwrap_or(opened.sealed_at.after(UNTOLD)) {
            return Some(Found::Ended(session));
        }
        Some(Found::Live(Live { session, with_old_key: opened.with_old_key }))
    }

    /// Sets the cookies of a session until a day after its end, and removes those that an earlier one left.
    pub(crate) fn store(&self, cookies: &Cookies, session: &Session, now: UnixTime) -> Result<(), TooLarge> {
        let sealed = Sealed {
            app_token: session.app_token.expose_secret().into(),
            token_id: session.token_id,
            proconnect_token: session.proconnect_token.expose_secret().into(),
            expires: session.expires.map(|end| end.0),
        };
        let json = serde_json::to_vec(&sealed).map_err(|_| TooLarge)?;
        let text = self.sealer.seal(&json, now);
        let lives = session.expires.map_or(UNTOLD, |end| Duration::from_secs(end.0.saturating_sub(now.0)));
        let lives = lives.saturating_add(OUTLIVES);

        // Fernet tokens are ASCII, so every byte is a character.
        let pieces: Vec<&str> =
            text.as_bytes().chunks(PIECE).map(|piece| str::from_utf8(piece).unwrap_or_default()).collect();
        if pieces.len() > MOST_PIECES {
            return Err(TooLarge);
        }
        self.clear_pieces_from(cookies, pieces.len());
        for (index, piece) in pieces.iter().enumerate() {
            let value = if index == 0 { format!("{}.{piece}", pieces.len()) } else { (*piece).to_owned() };
            self.jar.set(cookies, &name(index), value, lives);
        }
        Ok(())
    }

    /// Removes the cookies of the session.
    pub(crate) fn clear(&self, cookies: &Cookies) {
        self.clear_pieces_from(cookies, 0);
    }

    /// The sealed text: the first cookie says of how many pieces.
    fn assemble(&self, cookies: &Cookies) -> Option<String> {
        let first = self.jar.get(cookies, NAME)?;
        let (count, piece) = first.split_once('.')?;
        let count = count.parse().ok().filter(|count| (1..=MOST_PIECES).contains(count))?;
        let mut text = piece.to_owned();
        for index in 1..count {
            text.push_str(&self.jar.get(cookies, &name(index))?);
        }
        Some(text)
    }

    fn clear_pieces_from(&self, cookies: &Cookies, first: usize) {
        for index in first..MOST_PIECES {
            self.jar.remove(cookies, &name(index));
        }
    }
}

fn name(index: usize) -> String {
    if index == 0 { NAME.to_owned() } else { format!("{NAME}_{index}") }
}
