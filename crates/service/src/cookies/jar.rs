//! Sets, reads and removes the cookies of one program.

use std::time::Duration;

use tower_cookies::cookie::{SameSite, time};
use tower_cookies::{Cookie, Cookies};

/// Browsers accept a cookie with this prefix only from the host itself, over TLS, for all its paths (RFC 6265bis, section
/// 4.1.3.2).
const HOST_PREFIX: &str = "__Host-";

/// The cookies of one program: their attributes, and the prefix of their names.
#[derive(Clone, Copy, Debug)]
pub struct Jar {
    prefix: &'static str,
    https: bool,
}

impl Jar {
    /// `prefix` distinguishes the cookies of several programs on one host; `https` says how browsers reach this program.
    #[must_use]
    pub fn new(prefix: &'static str, https: bool) -> Self {
        Self { prefix, https }
    }

    /// The value of a cookie.
    #[must_use]
    pub fn get(self, cookies: &Cookies, name: &str) -> Option<String> {
        cookies.get(&self.full_name(name)).map(|cookie| cookie.value().to_owned())
    }

    /// Every cookie whose name begins with this: the rest of its name, and its value.
    #[must_use]
    pub fn starting_with(self, cookies: &Cookies, start: &str) -> Vec<(String, String)> {
        let start = self.full_name(start);
        let found = cookies.list().into_iter().filter_map(|cookie| {
            cookie.name().strip_prefix(&start).map(|rest| (rest.to_owned(), cookie.value().to_owned()))
        });
        found.collect()
    }

    /// Sets a cookie.
    pub fn set(self, cookies: &Cookies, name: &str, value: String, lives: Duration) {
        let mut cookie = self.build(name, value);
        cookie.set_max_age(time::Duration::try_from(lives).unwrap_or(time::Duration::MAX));
        cookies.add(cookie);
    }

    /// Removes a cookie.
    pub fn remove(self, cookies: &Cookies, name: &str) {
        cookies.remove(self.build(name, String::new()));
    }

    fn build(self, name: &str, value: String) -> Cookie<'static> {
        Cookie::build((self.full_name(name), value))
            .path("/")
            .http_only(true)
            .secure(self.https)
            .same_site(SameSite::Lax)
            .build()
    }

    fn full_name(self, name: &str) -> String {
        let host = if self.https { HOST_PREFIX } else { "" };
        format!("{host}{}{name}", self.prefix)
    }
}
