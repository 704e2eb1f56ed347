use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::json;
use crate::jws::{Algorithm, JwsError, Unverified};

/// The public keys a provider signs with (RFC 7517).
#[derive(Clone, Debug, Default)]
pub(crate) struct KeySet(Vec<Key>);

#[derive(Clone)]
struct Key {
    id: String,
    algorithm: Algorithm,
    public: ParsedPublicKey,
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
    pub(crate) fn parse(json: &[u8]) -> Option<Self> {
        let document: Document = json::object(json)?;
        let entries = document.keys.into_iter().filter_map(|value| serde_json::from_value(value).ok());
        Some(Self(entries.filter_map(Key::from_entry).collect()))
    }

    /// The claims of a token, if the key it names is here and signed it.
    pub(crate) fn verify<T: DeserializeOwned>(&self, token: &Unverified<'_>) -> Result<T, JwsError> {
        token.verify(&self.find(&token.key_id, token.algorithm)?.public)
    }

    /// The key of this id, if it is one for this algorithm.
    fn find(&self, id: &str, algorithm: Algorithm) -> Result<&Key, JwsError> {
        let mut same_id = self.0.iter().filter(|key| key.id == id).peekable();
        if same_id.peek().is_none() {
            return Err(JwsError::UnknownKey);
        }
        same_id.find(|key| key.algorithm == algorithm).ok_or(JwsError::Algorithm)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Key {
    fn from_entry(entry: Entry) -> Option<Self> {
        if entry.usage.is_some_and(|usage| usage != "sig") {
            return None;
        }
        let (algorithm, public) = match (entry.kty.as_str(), entry.crv.as_deref()) {
            ("RSA", _) => (Algorithm::Rs256, rsa(&entry.n?, &entry.e?)?),
            ("EC", Some("P-256")) => (Algorithm::Es256, p256(&entry.x?, &entry.y?)?),
            _ => return None,
        };
        if entry.alg.is_some_and(|alg| alg != algorithm.name()) {
            return None;
        }
        Some(Self { id: entry.kid, algorithm, public })
    }
}

/// A modulus and an exponent, as RFC 7518 section 6.3.1 writes them.
fn rsa(n: &str, e: &str) -> Option<ParsedPublicKey> {
    let components = RsaPublicKeyComponents { n: decode(n)?, e: decode(e)? };
    components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok()
}

/// The coordinates of a point, as RFC 7518 section 6.2.1 writes them.
fn p256(x: &str, y: &str) -> Option<ParsedPublicKey> {
    const UNCOMPRESSED: &[u8] = &[4];
    let point = [UNCOMPRESSED, &decode(x)?, &decode(y)?].concat();
    ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).ok()
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
