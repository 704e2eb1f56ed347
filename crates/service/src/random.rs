//! Random bytes and strings from the operating system.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The operating system gave no random bytes.
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

/// `N` strings of 32 random bytes each, in unpadded base64url, with one call to the operating system.
///
/// # Errors
/// When the operating system gives none.
pub fn strings<const N: usize>() -> Result<[String; N], Error> {
    let mut bytes = [[0; 32]; N];
    getrandom::fill(bytes.as_flattened_mut())?;
    Ok(bytes.map(|bytes| URL_SAFE_NO_PAD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_strings_are_the_same() {
        let (one, other) = (base64url::<32>().unwrap(), base64url::<32>().unwrap());
        assert_eq!(one.len(), 43);
        assert_ne!(one, other);
        let [one, other] = strings().unwrap();
        assert_eq!((one.len(), other.len()), (43, 43));
        assert_ne!(one, other);
    }
}
