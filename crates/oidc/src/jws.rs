//! Signed tokens in compact form (RFC 7515). What is inside can only be read once the signature holds.

use aws_lc_rs::signature::ParsedPublicKey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::json;

/// A signature algorithm that a provider may be registered with. `none` and the symmetric ones are no choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

/// Why a token is not accepted. Its message is safe to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Not three parts of base64 around JSON.
    #[error("not a signed token in compact form")]
    Malformed,
    /// The header names an algorithm that is not among the configured ones.
    #[error("its algorithm is not among oauth2.signing_algorithms, or not the one of its key")]
    Algorithm,
    /// The header does not say which key signed it, or demands an extension.
    #[error("its header names no key, or has extensions that must be understood")]
    Header,
    /// The provider has no such key.
    #[error("the provider has no key of this id and algorithm")]
    UnknownKey,
    /// The signature does not match.
    #[error("its signature does not match")]
    Signature,
    /// The claims are not of the expected types.
    #[error("its claims are missing or of another type")]
    Claims,
}

/// A token whose signature has not been checked.
pub(crate) struct Unverified<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: String,
    signing_input: &'a str,
    signature: &'a str,
    payload: &'a str,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<serde_json::Value>,
}

impl Algorithm {
    /// The algorithm that RFC 7518 calls by this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Rs256, Self::Es256].into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// What RFC 7518 calls it.
    pub(crate) fn name(self) -> &'static str {
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
        if payload.contains('.') {
            return Err(JwsError::Malformed);
        }
        let header: Header = decode(header).ok_or(JwsError::Malformed)?;
        let algorithm = Algorithm::from_name(&header.alg).filter(|algorithm| allowed.contains(algorithm));
        let algorithm = algorithm.ok_or(JwsError::Algorithm)?;
        let key_id =
            header.kid.filter(|kid| !kid.is_empty() && header.crit.is_none()).ok_or(JwsError::Header)?;
        Ok(Self { algorithm, key_id, signing_input, signature, payload })
    }

    /// The claims, if this key signed them.
    pub(crate) fn verify<T: DeserializeOwned>(&self, key: &ParsedPublicKey) -> Result<T, JwsError> {
        let signature = URL_SAFE_NO_PAD.decode(self.signature).map_err(|_| JwsError::Signature)?;
        key.verify_sig(self.signing_input.as_bytes(), &signature).map_err(|_| JwsError::Signature)?;
        decode(self.payload).ok_or(JwsError::Claims)
    }

    /// The claims as they are, whoever wrote them. Only for what is no more than a hint.
    pub(crate) fn unverified_claims<T: DeserializeOwned>(&self) -> Result<T, JwsError> {
        decode(self.payload).ok_or(JwsError::Claims)
    }
}

/// A part that is a JSON object, as a header (RFC 7515, section 4) and claims (RFC 7519, section 3) must be.
fn decode<T: DeserializeOwned>(part: &str) -> Option<T> {
    json::object(&URL_SAFE_NO_PAD.decode(part).ok()?)
}
