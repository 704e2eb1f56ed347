//! The logins to a protected application that a browser has begun: one cookie each, so that several tabs can finish in any order.
//!
//! The value of a cookie is 32 random bytes in base64url and, after a dot, where to go afterwards, in base64url as well. The
//! envelope holds a hash of the bytes and the application's origin: it opens in no other browser, and at no other application.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use service::cookies::{Cookies, Jar, PendingCookies};
use service::random;
use subtle::ConstantTimeEq as _;
use token_crypto::{UnixTime, binding_of};

use super::target::Target;
use crate::origins::Origin;

/// The names of the cookies begin so.
const PREFIX: &str = "passerelle_";
const NAME: &str = "gate";

/// The logins of a browser.
#[derive(Clone, Copy, Debug)]
pub struct ApplicationLogins {
    lives: Duration,
}

impl ApplicationLogins {
    /// Each lives as long as its login may take, and then its envelope.
    #[must_use]
    pub fn new(lives: Duration) -> Self {
        Self { lives }
    }

    /// Remembers a login that begins. Returns the binding that its envelope must have.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn begin(
        self,
        cookies: &Cookies,
        origin: &Origin,
        target: &Target,
        now: UnixTime,
    ) -> Result<String, random::Error> {
        let secret = random::bytes::<32>()?;
        let mut value = BASE64URL.encode(secret);
        if !target.is_home() {
            value.push('.');
            value.push_str(&BASE64URL.encode(target.as_str()));
        }
        self.cookies(origin).add(cookies, &random::base64url::<3>()?, value, now);
        Ok(binding(&secret, origin))
    }

    /// Ends the login that has this binding, and says where to go. Nothing when this browser has begun no such login at this
    /// application, or has finished it.
    #[must_use]
    pub fn finish(self, cookies: &Cookies, origin: &Origin, bound: &str) -> Option<Target> {
        let kept = self.cookies(origin);
        kept.all(cookies).into_iter().find_map(|pending| {
            let (secret, target) = pending.value.split_once('.').unwrap_or((&pending.value, ""));
            let binding = binding(&BASE64URL.decode(secret).ok()?, origin);
            if !bool::from(binding.as_bytes().ct_eq(bound.as_bytes())) {
                return None;
            }
            kept.remove(cookies, &pending);
            let target = BASE64URL.decode(target).ok().and_then(|target| String::from_utf8(target).ok());
            Some(Target::of(origin, target.as_deref().unwrap_or_default()))
        })
    }

    fn cookies(self, origin: &Origin) -> PendingCookies {
        PendingCookies::new(Jar::new(PREFIX, origin.is_https()), NAME, self.lives)
    }
}

fn binding(secret: &[u8], origin: &Origin) -> String {
    binding_of([secret, origin.as_str().as_bytes()].concat())
}
