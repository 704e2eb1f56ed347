//! The keys of OpenGateLLM: `sk-` and a JWT that names a user and a row, signed with HS256 by its master key. They carry no checksum
//! of ours; what is not stored is an unknown token like others.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

const PREFIX: &str = "sk-";
/// `{"` in base64url: what every JWT begins with, and no token of ours.
const OBJECT: &str = "eyJ";
/// HMAC-SHA256 in base64url.
const SIGNATURE: usize = 43;
/// The longest that is looked up. Their three numbers need 150 characters.
const LONGEST: usize = 300;

/// Whether this has the form of a key of OpenGateLLM.
pub(crate) fn is_well_formed(text: &str) -> bool {
    let parts = text.strip_prefix(PREFIX).filter(|jwt| jwt.starts_with(OBJECT) && text.len() <= LONGEST);
    let Some(parts) = parts.map(|jwt| jwt.split('.').collect::<Vec<_>>()) else { return false };
    let is_base64url =
        |part: &&str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    matches!(parts[..], [_, payload, signature] if payload.starts_with(OBJECT) && signature.len() == SIGNATURE)
        && parts.iter().all(is_base64url)
}

/// The key that OpenGateLLM gave out for a row of its table `token`.
pub(crate) fn key(master_key: &SecretString, user_id: i64, token_id: i64, expires: Option<i64>) -> String {
    let expires = expires.map_or("null".to_owned(), |expires| expires.to_string());
    let claims = format!(r#"{{"user_id":{user_id},"token_id":{token_id},"expires_at":{expires}}}"#);
    let message =
        [r#"{"alg":"HS256","typ":"JWT"}"#, &claims].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let mut mac = Hmac::<Sha256>::new_from_slice(master_key.expose_secret().as_bytes())
        .unwrap_or_else(|_| unreachable!("HMAC takes a key of any length"));
    mac.update(message.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{PREFIX}{message}.{signature}")
}
