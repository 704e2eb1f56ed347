//! Base64 is strict: there is exactly one string for one token.

use token_crypto::OpenError;

use crate::{FIRST, NOW, TTL, by_hand, open, refusal, ring};

const NOT_BASE64: OpenError = OpenError::Malformed("not URL-safe base64");
const JSON: &str = r#"{"app_token":"a","token_id":7,"proconnect_token":"p","timestamp":0}"#;

/// Envelopes whose inner string has every possible ending: `==`, `=` and no padding.
fn tokens() -> Vec<String> {
    let tokens: Vec<String> = (0..48)
        .step_by(8)
        .map(|blanks| by_hand::token(&FIRST, NOW.0, format!("{JSON}{}", " ".repeat(blanks)).as_bytes()))
        .collect();
    for ending in ["==", "=", ""] {
        let padding = |token: &String| token.len() - token.trim_end_matches('=').len();
        assert!(tokens.iter().any(|token| padding(token) == ending.len()), "one ends with {ending:?}");
    }
    tokens
}

/// Strings that a lenient decoder reads as the same bytes.
fn look_alikes(text: &str) -> Vec<String> {
    let bare = text.trim_end_matches('=');
    let (head, tail) = text.split_at(text.len() / 2);
    let mut others = vec![
        format!("{text}="),
        format!("{text}===="),
        format!("{text}\n"),
        format!("{text}\r\n"),
        format!("{text} "),
        format!("{text}\0"),
        format!(" {text}"),
        format!("\u{feff}{text}"),
        format!("{head}\n{tail}"),
        format!("{head} {tail}"),
        format!("{head}={tail}"),
        format!("{head}%{tail}"),
        format!("{head}é{tail}"),
    ];
    if bare.len() < text.len() {
        others.push(bare.to_owned());
        others.push(format!("{bare}{}", "%3D".repeat(text.len() - bare.len())));
        others.extend(non_canonical(bare).map(|end| format!("{end}{}", "=".repeat(text.len() - bare.len()))));
    }
    if bare.len() + 2 == text.len() {
        others.push(format!("{bare}="));
    }
    others
}

/// The string with its last character replaced by others that differ only in unused bits.
fn non_canonical(bare: &str) -> impl Iterator<Item = String> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (head, last) = bare.split_at(bare.len() - 1);
    let value = ALPHABET.iter().position(|byte| last.as_bytes()[0] == *byte).expect("of the alphabet");
    let unused = if bare.len() % 4 == 2 { 4 } else { 2 };
    (1..1_usize << unused).map(move |bits| format!("{head}{}", char::from(ALPHABET[value | bits])))
}

#[test]
fn an_envelope_has_one_string() {
    for token in tokens() {
        let text = by_hand::encode(&token);
        assert!(open(&text).is_ok());
        for other in look_alikes(&text) {
            assert_eq!(refusal(&other), NOT_BASE64, "{other:?} for {text:?}");
        }
    }
}

#[test]
fn the_token_in_the_envelope_has_one_string() {
    for token in tokens() {
        for other in look_alikes(&token) {
            assert_eq!(refusal(&by_hand::encode(&other)), NOT_BASE64, "{other:?} for {token:?}");
        }
    }
}

#[test]
fn the_standard_alphabet_is_refused() {
    let (minus, underscore) = (tokens_with('-'), tokens_with('_'));
    assert!(!minus.is_empty() && !underscore.is_empty());
    for token in minus {
        assert_eq!(refusal(&by_hand::encode(token.replace('-', "+"))), NOT_BASE64, "{token}");
    }
    for token in underscore {
        assert_eq!(refusal(&by_hand::encode(token.replace('_', "/"))), NOT_BASE64, "{token}");
    }
}

fn tokens_with(character: char) -> Vec<String> {
    tokens().into_iter().filter(|token| token.contains(character)).collect()
}

#[test]
fn a_cookie_has_one_string() {
    let sealer = ring([FIRST]).cookie_sealer("session");
    for length in [0, 16, 32] {
        let text = sealer.seal(&vec![b'x'; length], NOW);
        assert!(sealer.open(&text, NOW, TTL).is_ok());
        for other in look_alikes(&text) {
            assert_eq!(sealer.open(&other, NOW, TTL).err(), Some(NOT_BASE64), "{other:?} for {text:?}");
        }
    }
}
