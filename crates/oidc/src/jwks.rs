use std::fmt;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::json;
use crate::jws::{Algorithm, JwsError, Unverified};
use crate::quote::quoted;

/// The shortest modulus that RS256 allows, in bits (RFC 7518, section 3.3).
const SHORTEST_MODULUS: usize = 2048;

/// The public keys a provider signs with (RFC 7517).
#[derive(Clone, Default)]
pub(crate) struct KeySet(Vec<Key>);

#[derive(Clone)]
struct Key {
    id: Option<String>,
    algorithm: Algorithm,
    material: Material,
}

#[derive(Clone)]
enum Material {
    Usable(ParsedPublicKey),
    /// An RSA key with so many bits. It is kept to be named where it is the reason for a refusal.
    TooShort(usize),
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Entry {
    kty: String,
    kid: Option<String>,
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

    /// The claims of a token, if a key that it may mean signed it. Several keys may have one name: each that fits is tried.
    pub(crate) fn verify(&self, token: &Unverified<'_>) -> Result<Map<String, Value>, JwsError> {
        let mut refusal = None;
        for key in self.meant(token.key_id.as_deref())? {
            if key.algorithm != token.algorithm {
                continue;
            }
            match &key.material {
                Material::Usable(public) => match token.verify(public) {
                    Err(JwsError::Signature { .. }) => {}
                    verified => return verified,
                },
                Material::TooShort(bits) => refusal = Some(JwsError::ShortKey { bits: *bits }),
            }
            refusal.get_or_insert_with(|| JwsError::Signature { kid: token.quoted_key_id() });
        }
        Err(refusal
            .unwrap_or_else(|| JwsError::KeyKind { kid: token.quoted_key_id(), alg: token.algorithm.name() }))
    }

    /// The keys that a token may mean by this name. A set of one key need not name it, nor need its tokens (OpenID Connect
    /// Core 1.0, section 10.1).
    fn meant(&self, id: Option<&str>) -> Result<Vec<&Key>, JwsError> {
        match (id, self.0.as_slice()) {
            (None, [only]) => Ok(vec![only]),
            (None, _) => Err(JwsError::NoKeyId),
            (Some(_), [only]) if only.id.is_none() => Ok(vec![only]),
            (Some(id), keys) => {
                let same_id: Vec<&Key> = keys.iter().filter(|key| key.id.as_deref() == Some(id)).collect();
                if same_id.is_empty() {
                    return Err(JwsError::UnknownKey { kid: quoted(id), known: quoted(&self.to_string()) });
                }
                Ok(same_id)
            }
        }
    }

    pub(crate) fn has_usable(&self) -> bool {
        self.0.iter().any(Key::is_usable)
    }

    /// Whether there is a key of this algorithm to check signatures with.
    pub(crate) fn has(&self, algorithm: Algorithm) -> bool {
        self.0.iter().any(|key| key.algorithm == algorithm && key.is_usable())
    }
}

/// The keys by name and kind, as a log line may list them.
impl fmt::Display for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        for (index, key) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let id = key.id.as_deref().unwrap_or("without kid");
            write!(f, "{comma}{id} ({}", key.algorithm.name())?;
            match key.material {
                Material::Usable(_) => f.write_str(")")?,
                Material::TooShort(bits) => write!(f, ", {bits} bits, too short)")?,
            }
        }
        Ok(())
    }
}

impl Key {
    fn from_entry(entry: Entry) -> Option<Self> {
        if entry.usage.is_some_and(|usage| usage != "sig") {
            return None;
        }
        let (algorithm, material) = match (entry.kty.as_str(), entry.crv.as_deref()) {
            ("RSA", _) => (Algorithm::Rs256, rsa(&entry.n?, &entry.e?)?),
            ("EC", Some("P-256")) => (Algorithm::Es256, p256(&entry.x?, &entry.y?)?),
            _ => return None,
        };
        if entry.alg.is_some_and(|alg| alg != algorithm.name()) {
            return None;
        }
        Some(Self { id: entry.kid.filter(|id| !id.is_empty()), algorithm, material })
    }

    fn is_usable(&self) -> bool {
        matches!(self.material, Material::Usable(_))
    }
}

/// A modulus and an exponent, as RFC 7518 section 6.3.1 writes them.
fn rsa(n: &str, e: &str) -> Option<Material> {
    let (n, e) = (decode(n)?, decode(e)?);
    let leading_zeros = n.iter().take_while(|byte| **byte == 0).count();
    let bits = (n.len() - leading_zeros) * 8 - n.get(leading_zeros)?.leading_zeros() as usize;
    if bits < SHORTEST_MODULUS {
        return Some(Material::TooShort(bits));
    }
    let components = RsaPublicKeyComponents { n, e };
    components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok().map(Material::Usable)
}

/// The coordinates of a point, as RFC 7518 section 6.2.1 writes them.
fn p256(x: &str, y: &str) -> Option<Material> {
    const UNCOMPRESSED: &[u8] = &[4];
    let point = [UNCOMPRESSED, &decode(x)?, &decode(y)?].concat();
    ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).ok().map(Material::Usable)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
