use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde_json::Value;

use super::jwt::{Algorithm, JwtError};

/// The public keys a provider signs with (RFC 7517).
#[derive(Clone, Debug, Default)]
pub(super) struct KeySet(Vec<Key>);

#[derive(Clone)]
pub(super) struct Key {
    id: String,
    algorithm: Algorithm,
    pub(super) public: DecodingKey,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Entry {
    kty: String,
    kid: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// Reads a JSON Web Key Set. Keys of other kinds or uses are passed over, as RFC 7517 section 5 asks.
    pub(super) fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        let document: Document = serde_json::from_slice(json)?;
        let entries = document.keys.into_iter().filter_map(|value| serde_json::from_value(value).ok());
        Ok(Self(entries.filter_map(Key::from_entry).collect()))
    }

    /// The key of this id, if it is one for this algorithm.
    pub(super) fn find(&self, id: &str, algorithm: Algorithm) -> Result<&Key, JwtError> {
        let mut same_id = self.0.iter().filter(|key| key.id == id).peekable();
        if same_id.peek().is_none() {
            return Err(JwtError::UnknownKey);
        }
        same_id.find(|key| key.algorithm == algorithm).ok_or(JwtError::Algorithm)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Key {
    fn from_entry(entry: Entry) -> Option<Self> {
        if entry.usage.is_some_and(|usage| usage != "sig") {
            return None;
        }
        let (algorithm, name, public) = match (entry.kty.as_str(), entry.crv.as_deref()) {
            ("RSA", _) => (Algorithm::Rs256, "RS256", DecodingKey::from_rsa_components(&entry.n?, &entry.e?)),
            ("EC", Some("P-256")) => {
                (Algorithm::Es256, "ES256", DecodingKey::from_ec_components(&entry.x?, &entry.y?))
            }
            _ => return None,
        };
        if entry.alg.is_some_and(|alg| alg != name) {
            return None;
        }
        Some(Self { id: entry.kid, algorithm, public: public.ok()? })
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
