//! The only file that makes and reads Fernet tokens: version (1 byte), time (8), IV (16), ciphertext in blocks
//! of 16, HMAC (32); see <https://github.com/fernet/spec/blob/master/Spec.md>.

use std::time::Duration;

use aes::Aes128Dec;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut as _, InnerIvInit as _, KeyInit};
use fernet::Fernet;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::base64url;
use crate::error::OpenError;
use crate::time::UnixTime;

const VERSION: u8 = 0x80;
/// The length of version, time and IV.
const HEAD: usize = 25;
const SHORTEST: usize = HEAD + 16 + 32;

/// A key that is ready for use.
#[derive(Clone)]
pub(crate) struct FernetKey {
    sealer: Fernet,
    signature: Hmac<Sha256>,
    cipher: Aes128Dec,
}

pub(crate) struct Token {
    pub(crate) plaintext: Vec<u8>,
    pub(crate) sealed_at: UnixTime,
    /// The place of the key in the ring: the key at 0 seals.
    pub(crate) key_index: usize,
}

pub(crate) fn seal(plaintext: &[u8], key: &FernetKey, now: UnixTime) -> String {
    key.sealer.encrypt_at_time(plaintext, now.0)
}

/// Opens a decoded token of any age. It uses nothing of the token before it has checked the signature.
pub(crate) fn open<'k>(
    decoded: Option<Vec<u8>>,
    keys: impl Iterator<Item = &'k FernetKey>,
) -> Result<Token, OpenError> {
    let bytes = decoded.ok_or(OpenError::Malformed("not URL-safe base64"))?;
    let head = head(&bytes).filter(|_| bytes.len() >= SHORTEST);
    let (version, time, iv) = head.ok_or(OpenError::Malformed("shorter than any Fernet token"))?;
    if version != VERSION {
        return Err(OpenError::Malformed("not a Fernet token"));
    }
    let (message, signature) = bytes.split_at(bytes.len() - 32);
    let (key_index, key) = keys
        .enumerate()
        .find(|(_, key)| key.signed(message, signature))
        .ok_or(OpenError::WrongKeyOrTampered)?;
    let plaintext = key.decrypt(&message[HEAD..], iv).ok_or(OpenError::WrongKeyOrTampered)?;
    Ok(Token { plaintext, sealed_at: UnixTime(u64::from_be_bytes(time)), key_index })
}

/// The version, the time and the IV.
fn head(bytes: &[u8]) -> Option<(u8, [u8; 8], [u8; 16])> {
    let (&[version], rest) = bytes.split_first_chunk()?;
    let (&time, rest) = rest.split_first_chunk()?;
    Some((version, time, *rest.first_chunk()?))
}

impl Token {
    pub(crate) fn is_older_than(&self, ttl: Duration, now: UnixTime) -> bool {
        now > self.sealed_at.after(ttl)
    }
}

impl FernetKey {
    pub(crate) fn new(bytes: &[u8; 32]) -> Self {
        let text = base64url::encode(bytes);
        let sealer = Fernet::new(&text);
        let (signing, encryption) = bytes.split_at(16);
        Self {
            sealer: sealer.unwrap_or_else(|| unreachable!("32 bytes in base64 are a Fernet key")),
            signature: keyed(signing),
            cipher: keyed(encryption),
        }
    }

    /// Checks the signature of a message, in constant time.
    fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.signature.clone().chain_update(message).verify_slice(signature).is_ok()
    }

    /// Decrypts a ciphertext whose signature was checked.
    fn decrypt(&self, ciphertext: &[u8], iv: [u8; 16]) -> Option<Vec<u8>> {
        cbc::Decryptor::inner_iv_init(&self.cipher, &iv.into())
            .decrypt_padded_vec_mut::<Pkcs7>(ciphertext)
            .ok()
    }
}

fn keyed<T: KeyInit>(key: &[u8]) -> T {
    T::new_from_slice(key).unwrap_or_else(|_| unreachable!("each half of a key has 16 bytes"))
}
