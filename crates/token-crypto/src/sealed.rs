use std::time::Duration;

use crate::base64url;
use crate::error::OpenError;
use crate::key::KeyRing;
use crate::time::UnixTime;
use crate::token;

/// Seals and opens cookies of one purpose. Made by [`KeyRing::cookie_sealer`].
#[derive(Clone, Debug)]
pub struct CookieSealer {
    keys: KeyRing,
}

/// The content of a sealed cookie.
pub struct Opened {
    /// What was sealed.
    pub plaintext: Vec<u8>,
    /// When it was sealed.
    pub sealed_at: UnixTime,
    /// Whether a key opened it that no longer seals: the cookie should be issued anew.
    pub with_old_key: bool,
}

impl KeyRing {
    /// A sealer whose keys are derived from these for one purpose. Deriving costs a few microseconds: do it
    /// once at start-up.
    #[must_use]
    pub fn cookie_sealer(&self, purpose: &str) -> CookieSealer {
        CookieSealer { keys: self.derive(purpose) }
    }
}

impl CookieSealer {
    /// Encrypts and signs. The text uses only characters that a cookie's value may hold.
    #[must_use]
    pub fn seal(&self, plaintext: &[u8], now: UnixTime) -> String {
        token::seal(plaintext, self.keys.first(), now)
    }

    /// Opens what [`CookieSealer::seal`] of the same purpose made, if it is no older than `ttl`. One from the
    /// future is accepted: a clock that is set back ends nobody's session.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(&self, text: &str, now: UnixTime, ttl: Duration) -> Result<Opened, OpenError> {
        let token = token::open(base64url::decode(text), self.keys.all())?;
        if token.is_older_than(ttl, now) {
            return Err(OpenError::Expired);
        }
        Ok(Opened {
            plaintext: token.plaintext,
            sealed_at: token.sealed_at,
            with_old_key: token.key_index > 0,
        })
    }
}
