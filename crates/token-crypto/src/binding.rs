//! The binding of an envelope to a browser.

use sha2::{Digest as _, Sha256};

use crate::base64url;

/// The binding in an envelope, which identifies the browser it is meant for: the SHA-256 of a secret that only this
/// browser has in a cookie, as 43 characters of unpadded URL-safe base64.
#[must_use]
pub fn binding_of(secret: impl AsRef<[u8]>) -> String {
    base64url::encode_unpadded(Sha256::digest(secret))
}
