//! Tests with the Python package itself, and with the clock of this machine.

use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use token_crypto::{Envelope, KeyRing, OpenError, PLACEHOLDER, UnixTime, generate_key};

use crate::python::Python;
use crate::vectors::VECTORS;

const TTL: Duration = Duration::from_secs(300);
const UNICODE: &str = "é à ç 中文 🇫🇷 \"quoted\" \\ \n\0";

fn now() -> UnixTime {
    SystemTime::now().into()
}

fn ring(key: &str) -> KeyRing {
    KeyRing::parse_for_development([SecretString::from(key)]).expect("the key is good")
}

fn envelope(binding: Option<&str>) -> Envelope {
    Envelope {
        app_token: "sk-an-app-token".into(),
        token_id: 42,
        proconnect_token: UNICODE.into(),
        binding: binding.map(str::to_owned),
    }
}

#[test]
fn python_opens_what_we_seal() {
    let Some(python) = Python::find() else { return };
    for key in [generate_key().expose_secret(), PLACEHOLDER] {
        for binding in [None, Some("a-binding")] {
            let now = now();
            let sealed = envelope(binding).seal(&ring(key), now);
            let mut expected = json!({
                "app_token": "sk-an-app-token",
                "token_id": 42,
                "proconnect_token": UNICODE,
                "timestamp": now.0,
            });
            if let Some(binding) = binding {
                expected["binding"] = binding.into();
            }
            assert_eq!(python.open(key, &sealed, 300), Some(expected));
        }
    }
}

#[test]
fn python_refuses_what_we_sealed_too_long_ago_or_with_another_key() {
    let Some(python) = Python::find() else { return };
    let key = generate_key();
    let sealed = envelope(None).seal(&ring(key.expose_secret()), UnixTime(now().0 - 310));
    assert_eq!(python.open(key.expose_secret(), &sealed, 300), None);
    assert!(python.open(key.expose_secret(), &sealed, 400).is_some());
    assert_eq!(python.open(generate_key().expose_secret(), &sealed, 400), None);
}

#[test]
fn we_open_what_python_seals() {
    let Some(python) = Python::find() else { return };
    for key in [generate_key().expose_secret(), PLACEHOLDER] {
        for token_id in [json!(42), json!("42")] {
            let sealed = python.seal(
                key,
                &json!({"app_token": UNICODE, "token_id": token_id, "proconnect_token": "p", "later": 1}),
            );
            let opened = Envelope::open(&sealed, &ring(key), now(), TTL).unwrap();
            assert_eq!(opened.app_token.expose_secret(), UNICODE);
            assert_eq!(opened.token_id, 42);
            assert_eq!(opened.proconnect_token.expose_secret(), "p");
            assert_eq!(opened.binding, None);
        }
    }
}

#[test]
fn we_refuse_what_python_sealed_too_long_ago_or_with_another_key() {
    let Some(python) = Python::find() else { return };
    let key = python.generate_key();
    let data = json!({"app_token": "a", "token_id": 1, "proconnect_token": "p", "binding": "b"});
    let sealed = python.seal(&key, &data);
    let later = now().after(Duration::from_secs(301));
    let opened = Envelope::open(&sealed, &ring(&key), later, TTL);
    assert_eq!(opened.unwrap_err(), OpenError::Expired);
    let opened = Envelope::open(&sealed, &ring(PLACEHOLDER), now(), TTL);
    assert_eq!(opened.unwrap_err(), OpenError::WrongKeyOrTampered);
    let opened = Envelope::open(&sealed, &ring(&key), now(), TTL).unwrap();
    assert_eq!(opened.binding.as_deref(), Some("b"));
}

#[test]
fn the_vectors_are_what_python_makes_today() {
    let Some(python) = Python::find() else { return };
    assert!(python.make_vectors() == VECTORS.trim_end(), "run make_vectors.py and read what changed");
}
