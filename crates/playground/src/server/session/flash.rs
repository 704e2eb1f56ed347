//! A notice that the next page shows, once, on a clean URL.

use std::time::Duration;

use service::cookies::{Cookies, Jar};

use crate::notice::Notice;

const NAME: &str = "notice";
const LIVES: Duration = Duration::from_mins(1);

/// Carries a notice over one redirect, as its code in a cookie. It needs no seal: whoever forges it can only
/// choose among our own sentences.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flash {
    jar: Jar,
}

impl Flash {
    pub(crate) fn new(jar: Jar) -> Self {
        Self { jar }
    }

    pub(crate) fn set(self, cookies: &Cookies, notice: Notice) {
        self.jar.set(cookies, NAME, notice.code().to_owned(), LIVES);
    }

    /// Whether the browser brought a notice.
    pub(crate) fn is_set(self, cookies: &Cookies) -> bool {
        self.jar.get(cookies, NAME).is_some()
    }

    /// The notice, which stays: a reload says no less.
    pub(crate) fn peek(self, cookies: &Cookies) -> Option<Notice> {
        Notice::parse(&self.jar.get(cookies, NAME)?)
    }

    pub(crate) fn take(self, cookies: &Cookies) -> Option<Notice> {
        let code = self.jar.get(cookies, NAME)?;
        self.jar.remove(cookies, NAME);
        Notice::parse(&code)
    }
}
