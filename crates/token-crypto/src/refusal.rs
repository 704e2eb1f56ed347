//! What a refused person has that a rule did not let in: sealed, for their own browser alone.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::OpenError;
use crate::key::KeyRing;
use crate::time::{MAX_SKEW, UnixTime};

const PURPOSE: &str = "refusal";
const LIVES: Duration = Duration::from_mins(5);
/// The most characters of a value.
const LONGEST_VALUE: usize = 200;
/// The maximum length when sealed, in bytes, more than the longest value needs.
const LONGEST: usize = 4_096;

/// Why a login was refused, in the person's own words to the provider. It names nothing of a list.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The rule.
    pub reason: String,
    /// What the person has there.
    pub value: String,
    /// The [`binding_of`](crate::binding_of) the browser that began the login.
    pub binding: String,
}

impl Refusal {
    /// Cuts the value, and leaves out what would not be seen, or would turn the direction of what follows.
    #[must_use]
    pub fn new(reason: &str, value: &str, binding: &str) -> Self {
        let value = value.chars().filter(|character| !is_hidden(*character)).take(LONGEST_VALUE).collect();
        Self { reason: reason.to_owned(), value, binding: binding.to_owned() }
    }

    /// Encrypts and signs it, in characters that a URL may hold once `=` is escaped.
    #[must_use]
    pub fn seal(&self, keys: &KeyRing, now: UnixTime) -> String {
        let json = serde_json::to_vec(self);
        let json = json.unwrap_or_else(|_| unreachable!("strings are always written as JSON"));
        keys.cookie_sealer(PURPOSE).seal(&json, now)
    }

    /// Opens what [`Refusal::seal`] made, for five minutes.
    ///
    /// # Errors
    /// Each cause has its own variant; see [`OpenError`].
    pub fn open(text: &str, keys: &KeyRing, now: UnixTime) -> Result<Self, OpenError> {
        if text.len() > LONGEST {
            return Err(OpenError::Malformed("longer than any refusal"));
        }
        let opened = keys.cookie_sealer(PURPOSE).open(text, now, LIVES)?;
        if opened.sealed_at > now.after(MAX_SKEW) {
            return Err(OpenError::NotYetValid);
        }
        serde_json::from_slice(&opened.plaintext)
            .map_err(|_| OpenError::Malformed("not the JSON of a refusal"))
    }
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}
