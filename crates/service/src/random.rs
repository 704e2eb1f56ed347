//! Random bytes and strings of the operating system.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The operating system has no random bytes to give.
pub use getrandom::Error;

/// `N` random bytes.
///
/// # Errors
/// When the operating system gives none.
pub fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// `N` random bytes in unpadded base64url: 43 characters for 32 bytes.
///
/// # Errors
/// When the operating system gives none.
pub fn base64url<const N: usize>() -> Result<String, Error> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<N>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_strings_are_the_same() {
        let (one, other) = (base64url::<32>().unwrap(), base64url::<32>().unwrap());
        assert_eq!(one.len(), 43);
        assert_ne!(one, other);
    }
}
