//! The one place that sets and reads cookies.

use std::time::Duration;

use tower_cookies::cookie::SameSite;
use tower_cookies::cookie::time;
use tower_cookies::{Cookie, Cookies};

/// How the cookies of this server are set. On https their names begin with `__Host-`, which browsers accept
/// only from this very host, over TLS (RFC 6265bis, section 4.1.3.2).
#[derive(Clone, Copy, Debug)]
pub(crate) struct CookieJar {
    https: bool,
}

impl CookieJar {
    pub(crate) fn new(https: bool) -> Self {
        Self { https }
    }

    pub(crate) fn get(self, cookies: &Cookies, name: &str) -> Option<String> {
        cookies.get(&self.full_name(name)).map(|cookie| cookie.value().to_owned())
    }

    /// All cookies whose names begin so, as pairs of the rest of the name and the value.
    pub(crate) fn with_prefix(self, cookies: &Cookies, prefix: &str) -> Vec<(String, String)> {
        let prefix = self.full_name(prefix);
        let found = cookies.list().into_iter().filter_map(|cookie| {
            cookie.name().strip_prefix(&prefix).map(|rest| (rest.to_owned(), cookie.value().to_owned()))
        });
        found.collect()
    }

    pub(crate) fn set(self, cookies: &Cookies, name: &str, value: String, lives: Duration) {
        let mut cookie = self.build(name, value);
        cookie.set_max_age(time::Duration::try_from(lives).unwrap_or(time::Duration::MAX));
        cookies.add(cookie);
    }

    pub(crate) fn remove(self, cookies: &Cookies, name: &str) {
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
        let prefix = if self.https { "__Host-" } else { "" };
        format!("{prefix}playground_{name}")
    }
}
