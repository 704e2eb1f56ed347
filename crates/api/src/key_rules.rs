//! What may be asked of a key: its name, how long it lives, and the mark of a request that may be sent twice.

use axum::http::HeaderMap;
use contract::ProblemCode;
use token_crypto::UnixTime;

use crate::config::Keys;
use crate::problem::Problem;

const LONGEST_NAME: usize = 80;

/// A name without the spaces around it, and otherwise to the letter.
///
/// # Errors
/// When it is blank, too long or has control characters.
pub fn name(text: &str) -> Result<&str, Problem> {
    let name = text.trim();
    let is_acceptable =
        (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    is_acceptable.then_some(name).ok_or_else(|| {
        let detail = "name is not 1 to 80 characters without control characters.";
        Problem::new(ProblemCode::InvalidName, detail).with_field("name")
    })
}

/// The `Idempotency-Key` of a request, if it has one.
///
/// # Errors
/// When it is given twice, or is not 16 to 128 visible characters.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else { return Ok(None) };
    let is_well_formed =
        |text: &&str| (16..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    let text = value.to_str().ok().filter(is_well_formed).filter(|_| values.next().is_none());
    text.map(Some).ok_or_else(|| {
        let detail = "Idempotency-Key is not one value of 16 to 128 visible ASCII characters.";
        Problem::new(ProblemCode::InvalidIdempotencyKey, detail).with_field("Idempotency-Key")
    })
}

/// How long keys may live from now on.
#[derive(Clone, Copy)]
pub struct Lifetimes<'a> {
    /// What the operator allows.
    pub rules: &'a Keys,
    /// The time.
    pub now: UnixTime,
}

impl Lifetimes<'_> {
    /// When a new key expires: as asked for, never if `null` was, and by default otherwise.
    ///
    /// # Errors
    /// When it may not.
    pub fn of_new(self, asked: Option<Option<i64>>) -> Result<Option<i64>, Problem> {
        let now = self.now.seconds();
        match asked {
            None => Ok(Some(now.saturating_add(self.rules.default_lifetime))),
            Some(Some(expires)) if expires <= now => {
                let detail = "expires is not in the future. It is a time in Unix seconds.";
                Err(Problem::new(ProblemCode::InvalidExpires, detail).with_field("expires"))
            }
            Some(Some(expires)) => self.dated(expires),
            Some(None) => self.without_end(),
        }
    }

    /// When a key expires that replaces one of this length of life.
    ///
    /// # Errors
    /// When it may not live so long any more.
    pub fn of_rotated(self, lifetime: Option<i64>) -> Result<Option<i64>, Problem> {
        lifetime.map_or_else(
            || self.without_end(),
            |lifetime| self.dated(self.now.seconds().saturating_add(lifetime)),
        )
    }

    fn dated(self, expires: i64) -> Result<Option<i64>, Problem> {
        let latest = self.now.seconds().saturating_add(self.rules.max_lifetime);
        if expires <= latest {
            return Ok(Some(expires));
        }
        let detail = format!("A key may not live that long here: expires is at most {latest}.");
        Err(Problem::new(ProblemCode::ExpiresTooLate, detail).with_field("expires").with_max_expires(latest))
    }

    fn without_end(self) -> Result<Option<i64>, Problem> {
        if self.rules.without_expiry {
            return Ok(None);
        }
        let detail = "A key needs an end here: give expires, in Unix seconds.";
        Err(Problem::new(ProblemCode::ExpiryRequired, detail).with_field("expires"))
    }
}
