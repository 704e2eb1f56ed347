//! The envelope that carries tokens from the api to the playground, in the wire format of the Python original.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::base64url;
use crate::error::OpenError;
use crate::key::KeyRing;
use crate::time::{MAX_SKEW, UnixTime};
use crate::token;

/// The maximum length of an envelope, far more than an ID token of several kilobytes needs.
const LONGEST: usize = 64 * 1024;

/// What the api sends to the playground through the agent's browser after a login.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The API token of the person who logged in.
    pub app_token: SecretString,
    /// The id of that token in the api's database.
    pub token_id: i64,
    /// ProConnect's ID token, which a later logout sends as hint.
    pub proconnect_token: SecretString,
    /// The [`binding_of`](crate::binding_of) the browser that began the login, when it sent one.
    pub binding: Option<String>,
}

#[derive(Serialize)]
struct Written<'a> {
    app_token: &'a str,
    token_id: i64,
    proconnect_token: &'a str,
    timestamp: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    binding: Option<&'a str>,
}

#[derive(Deserialize)]
struct Read {
    app_token: SecretString,
    #[serde(deserialize_with = "integer_or_string")]
    token_id: i64,
    proconnect_token: SecretString,
    #[serde(rename = "timestamp")]
    _timestamp: u64,
    #[serde(default)]
    binding: Option<String>,
}

impl Read {
    fn from_json(json: &[u8]) -> Option<Self> {
        // serde would also accept a list of the struct's values.
        let is_object = json.trim_ascii_start().starts_with(b"{");
        is_object.then(|| serde_json::from_slice(json).ok())?
    }
}

impl Envelope {
    /// Encrypts and signs the three tokens together: `base64url_padded(fernet_token(JSON))`.
    #[must_use]
    pub fn seal(&self, keys: &KeyRing, now: UnixTime) -> String {
        let written = Written {
            app_token: self.app_token.expose_secret(),
            token_id: self.token_id,
            proconnect_token: self.proconnect_token.expose_secret(),
            timestamp: now.0,
            binding: self.binding.as_deref(),
        };
        let json = serde_json::to_vec(&written);
        let json = json.unwrap_or_else(|_| unreachable!("strings and numbers are always written as JSON"));
        base64url::encode(token::seal(&json, keys.first(), now))
    }

    /// Opens what [`Envelope::seal`] or the Python original made, if it is no older than `ttl`.
    ///
    /// # Errors
    /// Each cause has its own variant; see [`OpenError`].
    pub fn open(text: &str, keys: &KeyRing, now: UnixTime, ttl: Duration) -> Result<Self, OpenError> {
        if text.len() > LONGEST {
            return Err(OpenError::Malformed("longer than any envelope"));
        }
        let token = base64url::decode(text).and_then(base64url::decode);
        let token = token::open(token, keys.all())?;
        if token.sealed_at > now.after(MAX_SKEW) {
            return Err(OpenError::NotYetValid);
        }
        if token.is_older_than(ttl, now) {
            return Err(OpenError::Expired);
        }
        let read = Read::from_json(&token.plaintext).ok_or(OpenError::Malformed(
            "not the JSON of an envelope: a field is missing or has another type",
        ))?;
        Ok(Self {
            app_token: read.app_token,
            token_id: read.token_id,
            proconnect_token: read.proconnect_token,
            binding: read.binding,
        })
    }
}

/// Reads the token's id: the original writes a number, but some of its versions write a string.
fn integer_or_string<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    struct IntegerOrString;

    impl Visitor<'_> for IntegerOrString {
        type Value = i64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an integer, or a string of its digits")
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<i64, E> {
            Ok(number)
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
            i64::try_from(number).map_err(E::custom)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<i64, E> {
            text.parse().map_err(E::custom)
        }
    }

    deserializer.deserialize_any(IntegerOrString)
}
