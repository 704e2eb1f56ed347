//! Signed tokens in compact form (RFC 7515). What is inside can only be read once the signature holds.

use aws_lc_rs::signature::ParsedPublicKey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::json;
use crate::quote::quoted;

/// A signature algorithm that a provider may be registered with. `none` and the symmetric ones are no choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

/// Why a token is not accepted. Its message is safe to log: it quotes the value that breaks the rule, cut and cleaned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Not three parts of base64 around JSON.
    #[error("it is not a signed token in compact form")]
    Malformed,
    /// Five parts: an encrypted token (RFC 7516).
    #[error(
        "it is an encrypted token, which this service did not ask for. Fix: have the provider sign it only"
    )]
    Encrypted,
    /// The header names an algorithm that is not among the configured ones.
    #[error("its algorithm (alg) is \"{alg}\", none of oauth2.signing_algorithms")]
    Algorithm {
        /// The name in the header.
        alg: String,
    },
    /// The header demands an extension.
    #[error("its header has extensions that must be understood (crit)")]
    Critical,
    /// The header does not say which of several keys signed it.
    #[error("its header names no key (kid), and the provider has not exactly one")]
    NoKeyId,
    /// The provider has no such key.
    #[error("the provider has no key (kid) \"{kid}\"; it has: {known}")]
    UnknownKey {
        /// The name in the header.
        kid: String,
        /// The keys that it has.
        known: String,
    },
    /// The key it names is of another kind.
    #[error("the provider's key (kid) \"{kid}\" is not one for its algorithm (alg) {alg}")]
    KeyKind {
        /// The name in the header.
        kid: String,
        /// The algorithm in the header.
        alg: &'static str,
    },
    /// The key it names is too short to be trusted.
    #[error("the provider's key is too short: it has {bits} bits, and RS256 demands 2048")]
    ShortKey {
        /// The length of its modulus.
        bits: usize,
    },
    /// The signature does not match.
    #[error("its signature does not match the provider's key (kid) \"{kid}\"")]
    Signature {
        /// The name in the header.
        kid: String,
    },
    /// The claims are no JSON object, or one is given twice.
    #[error("its claims are no JSON object, or one is given twice")]
    Claims,
}

impl JwsError {
    /// Whether other keys may make the token acceptable: the provider may have new ones, perhaps under the same names.
    pub(crate) fn is_about_keys(&self) -> bool {
        self.is_without_key() || matches!(self, Self::Signature { .. } | Self::ShortKey { .. })
    }

    /// Whether no known key can tell if the signature is right.
    pub(crate) fn is_without_key(&self) -> bool {
        matches!(self, Self::NoKeyId | Self::UnknownKey { .. } | Self::KeyKind { .. })
    }
}

/// A token whose signature has not been checked.
pub(crate) struct Unverified<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: Option<String>,
    signing_input: &'a str,
    signature: &'a str,
    payload: &'a str,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

impl Algorithm {
    /// The algorithm that RFC 7518 calls by this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Rs256, Self::Es256].into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// What RFC 7518 calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}

impl<'a> Unverified<'a> {
    pub(crate) fn parse(token: &'a str, allowed: &[Algorithm]) -> Result<Self, JwsError> {
        let (signing_input, signature) = token.rsplit_once('.').ok_or(JwsError::Malformed)?;
        let (header, payload) = signing_input.split_once('.').ok_or(JwsError::Malformed)?;
        match payload.matches('.').count() {
            0 => {}
            2 => return Err(JwsError::Encrypted),
            _ => return Err(JwsError::Malformed),
        }
        let header: Header =
            bytes(header).and_then(|header| json::object(&header)).ok_or(JwsError::Malformed)?;
        let algorithm = Algorithm::from_name(&header.alg).filter(|algorithm| allowed.contains(algorithm));
        let algorithm = algorithm.ok_or_else(|| JwsError::Algorithm { alg: quoted(&header.alg) })?;
        if header.crit.is_some() {
            return Err(JwsError::Critical);
        }
        let key_id = header.kid.filter(|kid| !kid.is_empty());
        Ok(Self { algorithm, key_id, signing_input, signature, payload })
    }

    /// The claims, if this key signed them.
    pub(crate) fn verify(&self, key: &ParsedPublicKey) -> Result<Map<String, Value>, JwsError> {
        let wrong = || JwsError::Signature { kid: self.quoted_key_id() };
        let signature = URL_SAFE_NO_PAD.decode(self.signature).map_err(|_| wrong())?;
        key.verify_sig(self.signing_input.as_bytes(), &signature).map_err(|_| wrong())?;
        self.unverified_claims()
    }

    /// The claims as they are, whoever wrote them. Only for what is no more than a hint.
    pub(crate) fn unverified_claims(&self) -> Result<Map<String, Value>, JwsError> {
        bytes(self.payload).and_then(|claims| json::members(&claims)).ok_or(JwsError::Claims)
    }

    /// The name of the key, as a log line may quote it.
    pub(crate) fn quoted_key_id(&self) -> String {
        quoted(self.key_id.as_deref().unwrap_or_default())
    }
}

/// What a part encodes: header (RFC 7515, section 4) and claims (RFC 7519, section 3) are JSON objects.
fn bytes(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}
