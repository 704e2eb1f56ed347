//! URL-safe base64, padded and strict: one text for one sequence of bytes, so that no character of a token
//! can be changed without being noticed.

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::{Engine as _, decoded_len_estimate};

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use vectors::PADDED;

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use base64::engine::general_purpose::URL_SAFE as PADDED;

/// With the vector instructions of the processor it runs on, where it has any.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod vectors {
    use std::sync::LazyLock;

    use base64::engine::general_purpose::PAD;
    use base64::engine::simd::Simd;

    pub(super) static PADDED: LazyLock<Simd> = LazyLock::new(|| Simd::url_safe(PAD));
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    PADDED.encode(bytes)
}

pub(crate) fn encode_unpadded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    PADDED.decode(text).ok()
}

/// Decodes what was encoded twice, within one allocation.
pub(crate) fn decode_twice(text: &str) -> Option<Vec<u8>> {
    let most_of_inner = decoded_len_estimate(text.len());
    let most = decoded_len_estimate(most_of_inner);
    let mut buffer = vec![0; most + most_of_inner];
    let (bytes, inner) = buffer.split_at_mut(most);
    let inner_len = PADDED.decode_slice(text, inner).ok()?;
    let len = PADDED.decode_slice(&inner[..inner_len], bytes).ok()?;
    buffer.truncate(len);
    Some(buffer)
}
