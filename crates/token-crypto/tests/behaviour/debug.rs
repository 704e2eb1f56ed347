//! Debug output, in a log or a failed assertion, contains no secret.

use secrecy::ExposeSecret as _;
use token_crypto::{KeyRing, generate_key};

use crate::{FIRST, NOW, SECOND, TTL, by_hand, envelope, open, ring};

#[test]
fn a_ring_shows_how_many_keys_it_has() {
    assert_eq!(format!("{:?}", ring([FIRST])), "KeyRing(1 keys)");
    assert_eq!(format!("{:#?}", ring([FIRST, SECOND])), "KeyRing(2 keys)");
}

#[test]
fn a_sealer_shows_no_key() {
    let key = generate_key();
    let sealer = KeyRing::parse([key.clone()]).unwrap().cookie_sealer("session");
    let shown = format!("{sealer:?}");
    assert_eq!(shown, "CookieSealer { keys: KeyRing(1 keys) }");
    assert!(!shown.contains(key.expose_secret()));
}

#[test]
fn a_generated_key_is_not_shown() {
    let key = generate_key();
    assert!(!format!("{key:?}").contains(key.expose_secret()));
}

#[test]
fn an_envelope_shows_no_token() {
    let sealed = envelope().seal(&ring([FIRST]), NOW);
    for envelope in [envelope(), open(&sealed).unwrap()] {
        for shown in [format!("{envelope:?}"), format!("{envelope:#?}")] {
            assert!(!shown.contains("sk-an-app-token"), "{shown}");
            assert!(!shown.contains("id-token"), "{shown}");
            assert!(shown.contains("42"), "{shown}");
        }
    }
}

#[test]
fn an_error_shows_nothing_of_what_was_sealed() {
    let json = r#"{"app_token":"sk-secret","token_id":"sk-secret","proconnect_token":"sk-secret"}"#;
    let error = open(&by_hand::envelope(&FIRST, NOW.0, json)).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"));
    let error = ring([FIRST]).cookie_sealer("session").open("sk-secret", NOW, TTL).err().unwrap();
    assert!(!format!("{error} {error:?}").contains("secret"));
}
