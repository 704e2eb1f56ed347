//! Signed tokens, valid or forged.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::keys::{self, Kind};

/// How a token of the provider differs from a valid one.
#[derive(Clone, Default)]
pub(crate) struct Forgery {
    header: Edits,
    claims: Edits,
    signer: Signer,
    shape: Option<fn(String) -> String>,
    payload: Option<&'static str>,
}

/// Changes to a JSON object: a name and its new value, or none to remove it.
#[derive(Clone, Default)]
pub(crate) struct Edits(Vec<(&'static str, Option<Value>)>);

#[derive(Clone, Copy, Default)]
pub(crate) enum Signer {
    /// The provider's key.
    #[default]
    Provider,
    /// A key of the same kind that the provider never had, under the name of the provider's key.
    Stranger,
    /// No key: `alg` is this spelling of none, and the signature is empty.
    Nobody(&'static str),
    /// HS256 with the provider's public key as the secret.
    PublicKey,
    /// HS256 with the public key as it is written in a PEM file.
    PublicPem,
    /// HS256 with the client secret.
    ClientSecret(&'static str),
}

impl Forgery {
    pub(crate) fn header(&mut self, name: &'static str, value: Value) {
        self.header.0.push((name, Some(value)));
    }

    pub(crate) fn without_header(&mut self, name: &'static str) {
        self.header.0.push((name, None));
    }

    pub(crate) fn claim(&mut self, name: &'static str, value: impl Into<Value>) {
        self.claims.0.push((name, Some(value.into())));
    }

    pub(crate) fn without(&mut self, name: &'static str) {
        self.claims.0.push((name, None));
    }

    pub(crate) fn signed_by(&mut self, signer: Signer) {
        self.signer = signer;
    }

    /// Changes the finished string.
    pub(crate) fn shaped(&mut self, shape: fn(String) -> String) {
        self.shape = Some(shape);
    }

    /// Signs this string instead of claims.
    pub(crate) fn payload(&mut self, text: &'static str) {
        self.payload = Some(text);
    }

    /// The token with these claims, signed by the provider's key of this kind and number.
    pub(crate) fn make(&self, mut claims: Map<String, Value>, kind: Kind, number: usize) -> String {
        self.claims.apply(&mut claims);
        let key = keys::key(kind, number);
        let (algorithm, key_id) = match self.signer {
            Signer::Provider | Signer::Stranger => (kind.name(), keys::key_id(kind, number)),
            Signer::Nobody(name) => (name, keys::key_id(kind, number)),
            Signer::PublicKey | Signer::PublicPem | Signer::ClientSecret(_) => {
                ("HS256", keys::key_id(kind, number))
            }
        };
        let mut header = Map::from_iter([("alg".into(), json!(algorithm)), ("kid".into(), json!(key_id))]);
        self.header.apply(&mut header);
        let payload = self.payload.map_or_else(|| Value::Object(claims).to_string(), str::to_owned);
        let message =
            [Value::Object(header).to_string(), payload].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let bytes = message.as_bytes();
        let signature = match self.signer {
            Signer::Provider => key.sign(bytes),
            Signer::Stranger => keys::key(kind, keys::STRANGER).sign(bytes),
            Signer::Nobody(_) => Vec::new(),
            Signer::PublicKey => keys::hmac(key.public(), bytes),
            Signer::PublicPem => keys::hmac(pem(key.public()).as_bytes(), bytes),
            Signer::ClientSecret(secret) => keys::hmac(secret.as_bytes(), bytes),
        };
        let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature));
        self.shape.map_or(token.clone(), |shape| shape(token))
    }
}

impl Edits {
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.0.push((name, Some(value.into())));
    }

    pub(crate) fn remove(&mut self, name: &'static str) {
        self.0.push((name, None));
    }

    pub(crate) fn apply(&self, object: &mut Map<String, Value>) {
        for (name, value) in &self.0 {
            match value {
                Some(value) => object.insert((*name).to_owned(), value.clone()),
                None => object.remove(*name),
            };
        }
    }
}

fn pem(bytes: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(bytes);
    format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
}
