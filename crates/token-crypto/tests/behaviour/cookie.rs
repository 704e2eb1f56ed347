//! Sealed cookies: what opens, for how long, and for which purpose.

use std::time::Duration;

use token_crypto::{CookieSealer, OpenError, UnixTime};

use crate::{FIRST, NOW, TTL, by_hand, envelope, open, ring};

fn session() -> CookieSealer {
    ring([FIRST]).cookie_sealer("session")
}

#[test]
fn a_sealed_cookie_opens_with_the_time_it_was_sealed() {
    for plaintext in [&b""[..], b"x", b"exactly 16 bytes", &[0, 255, 10]] {
        let sealed = session().seal(plaintext, NOW);
        let opened = session().open(&sealed, UnixTime(NOW.0 + 7), TTL).unwrap();
        assert_eq!(&*opened.plaintext, plaintext);
        assert_eq!(opened.sealed_at, NOW);
        assert!(!opened.with_old_key);
    }
}

#[test]
fn the_caller_decides_how_long_a_cookie_is_valid() {
    let sealed = session().seal(b"x", NOW);
    let opened = |now, ttl| session().open(&sealed, UnixTime(now), Duration::from_secs(ttl)).err();
    assert_eq!(opened(NOW.0 + 86_400, 86_400), None);
    assert_eq!(opened(NOW.0 + 86_401, 86_400), Some(OpenError::Expired));
}

#[test]
fn a_cookie_still_opens_when_the_clock_is_set_back() {
    let sealed = session().seal(b"x", NOW);
    for now in [NOW.0 - 61, NOW.0 - 86_400, 0] {
        assert_eq!(session().open(&sealed, UnixTime(now), TTL).unwrap().sealed_at, NOW);
    }
}

#[test]
fn a_cookie_of_one_purpose_does_not_open_for_another() {
    let keys = ring([FIRST]);
    // The three purposes that the servers use, and similar ones.
    let real = ["pending login", "playground session", "playground logout"];
    let others = ["session", "login", "playground sessions", "Playground session", "playground session ", ""];
    let purposes = [&real[..], &others].concat();
    for sealed_for in &purposes {
        let sealed = keys.cookie_sealer(sealed_for).seal(b"x", NOW);
        for opened_for in &purposes {
            let error = keys.cookie_sealer(opened_for).open(&sealed, NOW, TTL).err();
            let expected = (sealed_for != opened_for).then_some(OpenError::WrongKeyOrTampered);
            assert_eq!(error, expected, "{sealed_for:?} as {opened_for:?}");
        }
    }
}

#[test]
fn an_envelope_does_not_open_as_a_cookie() {
    let sealed = envelope().seal(&ring([FIRST]), NOW);
    assert!(session().open(&sealed, NOW, TTL).is_err());
    let inner = String::from_utf8(by_hand::decode(&sealed)).unwrap();
    assert_eq!(session().open(&inner, NOW, TTL).err(), Some(OpenError::WrongKeyOrTampered));
}

#[test]
fn a_cookie_does_not_open_as_an_envelope() {
    let json = br#"{"app_token":"a","token_id":7,"proconnect_token":"p","timestamp":0}"#;
    let cookie = session().seal(json, NOW);
    assert!(open(&cookie).is_err());
    assert_eq!(open(&by_hand::encode(cookie)).unwrap_err(), OpenError::WrongKeyOrTampered);
}

#[test]
fn a_cookie_with_any_bit_changed_is_refused() {
    let sealed = session().seal(b"ten bytes.", NOW);
    for place in 0..sealed.len() {
        for bit in 0..7 {
            let mut bytes = sealed.clone().into_bytes();
            bytes[place] ^= 1 << bit;
            let changed = String::from_utf8(bytes).unwrap();
            assert!(session().open(&changed, NOW, TTL).is_err(), "bit {bit} of character {place}");
        }
    }
}

/// RFC 6265, section 4.1.1: cookie-octet.
#[test]
fn a_cookie_needs_no_escaping() {
    for length in 0..64 {
        let sealed = session().seal(&vec![0xff; length], NOW);
        assert!(sealed.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte)));
    }
}

#[test]
fn each_malformed_cookie_gives_its_own_reason() {
    let malformed = |text: &str| session().open(text, NOW, TTL).err();
    assert_eq!(malformed(""), Some(OpenError::Malformed("shorter than any Fernet token")));
    assert_eq!(malformed("é"), Some(OpenError::Malformed("not URL-safe base64")));
    let other_version = by_hand::encode([0; 73]);
    assert_eq!(malformed(&other_version), Some(OpenError::Malformed("not a Fernet token")));
}
