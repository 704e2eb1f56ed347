//! Keys: which are accepted, and which are refused.

use secrecy::{ExposeSecret as _, SecretString};
use token_crypto::{KeyError, KeyRing, PLACEHOLDER, generate_key};

use crate::{FIRST, NOW, SECOND, by_hand, envelope, numbered, open};

/// The SHA-256 of "changeme": `printf changeme | sha256sum`.
const CHANGEME: [u8; 32] = [
    0x05, 0x7b, 0xa0, 0x3d, 0x6c, 0x44, 0x10, 0x48, 0x63, 0xdc, 0x73, 0x61, 0xfe, 0x45, 0x78, 0x96, 0x5d,
    0x18, 0x87, 0x36, 0x0f, 0x90, 0xa0, 0x89, 0x58, 0x82, 0xe5, 0x8a, 0x62, 0x48, 0xfc, 0x86,
];

/// A key whose base64 has both characters that differ between the two alphabets.
const URL_SAFE: [u8; 32] = numbered(224);

fn parse<const N: usize>(texts: [&str; N]) -> Result<KeyRing, KeyError> {
    KeyRing::parse(texts.map(SecretString::from))
}

fn parse_for_development<const N: usize>(texts: [&str; N]) -> Result<KeyRing, KeyError> {
    KeyRing::parse_for_development(texts.map(SecretString::from))
}

/// Asserts that neither way of reading keys accepts these.
fn refused<const N: usize>(texts: [&str; N], error: KeyError) {
    assert_eq!(parse(texts).err(), Some(error), "{texts:?}");
    assert_eq!(parse_for_development(texts).err(), Some(error), "{texts:?} in development");
}

#[test]
fn a_generated_key_is_a_fernet_key_and_different_each_time() {
    let key = generate_key();
    assert_eq!(by_hand::decode(key.expose_secret()).len(), 32);
    assert!(KeyRing::parse([key.clone()]).is_ok());
    assert_ne!(key.expose_secret(), generate_key().expose_secret());
}

#[test]
fn a_key_is_32_bytes() {
    for bytes in [0, 16, 31, 33, 64] {
        let text = by_hand::encode((0..bytes).collect::<Vec<u8>>());
        refused([&text], KeyError::NotAFernetKey);
    }
}

#[test]
fn a_key_has_one_string() {
    let text = by_hand::encode(URL_SAFE);
    assert!(parse([&text]).is_ok() && text.contains('-') && text.contains('_'));
    for other in [
        text.replace('-', "+"),
        text.replace('_', "/"),
        text.trim_end_matches('=').to_owned(),
        format!("{text}="),
        "a passphrase that somebody made up".to_owned(),
        "é".repeat(22),
        String::new(),
    ] {
        refused([&other], KeyError::NotAFernetKey);
    }
}

#[test]
fn spaces_and_newlines_around_a_key_have_their_own_error() {
    let text = by_hand::encode(FIRST);
    for other in
        [format!("{text}\n"), format!("{text}\r\n"), format!(" {text}"), format!("\t{text}"), " ".into()]
    {
        refused([&other], KeyError::Blanks);
    }
}

#[test]
fn a_key_with_unused_bits_set_at_its_end_is_refused() {
    // 32 bytes leave two bits of the last character unused.
    let text = by_hand::encode([FIRST[..31].to_vec(), vec![0]].concat());
    let other = text.replace("A=", "B=");
    assert_ne!(text, other);
    refused([&other], KeyError::NotAFernetKey);
}

#[test]
fn a_key_of_fewer_than_12_different_bytes_is_weak() {
    let with_distinct = |count: u8| {
        let mut bytes = [0; 32];
        for (index, byte) in (0..count).enumerate() {
            bytes[index] = byte;
        }
        by_hand::encode(bytes)
    };
    for count in [1, 2, 11] {
        refused([&with_distinct(count)], KeyError::Weak);
    }
    assert!(parse([&with_distinct(12)]).is_ok());
}

#[test]
fn a_ring_needs_a_key() {
    refused([], KeyError::Missing);
}

#[test]
fn the_same_key_twice_is_refused() {
    let (first, second) = (by_hand::encode(FIRST), by_hand::encode(SECOND));
    refused([&first, &first], KeyError::Duplicate);
    refused([&first, &second, &first], KeyError::Duplicate);
    assert!(parse([&first, &second]).is_ok());
}

#[test]
fn a_ring_with_one_bad_key_is_refused() {
    let good = by_hand::encode(FIRST);
    refused([&good, "bad"], KeyError::NotAFernetKey);
    refused(["bad", &good], KeyError::NotAFernetKey);
    assert_eq!(parse([&good, PLACEHOLDER]).err(), Some(KeyError::Placeholder));
    assert_eq!(parse([PLACEHOLDER, "bad"]).err(), Some(KeyError::Placeholder), "the first is reported");
}

#[test]
fn the_placeholder_is_a_key_in_development_only() {
    assert_eq!(PLACEHOLDER, "changeme");
    assert_eq!(parse([PLACEHOLDER]).err(), Some(KeyError::Placeholder));
    assert!(parse_for_development([PLACEHOLDER]).is_ok());
    assert!(parse_for_development([&by_hand::encode(FIRST), PLACEHOLDER]).is_ok());
    assert_eq!(parse_for_development([PLACEHOLDER, PLACEHOLDER]).err(), Some(KeyError::Duplicate));
    refused(["Changeme"], KeyError::NotAFernetKey);
    for other in ["changeme ", "changeme\n"] {
        refused([other], KeyError::Blanks);
    }
}

#[test]
fn the_key_of_the_placeholder_is_its_sha256() {
    let keys = parse_for_development([PLACEHOLDER]).unwrap();
    let sealed = envelope().seal(&keys, NOW);
    let token = String::from_utf8(by_hand::decode(&sealed)).unwrap();
    assert_eq!(by_hand::opened(&CHANGEME, &token).0, NOW.0);
    assert!(open(&sealed).is_err());
}

#[test]
fn the_key_derived_from_the_placeholder_counts_as_the_placeholder() {
    let made = by_hand::encode(CHANGEME);
    assert_eq!(parse([&made]).err(), Some(KeyError::Placeholder));
    assert_eq!(parse([&by_hand::encode(FIRST), &made]).err(), Some(KeyError::Placeholder));
    assert!(parse_for_development([&made]).unwrap().has_placeholder());
    assert_eq!(parse_for_development([PLACEHOLDER, &made]).err(), Some(KeyError::Duplicate));
}

#[test]
fn the_placeholder_is_found_at_any_place_of_the_list() {
    let first = by_hand::encode(FIRST);
    assert!(parse_for_development([PLACEHOLDER]).unwrap().has_placeholder());
    assert!(parse_for_development([&first, PLACEHOLDER]).unwrap().has_placeholder());
    assert!(!parse_for_development([&first]).unwrap().has_placeholder());
}

#[test]
fn a_key_error_says_what_is_wrong_and_never_the_key() {
    for (error, words) in [
        (KeyError::Missing, "no key is given"),
        (KeyError::NotAFernetKey, "not a Fernet key (32 bytes in URL-safe base64, 44 characters)"),
        (KeyError::Blanks, "a space or a newline is before or after the key"),
        (KeyError::Placeholder, "the placeholder \"changeme\" is known to everybody"),
        (KeyError::Weak, "too weak: a random key has more different bytes"),
        (KeyError::Duplicate, "the list has the same key twice"),
    ] {
        assert_eq!(error.to_string(), words);
    }
}

#[test]
fn a_fingerprint_is_that_of_the_first_key_and_tells_nothing_else() {
    let ring = |keys: &[&str]| KeyRing::parse(keys.iter().map(|key| (*key).into())).unwrap();
    let (one, other) = (generate_key(), generate_key());
    let (one, other) = (one.expose_secret(), other.expose_secret());
    let fingerprint = ring(&[one]).fingerprint();
    assert!(
        fingerprint.len() == 8 && fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{fingerprint}"
    );
    assert_eq!(ring(&[one, other]).fingerprint(), fingerprint);
    assert_ne!(ring(&[other, one]).fingerprint(), fingerprint);
}
