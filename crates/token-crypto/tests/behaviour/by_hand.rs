//! Fernet according to its specification, without the library that the crate uses.

use ::base64::Engine as _;
use ::base64::engine::general_purpose::URL_SAFE;
use aes::Aes128;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut as _, BlockEncryptMut as _, KeyIvInit as _};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

pub(crate) const IV: [u8; 16] = *b"sixteen bytes iv";

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Vec<u8> {
    URL_SAFE.decode(text).expect("padded URL-safe base64")
}

/// A Fernet token.
pub(crate) fn token(key: &[u8; 32], time: u64, plaintext: &[u8]) -> String {
    let ciphertext = cbc::Encryptor::<Aes128>::new_from_slices(&key[16..], &IV)
        .expect("sixteen bytes each")
        .encrypt_padded_vec_mut::<Pkcs7>(plaintext);
    signed(key, &[&[0x80], &time.to_be_bytes()[..], &IV, &ciphertext].concat())
}

/// The envelope that `Envelope::seal` would make of a JSON string.
pub(crate) fn envelope(key: &[u8; 32], time: u64, json: &str) -> String {
    encode(token(key, time, json.as_bytes()))
}

/// Signs what comes before the signature, whatever it is.
pub(crate) fn signed(key: &[u8; 32], message: &[u8]) -> String {
    encode([message, &signature(key, message)].concat())
}

fn signature(key: &[u8; 32], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key[..16]).expect("any length will do");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// The time and the plaintext of a Fernet token, after checking every part against the specification.
pub(crate) fn opened(key: &[u8; 32], token: &str) -> (u64, Vec<u8>) {
    let bytes = decode(token);
    let (message, mac) = bytes.split_at(bytes.len() - 32);
    assert_eq!(mac, signature(key, message), "HMAC-SHA256 under the first half of the key");
    assert_eq!(message[0], 0x80, "the version");
    let time = u64::from_be_bytes(message[1..9].try_into().expect("eight bytes"));
    let (iv, ciphertext) = message[9..].split_at(16);
    let plaintext = cbc::Decryptor::<Aes128>::new_from_slices(&key[16..], iv)
        .expect("sixteen bytes each")
        .decrypt_padded_vec_mut::<Pkcs7>(ciphertext)
        .expect("AES-128-CBC under the second half of the key, with PKCS #7 padding");
    (time, plaintext)
}
