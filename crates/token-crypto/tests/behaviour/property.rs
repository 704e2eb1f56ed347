//! Properties that must hold for random inputs.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;
use secrecy::ExposeSecret as _;
use token_crypto::{Envelope, KeyRing, OpenError, UnixTime};

use crate::{FIRST, NOW, SECOND, TTL, by_hand, envelope, open, ring};

prop_compose! {
    fn any_envelope()(
        app_token in ".{0,60}",
        token_id: i64,
        proconnect_token in ".{0,60}",
        binding in proptest::option::of(".{0,43}"),
    ) -> Envelope {
        Envelope { app_token: app_token.into(), token_id, proconnect_token: proconnect_token.into(), binding }
    }
}

proptest! {
    // Without optimisation, one envelope takes about a tenth of a millisecond.
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_sealed_envelope_opens_with_its_content(
        envelope in any_envelope(),
        time: u64,
        bytes: [u8; 32],
        age in 0..=300_u64,
    ) {
        // Skip a key that is weak by chance: it would fail the test for no reason.
        prop_assume!(KeyRing::parse([by_hand::encode(bytes).into()]).is_ok());
        let keys = ring([bytes]);
        let sealed = envelope.seal(&keys, UnixTime(time));
        let later = UnixTime(time).after(Duration::from_secs(age));
        let opened = Envelope::open(&sealed, &keys, later, TTL).unwrap();
        prop_assert_eq!(opened.app_token.expose_secret(), envelope.app_token.expose_secret());
        prop_assert_eq!(opened.token_id, envelope.token_id);
        prop_assert_eq!(opened.proconnect_token.expose_secret(), envelope.proconnect_token.expose_secret());
        prop_assert_eq!(opened.binding, envelope.binding);
    }

    #[test]
    fn a_sealed_cookie_opens_with_its_content(plaintext: Vec<u8>, time: u64, purpose in ".{0,20}") {
        let sealer = ring([FIRST]).cookie_sealer(&purpose);
        let opened = sealer.open(&sealer.seal(&plaintext, UnixTime(time)), UnixTime(time), TTL).unwrap();
        prop_assert_eq!(&*opened.plaintext, &plaintext);
        prop_assert_eq!(opened.sealed_at, UnixTime(time));
    }

    #[test]
    fn a_changed_character_is_refused(place: Index, other in any::<char>()) {
        let sealed = envelope().seal(&ring([FIRST]), NOW);
        let place = place.index(sealed.len());
        let changed = format!("{}{other}{}", &sealed[..place], &sealed[place + 1..]);
        prop_assert!(changed == sealed || open(&changed).is_err());
    }

    #[test]
    fn a_part_of_an_envelope_is_refused(start: Index, end: Index) {
        let sealed = envelope().seal(&ring([FIRST]), NOW);
        let (start, end) = (start.index(sealed.len()), end.index(sealed.len()));
        prop_assert!(open(&sealed[start.min(end)..start.max(end)]).is_err());
    }

    #[test]
    fn another_key_opens_nothing(envelope in any_envelope()) {
        let opened = Envelope::open(&envelope.seal(&ring([SECOND]), NOW), &ring([FIRST]), NOW, TTL);
        prop_assert_eq!(opened.unwrap_err(), OpenError::WrongKeyOrTampered);
    }

    #[test]
    fn no_input_causes_a_panic(text in any::<String>(), bytes: Vec<u8>, now: u64, ttl: Duration) {
        let keys = ring([FIRST, SECOND]);
        let sealer = keys.cookie_sealer("session");
        let signed = by_hand::signed(&FIRST, &[&[0x80][..], &bytes].concat());
        let texts = [
            text,
            by_hand::encode(&bytes),
            by_hand::encode(by_hand::encode(&bytes)),
            by_hand::encode(&signed),
            signed,
        ];
        for text in texts {
            prop_assert!(Envelope::open(&text, &keys, UnixTime(now), ttl).is_err());
            prop_assert!(sealer.open(&text, UnixTime(now), ttl).is_err());
            // It may be a valid key by chance.
            let _ = KeyRing::parse([text.into()]);
        }
    }

    #[test]
    fn no_json_causes_a_panic(json in r#"[\[\]{}":,0-9a-z_\\.-]{0,80}"#) {
        prop_assert!(open(&by_hand::envelope(&FIRST, NOW.0, &json)).is_err());
    }
}
