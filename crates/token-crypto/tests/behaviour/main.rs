//! Tests of token-crypto through its public interface, at fixed times.
#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

mod base64;
mod by_hand;
mod cookie;
mod debug;
mod envelope;
mod fuzz;
mod json;
mod key;
mod lifetime;
mod opengatellm;
mod person;
mod property;
mod refusal;
mod rotation;

use std::time::Duration;

use secrecy::SecretString;
use token_crypto::{Envelope, KeyRing, OpenError, UnixTime};

const NOW: UnixTime = UnixTime(1_790_000_000);
const TTL: Duration = Duration::from_secs(300);

/// Keys of 32 different bytes each.
const FIRST: [u8; 32] = numbered(1);
const SECOND: [u8; 32] = numbered(101);
const THIRD: [u8; 32] = numbered(201);

const fn numbered(start: u8) -> [u8; 32] {
    let mut bytes = [start; 32];
    let mut offset = 0;
    while offset < 32 {
        bytes[offset as usize] = start + offset;
        offset += 1;
    }
    bytes
}

fn ring<const N: usize>(keys: [[u8; 32]; N]) -> KeyRing {
    KeyRing::parse(keys.map(|key| SecretString::from(by_hand::encode(key)))).expect("the keys are good")
}

fn envelope() -> Envelope {
    Envelope {
        app_token: "sk-an-app-token".into(),
        token_id: 42,
        proconnect_token: "eyJ.an-id-token.sig".into(),
        binding: Some("a-binding".into()),
    }
}

/// Opens an envelope sealed with the first key, now.
fn open(text: &str) -> Result<Envelope, OpenError> {
    Envelope::open(text, &ring([FIRST]), NOW, TTL)
}

/// Why an envelope is refused.
fn refusal(text: &str) -> OpenError {
    open(text).expect_err("it is refused")
}
