//! Signing keys of the test provider: 2048-bit RSA and P-256, made once for all tests.

use std::sync::LazyLock;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Rs256,
    Es256,
}

/// The number of the provider's first key; after a rotation it has another one.
pub(crate) const FIRST: usize = 0;
pub(crate) const SECOND: usize = 1;
/// A key that no provider ever published.
pub(crate) const STRANGER: usize = 2;

pub(crate) enum SigningKey {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
}

static RSA: [LazyLock<SigningKey>; 3] = [const { LazyLock::new(rsa) }; 3];
static EC: [LazyLock<SigningKey>; 3] = [const { LazyLock::new(ec) }; 3];

fn rsa() -> SigningKey {
    SigningKey::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
}

fn ec() -> SigningKey {
    SigningKey::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
}

pub(crate) fn key(kind: Kind, number: usize) -> &'static SigningKey {
    match kind {
        Kind::Rs256 => &RSA[number],
        Kind::Es256 => &EC[number],
    }
}

pub(crate) fn key_id(kind: Kind, number: usize) -> String {
    match kind {
        Kind::Rs256 => format!("rsa-{number}"),
        Kind::Es256 => format!("ec-{number}"),
    }
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }

    pub(crate) fn other(self) -> Self {
        match self {
            Self::Rs256 => Self::Es256,
            Self::Es256 => Self::Rs256,
        }
    }
}

impl SigningKey {
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
            Self::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
        }
    }

    /// The public key, in the encoding of its kind.
    pub(crate) fn public(&self) -> &[u8] {
        match self {
            Self::Rsa(pair) => pair.public_key().as_ref(),
            Self::Ec(pair) => pair.public_key().as_ref(),
        }
    }

    pub(crate) fn jwk(&self, key_id: &str) -> Value {
        let base64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Rsa(pair) => {
                let modulus = pair.public_key().modulus();
                let exponent = pair.public_key().exponent();
                json!({"kty": "RSA", "kid": key_id, "use": "sig", "alg": "RS256",
                       "n": base64(modulus.big_endian_without_leading_zero()),
                       "e": base64(exponent.big_endian_without_leading_zero())})
            }
            Self::Ec(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "kid": key_id, "use": "sig", "alg": "ES256",
                       "x": base64(&point[1..33]), "y": base64(&point[33..])})
            }
        }
    }
}

/// An HS256 signature with a secret.
pub(crate) fn hmac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message).as_ref().to_vec()
}
