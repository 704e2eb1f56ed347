//! The language that somebody chose.

use std::time::Duration;

use service::cookies::{Cookies, Jar};

use crate::text::Lang;

const NAME: &str = "language";
const LIVES: Duration = Duration::from_hours(24 * 365);

/// Remembers the language in a cookie. It needs no seal: whoever forges it chooses between our own two.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Language {
    jar: Jar,
}

impl Language {
    pub(crate) fn new(jar: Jar) -> Self {
        Self { jar }
    }

    pub(crate) fn set(self, cookies: &Cookies, lang: Lang) {
        self.jar.set(cookies, NAME, lang.code().to_owned(), LIVES);
    }

    pub(crate) fn get(self, cookies: &Cookies) -> Option<Lang> {
        Lang::parse(&self.jar.get(cookies, NAME)?)
    }
}
