//! The logins that a browser has begun. Each is a cookie of its own, so that several tabs can finish in any order.
//!
//! The value of a cookie is 32 random bytes in base64url and, after a dot, the path to come back to, in base64url as well.
//! The api seals the SHA-256 of the bytes into the envelope, and only the browser that holds the bytes may open it: a
//! stolen link is worthless, and nobody can be logged in as somebody else.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use service::cookies::{Cookies, Jar, PendingCookies};
use service::random;
use subtle::ConstantTimeEq as _;
use token_crypto::{UnixTime, binding_of};

use super::return_path::ReturnPath;

/// The logins of a browser.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PendingLogins(PendingCookies);

impl PendingLogins {
    /// Each lives as long as its login may take, and then its envelope.
    pub(crate) fn new(jar: Jar, lives: Duration) -> Self {
        Self(PendingCookies::new(jar, "login", lives))
    }

    /// Remembers a login that begins, and forgets the oldest when there are too many. Returns the binding to give to
    /// the api.
    pub(crate) fn begin(
        self,
        cookies: &Cookies,
        return_path: &ReturnPath,
        now: UnixTime,
    ) -> Result<String, random::Error> {
        let secret = random::bytes::<32>()?;
        let mut value = BASE64URL.encode(secret);
        if !return_path.is_home() {
            value.push('.');
            value.push_str(&BASE64URL.encode(return_path.as_str()));
        }
        self.0.add(cookies, &random::base64url::<3>()?, value, now);
        Ok(binding_of(secret))
    }

    /// Whether the browser brought no login at all.
    pub(crate) fn is_empty(self, cookies: &Cookies) -> bool {
        self.0.all(cookies).is_empty()
    }

    /// Ends the login that has this binding: removes its cookie and says where to come back to. Nothing when this
    /// browser has begun no such login, or has finished it.
    pub(crate) fn finish(self, cookies: &Cookies, binding: &str) -> Option<ReturnPath> {
        self.0.all(cookies).into_iter().find_map(|pending| {
            let (secret, path) = pending.value.split_once('.').unwrap_or((&pending.value, ""));
            let is_ours: bool =
                binding_of(BASE64URL.decode(secret).ok()?).as_bytes().ct_eq(binding.as_bytes()).into();
            if !is_ours {
                return None;
            }
            self.0.remove(cookies, &pending);
            let path = BASE64URL.decode(path).ok().and_then(|path| String::from_utf8(path).ok());
            Some(ReturnPath::of(path.as_deref().unwrap_or_default()))
        })
    }
}
