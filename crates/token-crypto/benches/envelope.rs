//! What an envelope costs, beside the cryptography that it cannot do without.
#![expect(clippy::unwrap_used, reason = "a measurement ends where what it stands on fails")]

use std::time::Duration;

use aes::Aes128;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut as _, BlockEncryptMut as _, KeyIvInit as _};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hmac::{Hmac, Mac};
use secrecy::ExposeSecret as _;
use serde_json::json;
use sha2::Sha256;
use token_crypto::{Envelope, KeyRing, UnixTime, binding_of, generate_key};

const NOW: UnixTime = UnixTime(1_790_000_000);
const TTL: Duration = Duration::from_secs(300);
/// The JSON that the original's figures are for.
const BYTES: usize = 1_436;
const KEY: [u8; 16] = *b"an encryptionkey";

/// An envelope whose JSON has that many bytes.
fn envelope() -> Envelope {
    let mut envelope = Envelope {
        app_token: format!("sk-{}", binding_of("a token")).into(),
        token_id: 42,
        proconnect_token: "".into(),
        binding: Some(binding_of("a browser")),
    };
    let id_token = "x".repeat(BYTES - json_of(&envelope).len());
    envelope.proconnect_token = id_token.into();
    envelope
}

fn json_of(envelope: &Envelope) -> String {
    json!({
        "app_token": envelope.app_token.expose_secret(),
        "token_id": envelope.token_id,
        "proconnect_token": envelope.proconnect_token.expose_secret(),
        "timestamp": NOW.0,
        "binding": envelope.binding,
    })
    .to_string()
}

fn hmac(bytes: &[u8]) -> Hmac<Sha256> {
    <Hmac<Sha256> as Mac>::new_from_slice(&KEY).unwrap().chain_update(bytes)
}

fn envelopes(criterion: &mut Criterion) {
    let keys = KeyRing::parse([generate_key()]).unwrap();
    let rotated = KeyRing::parse([generate_key()]).unwrap();
    let envelope = envelope();
    let sealed = envelope.seal(&keys, NOW);
    assert!(Envelope::open(&sealed, &keys, NOW, TTL).is_ok());
    assert!(Envelope::open(&sealed, &rotated, NOW, TTL).is_err());

    let mut group = criterion.benchmark_group("envelope");
    group.throughput(Throughput::Elements(1));
    group.bench_function("seal", |bencher| bencher.iter(|| envelope.seal(&keys, NOW)));
    group.bench_function("open", |bencher| bencher.iter(|| Envelope::open(&sealed, &keys, NOW, TTL)));
    group.bench_function("refuse", |bencher| bencher.iter(|| Envelope::open(&sealed, &rotated, NOW, TTL)));
    group.finish();
}

fn bare_cryptography(criterion: &mut Criterion) {
    let json = json_of(&envelope()).into_bytes();
    assert_eq!(json.len(), BYTES);
    let encrypt =
        || cbc::Encryptor::<Aes128>::new(&KEY.into(), &KEY.into()).encrypt_padded_vec_mut::<Pkcs7>(&json);
    // A version, a time and an IV are signed with it.
    let message = [&[0; 25][..], &encrypt()].concat();
    let signature = hmac(&message).finalize().into_bytes();

    let mut group = criterion.benchmark_group("bare");
    group.throughput(Throughput::Elements(1));
    group.bench_function("encrypt and sign", |bencher| {
        bencher.iter(|| {
            let message = [&[0; 25][..], &encrypt()].concat();
            let signature = hmac(&message).finalize().into_bytes();
            (message, signature)
        });
    });
    group.bench_function("verify and decrypt", |bencher| {
        bencher.iter(|| {
            hmac(&message).verify_slice(&signature).unwrap();
            cbc::Decryptor::<Aes128>::new(&KEY.into(), &KEY.into())
                .decrypt_padded_vec_mut::<Pkcs7>(&message[25..])
        });
    });
    group.finish();
}

criterion_group!(benches, envelopes, bare_cryptography);
criterion_main!(benches);
