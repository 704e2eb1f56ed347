//! Cookies for what a browser has begun and not finished, such as a login.

use std::time::Duration;

use token_crypto::UnixTime;
use tower_cookies::Cookies;

use super::jar::Jar;

/// The most cookies of one kind that a browser keeps. A ninth replaces the oldest.
const MOST: usize = 8;
/// The length of the time in a name: hexadecimal seconds, so the order of names is the order of time.
const TIME_LENGTH: usize = 10;

/// What a browser has begun and not finished, with one cookie for each, so that several tabs can finish in any order.
#[derive(Clone, Copy, Debug)]
pub struct PendingCookies {
    jar: Jar,
    name: &'static str,
    lives: Duration,
}

/// One thing that a browser has begun.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pending {
    /// The time when it began, an underscore, and its tag.
    suffix: String,
    /// The value of the cookie.
    pub value: String,
}

impl Pending {
    /// The tag that distinguishes it from the others.
    #[must_use]
    pub fn tag(&self) -> &str {
        self.suffix.get(TIME_LENGTH + 1..).unwrap_or_default()
    }
}

impl PendingCookies {
    /// Cookies whose names begin with this. Each is valid for `lives`.
    #[must_use]
    pub fn new(jar: Jar, name: &'static str, lives: Duration) -> Self {
        Self { jar, name, lives }
    }

    /// Adds one, and drops the oldest beyond the eighth. The tag must have only characters that are allowed in a cookie's name.
    pub fn add(self, cookies: &Cookies, tag: &str, value: String, now: UnixTime) {
        let mut pending = self.all(cookies);
        pending.sort_unstable();
        let too_many = pending.len().saturating_sub(MOST - 1);
        for oldest in &pending[..too_many] {
            self.remove(cookies, oldest);
        }
        let name = self.full_name(&format!("{:0TIME_LENGTH$x}_{tag}", now.0));
        self.jar.set(cookies, &name, value, self.lives);
    }

    /// All of them, in no fixed order.
    #[must_use]
    pub fn all(self, cookies: &Cookies) -> Vec<Pending> {
        let found = self.jar.starting_with(cookies, &self.full_name(""));
        found.into_iter().map(|(suffix, value)| Pending { suffix, value }).collect()
    }

    /// Removes one.
    pub fn remove(self, cookies: &Cookies, pending: &Pending) {
        self.jar.remove(cookies, &self.full_name(&pending.suffix));
    }

    fn full_name(self, suffix: &str) -> String {
        format!("{}_{suffix}", self.name)
    }
}
