//! The envelope: its content and its wire format.

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use token_crypto::{Envelope, binding_of};

use crate::{FIRST, NOW, by_hand, envelope, open, ring};

#[test]
fn a_sealed_envelope_opens_with_its_content() {
    let opened = open(&envelope().seal(&ring([FIRST]), NOW)).unwrap();
    assert_eq!(opened.app_token.expose_secret(), "sk-an-app-token");
    assert_eq!(opened.token_id, 42);
    assert_eq!(opened.proconnect_token.expose_secret(), "eyJ.an-id-token.sig");
    assert_eq!(opened.binding.as_deref(), Some("a-binding"));
}

#[test]
fn the_wire_format_is_json_in_fernet_in_base64() {
    let sealed = envelope().seal(&ring([FIRST]), NOW);
    let token = String::from_utf8(by_hand::decode(&sealed)).unwrap();
    assert!(token.starts_with("gAAAAA"), "a Fernet token in its own base64");
    let (time, json) = by_hand::opened(&FIRST, &token);
    assert_eq!(time, NOW.0);
    assert_eq!(
        serde_json::from_slice::<Value>(&json).unwrap(),
        json!({
            "app_token": "sk-an-app-token",
            "token_id": 42,
            "proconnect_token": "eyJ.an-id-token.sig",
            "timestamp": 1_790_000_000,
            "binding": "a-binding",
        })
    );
}

#[test]
fn without_a_binding_the_json_is_exactly_the_originals() {
    let sealed = Envelope { binding: None, ..envelope() }.seal(&ring([FIRST]), NOW);
    assert!(open(&sealed).unwrap().binding.is_none());
    let token = String::from_utf8(by_hand::decode(&sealed)).unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&by_hand::opened(&FIRST, &token).1).unwrap(),
        json!({
            "app_token": "sk-an-app-token",
            "token_id": 42,
            "proconnect_token": "eyJ.an-id-token.sig",
            "timestamp": 1_790_000_000,
        })
    );
}

#[test]
fn sealing_an_envelope_twice_gives_two_strings() {
    let keys = ring([FIRST]);
    assert_ne!(envelope().seal(&keys, NOW), envelope().seal(&keys, NOW));
}

#[test]
fn any_string_and_any_id_are_unchanged_after_opening() {
    for text in ["", "é à 🇫🇷", "\"quoted\" \\ \n \u{0}", &"long ".repeat(1_000)] {
        for token_id in [i64::MIN, -1, 0, i64::MAX] {
            let sealed = Envelope {
                app_token: text.into(),
                token_id,
                proconnect_token: text.into(),
                binding: Some(text.into()),
            }
            .seal(&ring([FIRST]), NOW);
            let opened = open(&sealed).unwrap();
            assert_eq!(opened.app_token.expose_secret(), text);
            assert_eq!(opened.token_id, token_id);
            assert_eq!(opened.proconnect_token.expose_secret(), text);
            assert_eq!(opened.binding.as_deref(), Some(text));
        }
    }
}

#[test]
fn an_id_token_of_30_kilobytes_fits() {
    let id_token = "x".repeat(30_000);
    let sealed =
        Envelope { proconnect_token: id_token.as_str().into(), ..envelope() }.seal(&ring([FIRST]), NOW);
    assert_eq!(open(&sealed).unwrap().proconnect_token.expose_secret(), id_token);
}

/// The SHA-256 of "abc" is the first example of FIPS 180-4.
#[test]
fn a_binding_is_the_sha256_of_the_secret_in_unpadded_base64() {
    assert_eq!(binding_of("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    assert_eq!(binding_of([]).len(), 43);
}
