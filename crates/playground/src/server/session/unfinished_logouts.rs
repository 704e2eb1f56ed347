//! A logout that ProConnect did not confirm: where the browser can still end its session there.

use std::time::Duration;

use service::cookies::{Cookies, Jar, SealedCookie};
use token_crypto::{KeyRing, UnixTime};
use url::Url;

const LIVES: Duration = Duration::from_mins(5);
/// A cookie holds 4096 bytes, sealed.
const LONGEST: usize = 2_800;
/// The one parameter that may be long, and that the end of a session does without.
const HINT: &str = "id_token_hint";

/// Remembers, in a sealed cookie, the end of a session that only the browser can visit.
#[derive(Clone, Debug)]
pub(crate) struct UnfinishedLogouts(SealedCookie);

impl UnfinishedLogouts {
    pub(crate) fn new(jar: Jar, keys: &KeyRing) -> Self {
        Self(SealedCookie::new(jar, "logout_url", keys.cookie_sealer("playground logout url"), LIVES))
    }

    pub(crate) fn remember(&self, cookies: &Cookies, url: &Url, now: UnixTime) {
        let mut url = url.clone();
        if url.as_str().len() > LONGEST {
            let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            let kept = pairs.iter().filter(|(name, _)| name != HINT);
            url.query_pairs_mut().clear().extend_pairs(kept);
        }
        if url.as_str().len() <= LONGEST {
            self.0.set(cookies, url.as_str().as_bytes(), now);
        }
    }

    pub(crate) fn url(&self, cookies: &Cookies, now: UnixTime) -> Option<String> {
        String::from_utf8(self.0.get(cookies, now)?.plaintext).ok()
    }

    pub(crate) fn forget(&self, cookies: &Cookies) {
        self.0.remove(cookies);
    }
}
