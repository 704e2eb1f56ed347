//! The form of API tokens. Scanners of leaked secrets find them by their prefix. The checksum rejects strings that only look
//! like a token, without a query to the database.

use crc::{CRC_32_ISO_HDLC, Crc};
use secrecy::{ExposeSecret as _, SecretString};

use crate::opengatellm;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Below this value of a random byte, every character has the same probability.
const UNBIASED: u8 = 248;
static CHECKSUM: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
const RANDOM: usize = 30;
const SUM: usize = 6;
/// The length of the form of the first version: `sk-` and 32 bytes in unpadded base64url.
const OLD_LENGTH: usize = 46;

/// What an API token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A login makes it, and its logout ends it.
    Session,
    /// Its owner makes it for a program.
    Key,
}

impl TokenKind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Session => "sk-pss",
            Self::Key => "sk-psl",
        }
    }
}

/// An API token: a prefix, 30 random characters and a checksum.
#[derive(Clone, Debug)]
pub struct ApiToken(SecretString);

impl ApiToken {
    /// Makes a new token from the bytes that `random` returns.
    ///
    /// # Errors
    /// When `random` fails.
    pub fn mint<E>(kind: TokenKind, mut random: impl FnMut() -> Result<[u8; 48], E>) -> Result<Self, E> {
        let mut text = String::with_capacity(kind.prefix().len() + RANDOM + SUM);
        text.push_str(kind.prefix());
        let length = text.len() + RANDOM;
        while text.len() < length {
            let digits = random()?.into_iter().filter(|byte| *byte < UNBIASED).map(|byte| digit(byte.into()));
            text.extend(digits.take(length - text.len()));
        }
        let sum = checksum(&text);
        text.extend(sum.map(char::from));
        Ok(Self(text.into()))
    }

    /// Parses what a client sent. Returns none when it does not have the form of a token, or a wrong checksum. Trims nothing. Keys
    /// that were moved here from OpenGateLLM have no checksum.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_token = is_well_formed(text) || is_of_the_old_form(text) || opengatellm::is_well_formed(text);
        is_token.then(|| Self(text.into()))
    }

    /// The key that OpenGateLLM gave out for a row of its table `token`: it stores only the ends of it.
    #[must_use]
    pub fn of_opengatellm(
        master_key: &SecretString,
        user_id: i64,
        token_id: i64,
        expires: Option<i64>,
    ) -> Self {
        Self(opengatellm::key(master_key, user_id, token_id, expires).into())
    }

    /// Whether OpenGateLLM shows it as this: its first and last eight characters.
    #[must_use]
    pub fn ends_as(&self, shown: &str) -> bool {
        let text = self.0.expose_secret();
        let ends = text.get(..8).zip(text.len().checked_sub(8).and_then(|start| text.get(start..)));
        ends.is_some_and(|(first, last)| shown == format!("{first}...{last}"))
    }

    /// The token itself, to be shown to its owner.
    #[must_use]
    pub fn reveal(&self) -> &SecretString {
        &self.0
    }

    /// The first eight characters and the last four, by which its owner distinguishes it from others.
    #[must_use]
    pub fn hint(&self) -> String {
        let text = self.0.expose_secret();
        format!("{}…{}", &text[..8], &text[text.len() - 4..])
    }
}

fn is_well_formed(text: &str) -> bool {
    let has_prefix =
        [TokenKind::Session, TokenKind::Key].into_iter().any(|kind| text.starts_with(kind.prefix()));
    if !has_prefix || !text.is_ascii() {
        return false;
    }
    text.len().checked_sub(SUM).is_some_and(|end| {
        let (body, sum) = text.split_at(end);
        let random = body.get(TokenKind::Key.prefix().len()..).unwrap_or_default();
        random.len() == RANDOM
            && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && sum.as_bytes() == checksum(body)
    })
}

fn is_of_the_old_form(text: &str) -> bool {
    text.len() == OLD_LENGTH
        && text.starts_with("sk-")
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// CRC-32 in base62, the most significant digit first.
fn checksum(body: &str) -> [u8; SUM] {
    let mut rest = CHECKSUM.checksum(body.as_bytes());
    let mut sum = [0; SUM];
    for place in sum.iter_mut().rev() {
        *place = ALPHABET[(rest % 62) as usize];
        rest /= 62;
    }
    sum
}

fn digit(value: usize) -> char {
    char::from(ALPHABET[value % 62])
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn minted(kind: TokenKind, byte: u8) -> String {
        let mut next = byte;
        let random = || {
            Ok::<_, Infallible>(std::array::from_fn(|_| {
                next = next.wrapping_mul(5).wrapping_add(31);
                next
            }))
        };
        ApiToken::mint(kind, random).unwrap().reveal().expose_secret().to_owned()
    }

    #[test]
    fn checksums_are_those_of_the_published_vectors() {
        for (body, sum) in [
            (format!("sk-psl{}", "A".repeat(30)), "26rZvi"),
            ("sk-psl0123456789abcdefghijklmnopqrst".to_owned(), "2WLFGD"),
            (format!("sk-pss{}", "z".repeat(30)), "0SdsOl"),
        ] {
            assert_eq!(checksum(&body), sum.as_bytes(), "{body}");
            assert!(ApiToken::parse(&format!("{body}{sum}")).is_some());
        }
    }

    #[test]
    fn a_minted_token_is_well_formed() {
        for byte in 0..=255 {
            for (kind, prefix) in [(TokenKind::Session, "sk-pss"), (TokenKind::Key, "sk-psl")] {
                let text = minted(kind, byte);
                assert!(text.len() == 42 && text.starts_with(prefix), "{text}");
                assert!(ApiToken::parse(&text).is_some(), "{text}");
            }
        }
    }

    #[test]
    fn random_bytes_are_asked_for_until_there_are_enough() {
        let mut calls = 0;
        let token = ApiToken::mint(TokenKind::Key, || {
            calls += 1;
            Ok::<_, Infallible>(if calls == 1 { [255; 48] } else { [10; 48] })
        });
        assert!(token.unwrap().reveal().expose_secret().starts_with(&format!("sk-psl{}", "A".repeat(30))));
        assert_eq!(calls, 2);
    }

    #[test]
    fn no_character_can_be_changed_lost_added_or_swapped() {
        let text = minted(TokenKind::Key, 7);
        for place in 0..text.len() {
            for other in ['0', 'z', 'é', ' ', '-', '\0'] {
                let changed: String = text
                    .chars()
                    .enumerate()
                    .map(|(index, character)| if index == place { other } else { character })
                    .collect();
                assert_eq!(ApiToken::parse(&changed).is_some(), changed == text, "{changed}");
            }
            let mut shorter = text.clone();
            shorter.remove(place);
            assert!(ApiToken::parse(&shorter).is_none());
        }
        for bad in [
            String::new(),
            "sk-".into(),
            "sk-psl".into(),
            format!(" {text}"),
            format!("{text} "),
            format!("{text}\n"),
            format!("{text}0"),
            text.to_lowercase(),
            text.to_uppercase(),
            text.replace("sk-psl", "sk-pss"),
            text.replace("sk-psl", "sk-psx"),
        ] {
            assert!(ApiToken::parse(&bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn the_form_of_the_first_version_is_told_apart_by_its_length() {
        let old = format!("sk-psl{}", "a".repeat(40));
        assert!(ApiToken::parse(&old).is_some());
        for bad in [&old[1..], &format!("{old}a"), &old.replace("aaa", "a a"), &old.replace('s', "S")] {
            assert!(ApiToken::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_hint_shows_both_ends() {
        let token = ApiToken::parse(&format!("sk-psl{}26rZvi", "A".repeat(30))).unwrap();
        assert_eq!(token.hint(), "sk-pslAA…rZvi");
        assert!(!format!("{token:?}").contains("AAA"));
    }
}
