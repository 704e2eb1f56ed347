//! The refusal that a person may read: what opens, for how long, and for which purpose.

use token_crypto::{OpenError, Refusal, UnixTime};

use crate::{FIRST, NOW, SECOND, TTL, envelope, ring};

fn refusal() -> Refusal {
    Refusal::new("email_domain", "x.fr", "a-binding")
}

#[test]
fn a_refusal_opens_for_five_minutes_with_any_key_of_the_ring() {
    let sealed = refusal().seal(&ring([FIRST]), NOW);
    for now in [NOW.0 - 60, NOW.0, NOW.0 + 300] {
        assert_eq!(Refusal::open(&sealed, &ring([SECOND, FIRST]), UnixTime(now)), Ok(refusal()));
    }
    let opened = |now, key| Refusal::open(&sealed, &ring([key]), UnixTime(now));
    assert_eq!(opened(NOW.0 + 301, FIRST), Err(OpenError::Expired));
    assert_eq!(opened(NOW.0 - 61, FIRST), Err(OpenError::NotYetValid));
    assert_eq!(opened(NOW.0, SECOND), Err(OpenError::WrongKeyOrTampered));
}

#[test]
fn nothing_of_another_purpose_is_a_refusal_and_a_refusal_is_nothing_else() {
    let keys = ring([FIRST]);
    let json = br#"{"reason":"a","value":"b","binding":"c"}"#;
    for purpose in ["pending login", "playground session", "refused login", "refusals", "Refusal", ""] {
        let sealed = keys.cookie_sealer(purpose).seal(json, NOW);
        assert_eq!(Refusal::open(&sealed, &keys, NOW), Err(OpenError::WrongKeyOrTampered), "{purpose}");
        assert!(
            keys.cookie_sealer(purpose).open(&refusal().seal(&keys, NOW), NOW, TTL).is_err(),
            "{purpose}"
        );
    }
    assert!(Refusal::open(&envelope().seal(&keys, NOW), &keys, NOW).is_err());
}

#[test]
fn what_is_no_refusal_is_malformed() {
    let keys = ring([FIRST]);
    let sealed = |json: &[u8]| keys.cookie_sealer("refusal").seal(json, NOW);
    for json in ["", "{}", "[]", r#"{"reason":"a","value":"b"}"#, r#"{"reason":"a","value":1,"binding":"c"}"#]
    {
        let error = Refusal::open(&sealed(json.as_bytes()), &keys, NOW);
        assert!(matches!(error, Err(OpenError::Malformed(_))), "{json}: {error:?}");
    }
    for text in ["", "x", &"A".repeat(4_097)] {
        assert!(matches!(Refusal::open(text, &keys, NOW), Err(OpenError::Malformed(_))), "{}", text.len());
    }
    // Not one character can be changed.
    let text = refusal().seal(&keys, NOW);
    for place in 0..text.len() {
        let mut changed = text.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        assert!(Refusal::open(str::from_utf8(&changed).unwrap(), &keys, NOW).is_err(), "{place}");
    }
}

#[test]
fn a_value_is_cut_and_shows_what_it_is() {
    let value = format!("a\u{202e}b\0c\n\u{200b}{}", "é".repeat(300));
    let shown = Refusal::new("email", &value, "").value;
    assert_eq!(shown, format!("abc{}", "é".repeat(197)));
    assert!(
        Refusal::new("email", &"€".repeat(300), &"b".repeat(128)).seal(&ring([FIRST]), NOW).len() < 2_000
    );
}
