//! The errors of this crate. Their messages are safe to log.

/// Why something sealed could not be opened. Its message is safe to log: it never quotes what was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It is older than its time to live.
    #[error("expired")]
    Expired,
    /// Its time is further in the future than the clocks of two servers may differ.
    #[error("sealed in the future: the clocks of the two servers differ by more than a minute")]
    NotYetValid,
    /// No key of the ring opens it: another key sealed it, or somebody changed it.
    #[error("no key opens it: it was sealed with another key, or changed on the way")]
    WrongKeyOrTampered,
    /// It does not have the expected form; the string says what is wrong.
    #[error("malformed: {0}")]
    Malformed(&'static str),
}

/// Why a string is not accepted as an encryption key. The key is never quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A ring needs at least one key.
    #[error("no key is given")]
    Missing,
    /// Not 32 bytes in URL-safe base64 with padding, the form of a Fernet key.
    #[error("not a Fernet key (32 bytes in URL-safe base64, 44 characters)")]
    NotAFernetKey,
    /// There is a space or a newline before or after it, as when a whole file was copied.
    #[error("a space or a newline is before or after the key")]
    Blanks,
    /// The example of the documentation, which everybody knows.
    #[error("the placeholder \"changeme\" is known to everybody")]
    Placeholder,
    /// It has so few different bytes that it cannot be random.
    #[error("too weak: a random key has more different bytes")]
    Weak,
    /// The list has the same key twice.
    #[error("the list has the same key twice")]
    Duplicate,
}
