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

impl CookieSealer {
    pub(crate) fn new(keys: KeyRing) -> Self {
        Self { keys }
    }

    /// Encrypts and signs. The text uses only characters that a cookie's value may hold.
    #[must_use]
    pub fn seal(&self, plaintext: &[u8], now: UnixTime) -> String {
        token::seal(plaintext, &self.keys, now)
    }

    /// Opens what [`CookieSealer::seal`] of the same purpose made, if it is no older than `ttl`. One from the
    /// future is as good as new: a clock that is put back takes nobody's session away.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(&self, text: &str, now: UnixTime, ttl: Duration) -> Result<Opened, OpenError> {
        let token = token::open(base64url::decode(text), &self.keys)?;
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
