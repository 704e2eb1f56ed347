//! Fernet keys: reads them from the configuration, rotates them as a list, and derives keys for one purpose.

use std::collections::HashSet;
use std::fmt;

use fernet::Fernet;
use hkdf::Hkdf;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::base64url;
use crate::error::KeyError;
use crate::token::FernetKey;

/// The key of the original's documentation. It works in development only.
pub const PLACEHOLDER: &str = "changeme";

/// 32 random bytes have about 30 different values; fewer than this number cannot happen by chance.
const FEWEST_DISTINCT_BYTES: usize = 12;

/// A new Fernet key: 32 random bytes in URL-safe base64, as Python's `Fernet(key)` accepts it.
#[must_use]
pub fn generate_key() -> SecretString {
    Fernet::generate_key().into()
}

/// One Fernet key or several. The first seals, all of them open.
#[derive(Clone)]
pub struct KeyRing(Vec<Key>);

#[derive(Clone)]
struct Key {
    bytes: [u8; 32],
    fernet: FernetKey,
}

impl KeyRing {
    /// Reads the keys of a configuration, each 44 characters of URL-safe base64.
    ///
    /// # Errors
    /// The error of the first key that is missing, malformed, weak, given twice, or the [`PLACEHOLDER`]: the word itself
    /// or the key that is derived from it.
    pub fn parse(texts: impl IntoIterator<Item = SecretString>) -> Result<Self, KeyError> {
        let keys = texts.into_iter().map(|text| match Key::parse(text.expose_secret())? {
            key if key.is_placeholder() => Err(KeyError::Placeholder),
            key => Ok(key),
        });
        Self::new(keys.collect::<Result<_, _>>()?)
    }

    /// Reads the keys as [`KeyRing::parse`] does, but also accepts [`PLACEHOLDER`], as the SHA-256 of the
    /// word: the original does the same, so that the two interoperate.
    ///
    /// # Errors
    /// As [`KeyRing::parse`], without [`KeyError::Placeholder`].
    pub fn parse_for_development(texts: impl IntoIterator<Item = SecretString>) -> Result<Self, KeyError> {
        let keys = texts.into_iter().map(|text| Key::parse(text.expose_secret()));
        Self::new(keys.collect::<Result<_, _>>()?)
    }

    fn new(keys: Vec<Key>) -> Result<Self, KeyError> {
        if keys.is_empty() {
            return Err(KeyError::Missing);
        }
        let distinct: HashSet<&[u8; 32]> = keys.iter().map(|key| &key.bytes).collect();
        if distinct.len() < keys.len() {
            return Err(KeyError::Duplicate);
        }
        Ok(Self(keys))
    }

    /// The ring whose keys are derived from these for one purpose.
    pub(crate) fn derive(&self, purpose: &str) -> Self {
        Self(self.0.iter().map(|key| key.derive(purpose)).collect())
    }

    /// Whether the two rings have a key in common: if not, nothing sealed with the other ring opens with this one.
    #[must_use]
    pub fn shares_a_key_with(&self, other: &Self) -> bool {
        self.0.iter().any(|key| other.0.iter().any(|theirs| key.bytes == theirs.bytes))
    }

    /// Whether the [`PLACEHOLDER`] is one of the keys. Then the caller must warn.
    #[must_use]
    pub fn has_placeholder(&self) -> bool {
        self.0.iter().any(Key::is_placeholder)
    }

    /// Tells the first key from others without telling anything else of it: eight hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut digest = [0; 4];
        // `new` refuses an empty list.
        Hkdf::<Sha256>::new(None, &self.0[0].bytes)
            .expand(b"fingerprint", &mut digest)
            .unwrap_or_else(|_| unreachable!("4 bytes are within what HKDF-SHA256 gives"));
        format!("{:08x}", u32::from_be_bytes(digest))
    }

    /// The key that seals.
    pub(crate) fn first(&self) -> &FernetKey {
        // `new` refuses an empty list.
        &self.0[0].fernet
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &FernetKey> {
        self.0.iter().map(|key| &key.fernet)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} keys)", self.0.len())
    }
}

impl Key {
    fn parse(text: &str) -> Result<Self, KeyError> {
        if text == PLACEHOLDER {
            return Ok(Self::new(placeholder_bytes()));
        }
        if text.trim() != text {
            return Err(KeyError::Blanks);
        }
        let bytes = base64url::decode(text).ok_or(KeyError::NotAFernetKey)?;
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| KeyError::NotAFernetKey)?;
        if bytes.iter().collect::<HashSet<_>>().len() < FEWEST_DISTINCT_BYTES {
            return Err(KeyError::Weak);
        }
        Ok(Self::new(bytes))
    }

    fn new(bytes: [u8; 32]) -> Self {
        let fernet = FernetKey::new(&bytes);
        Self { bytes, fernet }
    }

    fn is_placeholder(&self) -> bool {
        self.bytes == placeholder_bytes()
    }

    /// HKDF-SHA256 (RFC 5869) of the key, without salt, with the purpose as info.
    fn derive(&self, purpose: &str) -> Self {
        let mut derived = [0; 32];
        Hkdf::<Sha256>::new(None, &self.bytes)
            .expand_multi_info(&[b"passerelle cookie: ", purpose.as_bytes()], &mut derived)
            .unwrap_or_else(|_| unreachable!("32 bytes are within what HKDF-SHA256 gives"));
        Self::new(derived)
    }
}

/// The key that the original derives from [`PLACEHOLDER`].
fn placeholder_bytes() -> [u8; 32] {
    Sha256::digest(PLACEHOLDER).into()
}
