//! The one place that makes and reads Fernet tokens.

use std::time::Duration;

use fernet::Fernet;
use zeroize::Zeroizing;

use crate::base64url;
use crate::error::OpenError;
use crate::key::KeyRing;
use crate::time::{MAX_SKEW, UnixTime};

/// Version (1 byte), time (8), IV (16), one block of ciphertext (16), HMAC (32).
const SHORTEST: usize = 73;
const VERSION: u8 = 0x80;

pub(crate) struct Token {
    pub(crate) plaintext: Zeroizing<Vec<u8>>,
    pub(crate) sealed_at: UnixTime,
    /// The place of the key in the ring: 0 is the one that seals.
    pub(crate) key_index: usize,
}

pub(crate) fn seal(plaintext: &[u8], keys: &KeyRing, now: UnixTime) -> String {
    keys.first().encrypt_at_time(plaintext, now.0)
}

/// Opens a token, whenever it was sealed: before its signature is checked the time is only a claim.
pub(crate) fn open(text: &str, keys: &KeyRing) -> Result<Token, OpenError> {
    let bytes = base64url::decode(text).ok_or(OpenError::Malformed("not URL-safe base64"))?;
    if bytes.len() < SHORTEST {
        return Err(OpenError::Malformed("shorter than any Fernet token"));
    }
    let (version, rest) = bytes.split_at(1);
    if version != [VERSION] {
        return Err(OpenError::Malformed("not a Fernet token"));
    }
    let time: [u8; 8] = rest[..8].try_into().unwrap_or_else(|_| unreachable!("eight bytes are eight bytes"));
    let sealed_at = UnixTime(u64::from_be_bytes(time));

    // The library's own look at the time cannot tell its reasons apart, so it is given a clock it agrees with.
    let agreeable_clock = sealed_at.0.saturating_sub(MAX_SKEW.as_secs());
    let (key_index, plaintext) = keys
        .all()
        .enumerate()
        .find_map(|(index, key)| Some((index, key.decrypt_at_time(text, None, agreeable_clock).ok()?)))
        .ok_or(OpenError::WrongKeyOrTampered)?;
    Ok(Token { plaintext: Zeroizing::new(plaintext), sealed_at, key_index })
}

impl Token {
    pub(crate) fn is_older_than(&self, ttl: Duration, now: UnixTime) -> bool {
        now > self.sealed_at.after(ttl)
    }
}

pub(crate) fn fernet_from(bytes: &[u8; 32]) -> Fernet {
    let text = Zeroizing::new(base64url::encode(bytes));
    Fernet::new(&text).unwrap_or_else(|| unreachable!("32 bytes in base64 are a Fernet key"))
}
