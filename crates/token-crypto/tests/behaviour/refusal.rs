//! Envelopes that are refused, each with its own reason.

use token_crypto::{Envelope, OpenError};

use crate::{FIRST, NOW, SECOND, TTL, by_hand, envelope, open, refusal, ring};

/// The inner token of an envelope, decoded: version, time, IV, ciphertext, signature.
fn bytes_of(sealed: &str) -> Vec<u8> {
    by_hand::decode(&String::from_utf8(by_hand::decode(sealed)).expect("a text"))
}

fn envelope_of(bytes: &[u8]) -> String {
    by_hand::encode(by_hand::encode(bytes))
}

fn sealed() -> String {
    envelope().seal(&ring([FIRST]), NOW)
}

#[test]
fn another_key_does_not_open_it() {
    let opened = Envelope::open(&sealed(), &ring([SECOND]), NOW, TTL);
    assert_eq!(opened.unwrap_err(), OpenError::WrongKeyOrTampered);
}

/// Half of a Fernet key signs and half encrypts: neither half alone is enough.
#[test]
fn half_of_the_right_key_does_not_open_it() {
    for range in [0..16, 16..32] {
        let mut key = FIRST;
        key[range.clone()].copy_from_slice(&SECOND[range]);
        let opened = Envelope::open(&sealed(), &ring([key]), NOW, TTL);
        // With another encryption key, one time in 256 the padding is right, but the result is no envelope.
        assert!(opened.is_err());
    }
}

#[test]
fn a_changed_byte_is_detected_at_any_place() {
    let bytes = bytes_of(&sealed());
    for place in 1..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert_eq!(refusal(&envelope_of(&changed)), OpenError::WrongKeyOrTampered, "byte {place}");
    }
}

/// A bit of the string, of the Fernet token in it, and of the bytes of that token.
#[test]
fn any_flipped_bit_is_refused() {
    type Wrap = fn(Vec<u8>) -> Option<String>;
    let sealed = sealed();
    let layers: [(Vec<u8>, Wrap); 3] = [
        // Bytes that are no longer a string cannot be sent.
        (sealed.clone().into_bytes(), |text| String::from_utf8(text).ok()),
        (by_hand::decode(&sealed), |token| Some(by_hand::encode(token))),
        (bytes_of(&sealed), |bytes| Some(envelope_of(&bytes))),
    ];
    for (layer, wrap) in layers {
        for bit in 0..8 * layer.len() {
            let mut changed = layer.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(wrap(changed).is_none_or(|text| open(&text).is_err()), "bit {bit} of {}", layer.len());
        }
    }
}

#[test]
fn a_cut_or_longer_token_is_detected() {
    let bytes = bytes_of(&sealed());
    for length in 73..bytes.len() {
        assert_eq!(refusal(&envelope_of(&bytes[..length])), OpenError::WrongKeyOrTampered, "{length} bytes");
    }
    for more in [1, 16] {
        let longer = [&bytes[..], &vec![0; more]].concat();
        assert_eq!(refusal(&envelope_of(&longer)), OpenError::WrongKeyOrTampered, "{more} bytes more");
    }
}

#[test]
fn a_signed_token_of_broken_blocks_is_refused() {
    let head = [&[0x80], &NOW.0.to_be_bytes()[..], &by_hand::IV].concat();
    for ciphertext in [17, 31] {
        let token = by_hand::signed(&FIRST, &[&head[..], &vec![7; ciphertext]].concat());
        assert_eq!(refusal(&by_hand::encode(token)), OpenError::WrongKeyOrTampered, "{ciphertext} bytes");
    }
}

#[test]
fn a_string_shorter_than_any_token_is_malformed() {
    let short = OpenError::Malformed("shorter than any Fernet token");
    let bytes = bytes_of(&sealed());
    for length in [0, 1, 9, 25, 57, 72] {
        assert_eq!(refusal(&envelope_of(&bytes[..length])), short, "{length} bytes");
    }
    assert_eq!(refusal(""), short);
}

#[test]
fn another_version_is_malformed() {
    let mut bytes = bytes_of(&sealed());
    for version in [0x00, 0x7f, 0x81, 0xff] {
        bytes[0] = version;
        assert_eq!(refusal(&envelope_of(&bytes)), OpenError::Malformed("not a Fernet token"), "{version}");
        let signed = by_hand::signed(&FIRST, &bytes[..bytes.len() - 32]);
        assert_eq!(refusal(&by_hand::encode(signed)), OpenError::Malformed("not a Fernet token"));
    }
}

#[test]
fn a_token_in_base64_only_once_is_malformed() {
    let bytes = bytes_of(&sealed());
    let once = by_hand::encode(bytes);
    assert_eq!(refusal(&once), OpenError::Malformed("not URL-safe base64"));
}

#[test]
fn nothing_longer_than_64_kibibytes_is_read() {
    let too_long = OpenError::Malformed("longer than any envelope");
    assert_eq!(refusal(&"A".repeat(65_537)), too_long);
    assert_eq!(refusal(&"A".repeat(1_000_000)), too_long);
    assert_ne!(refusal(&"A".repeat(65_536)), too_long);
}

#[test]
fn an_error_gives_its_reason_for_the_log() {
    for (error, words) in [
        (OpenError::Expired, "expired"),
        (
            OpenError::NotYetValid,
            "sealed in the future: the clocks of the two servers differ by more than a minute",
        ),
        (
            OpenError::WrongKeyOrTampered,
            "no key opens it: it was sealed with another key, or changed on the way",
        ),
        (OpenError::Malformed("so"), "malformed: so"),
    ] {
        assert_eq!(error.to_string(), words);
    }
}
