//! The targets of `make fuzz`; see crates/fuzz.

use secrecy::ExposeSecret as _;
use serde_json::Value;
use token_crypto::{CookieSealer, Envelope};

use crate::{FIRST, NOW, TTL, by_hand, open, ring};

/// The first cookie of the corpus, sealed for the purpose of this target.
const COOKIE: &str = include_str!("../../../fuzz/corpus/cookie/sealed");
const PURPOSE: &str = "playground session";

#[test]
fn envelope() {
    fuzz::run("envelope", |input: &[u8]| {
        if let Ok(text) = str::from_utf8(input) {
            if let Ok(opened) = open(text) {
                let token = String::from_utf8(by_hand::decode(text)).expect("a text");
                let (_, json) = by_hand::opened(&FIRST, &token);
                assert_says(&json, &opened);
            }
            if let Ok(opened) = open(&by_hand::envelope(&FIRST, NOW.0, text)) {
                assert_says(input, &opened);
                assert_same(&open(&opened.seal(&ring([FIRST]), NOW)).expect("it opens"), &opened);
            }
        }
        // The signature is right, but the blocks may decrypt to anything.
        if let Ok(opened) = open(&by_hand::encode(by_hand::signed(&FIRST, input))) {
            let (_, json) = by_hand::opened(&FIRST, &by_hand::signed(&FIRST, input));
            assert_says(&json, &opened);
        }
    });
}

#[test]
fn cookie() {
    let keys = ring([FIRST]);
    let [session, logout] = [PURPOSE, "playground logout"].map(|purpose| keys.cookie_sealer(purpose));
    fuzz::run("cookie", move |input: &[u8]| {
        let sealed = session.seal(input, NOW);
        assert_eq!(&*session.open(&sealed, NOW, TTL).expect("it opens").plaintext, input);
        assert!(logout.open(&sealed, NOW, TTL).is_err(), "it opens for another purpose");
        assert!(open(&by_hand::encode(&sealed)).is_err(), "it opens as an envelope");
        for changed in changes(sealed.as_bytes(), input) {
            assert!(changed == sealed.as_bytes() || !opens(&session, &changed), "changed, it opens");
        }
        assert!(!opens(&session, input) || input == COOKIE.as_bytes(), "nobody sealed it, and it opens");
        assert!(!opens(&logout, input), "nobody sealed it for another purpose, and it opens");
    });
}

/// Asserts that the JSON and the envelope that was read from it have the same content.
fn assert_says(json: &[u8], envelope: &Envelope) {
    let json: Value = serde_json::from_slice(json).expect("JSON");
    assert_eq!(json["app_token"], *envelope.app_token.expose_secret());
    assert_eq!(json["proconnect_token"], *envelope.proconnect_token.expose_secret());
    assert!(json["timestamp"].is_u64());
    assert_eq!(json["binding"].as_str(), envelope.binding.as_deref());
    let token_id = json["token_id"].as_i64().or_else(|| json["token_id"].as_str()?.parse().ok());
    assert_eq!(token_id, Some(envelope.token_id));
}

fn assert_same(one: &Envelope, other: &Envelope) {
    assert_eq!(one.app_token.expose_secret(), other.app_token.expose_secret());
    assert_eq!(one.proconnect_token.expose_secret(), other.proconnect_token.expose_secret());
    assert_eq!((one.token_id, &one.binding), (other.token_id, &other.binding));
}

/// The string cut, extended, and with one bit changed, at places that the input decides.
fn changes(text: &[u8], input: &[u8]) -> [Vec<u8>; 3] {
    let place = input.iter().fold(0, |sum, byte| sum * 31 % text.len() + usize::from(*byte)) % text.len();
    let mut flipped = text.to_vec();
    flipped[place] ^= 1 << (input.len() % 8);
    [text[..place].to_vec(), [text, input].concat(), flipped]
}

fn opens(sealer: &CookieSealer, text: &[u8]) -> bool {
    str::from_utf8(text).is_ok_and(|text| sealer.open(text, NOW, TTL).is_ok())
}
