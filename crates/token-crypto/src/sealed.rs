//! Seals and opens cookies, each for one purpose.

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
    /// Whether an old key opened it, which no longer seals: set the cookie again.
    pub with_old_key: bool,
}

impl KeyRing {
    /// A sealer for one purpose, with keys derived from this ring. Deriving costs a few microseconds: do it
    /// once at start-up.
    #[must_use]
    pub fn cookie_sealer(&self, purpose: &str) -> CookieSealer {
        CookieSealer { keys: self.derive(purpose) }
    }
}

impl CookieSealer {
    /// Encrypts and signs. The string has only characters that are allowed in a cookie's value.
    #[must_use]
    pub fn seal(&self, plaintext: &[u8], now: UnixTime) -> String {
        token::seal(plaintext, self.keys.first(), now)
    }

    /// Opens what [`CookieSealer::seal`] of the same purpose made, if it is no older than `ttl`. A cookie from the
    /// future is accepted, so that a clock that is set back ends no session.
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
