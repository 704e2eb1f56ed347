//! Envelopes that Python sealed once, stored in vectors.json: `make_vectors.py` prints them.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use token_crypto::{Envelope, KeyRing, OpenError, UnixTime};

pub(crate) const VECTORS: &str = include_str!("vectors.json");

#[derive(Deserialize)]
struct Vectors {
    now: u64,
    ttl: u64,
    envelopes: Vec<Sealed>,
    cookies: Vec<Cookie>,
}

#[derive(Deserialize)]
struct Sealed {
    name: String,
    keys: Vec<String>,
    text: String,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Opens(Content),
    Refused(String),
}

#[derive(Debug, PartialEq, Deserialize)]
struct Content {
    app_token: String,
    token_id: i64,
    proconnect_token: String,
    binding: Option<String>,
}

#[derive(Deserialize)]
struct Cookie {
    key: String,
    purpose: String,
    text: String,
    plaintext: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(VECTORS).expect("vectors.json is what make_vectors.py prints")
}

fn content_of(envelope: &Envelope) -> Content {
    Content {
        app_token: envelope.app_token.expose_secret().to_owned(),
        token_id: envelope.token_id,
        proconnect_token: envelope.proconnect_token.expose_secret().to_owned(),
        binding: envelope.binding.clone(),
    }
}

fn name_of(error: OpenError) -> &'static str {
    match error {
        OpenError::Expired => "expired",
        OpenError::NotYetValid => "not yet valid",
        OpenError::WrongKeyOrTampered => "wrong key or tampered",
        OpenError::Malformed(_) => "malformed",
    }
}

#[test]
fn pythons_envelopes_open_or_are_refused_for_the_right_reason() {
    let Vectors { now, ttl, envelopes, .. } = vectors();
    assert!(envelopes.len() >= 35, "{}", envelopes.len());
    for Sealed { name, keys, text, outcome } in envelopes {
        let keys = KeyRing::parse_for_development(keys.into_iter().map(SecretString::from)).unwrap();
        let opened = Envelope::open(&text, &keys, UnixTime(now), Duration::from_secs(ttl));
        match outcome {
            Outcome::Opens(content) => assert_eq!(content_of(&opened.expect(&name)), content, "{name}"),
            Outcome::Refused(error) => assert_eq!(name_of(opened.expect_err(&name)), error, "{name}"),
        }
    }
}

/// The labels of the derived keys must never change: another label would end every session at an update.
#[test]
fn a_cookie_is_a_fernet_token_under_the_derived_key() {
    let Vectors { now, ttl, cookies, .. } = vectors();
    assert_eq!(cookies.len(), 3);
    for Cookie { key, purpose, text, plaintext } in cookies {
        let sealer = KeyRing::parse([key.into()]).unwrap().cookie_sealer(&purpose);
        let opened = sealer.open(&text, UnixTime(now), Duration::from_secs(ttl));
        assert_eq!(&*opened.expect(&purpose).plaintext, plaintext.as_bytes(), "{purpose}");
    }
}
