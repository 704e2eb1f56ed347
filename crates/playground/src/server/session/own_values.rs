//! What of a refused person a rule did not let in, from the landing to the page that tells it, once.

use std::time::Duration;

use service::cookies::{Cookies, Jar, SealedCookie};
use token_crypto::{KeyRing, UnixTime};

use crate::notice::Notice;

const NAME: &str = "own_value";
const LIVES: Duration = Duration::from_mins(1);

/// Carries the person's own value over one redirect. It is sealed: nobody may put words into a page.
pub(crate) struct OwnValues(SealedCookie);

impl OwnValues {
    pub(crate) fn new(jar: Jar, keys: &KeyRing) -> Self {
        Self(SealedCookie::new(jar, NAME, keys.cookie_sealer("playground own value"), LIVES))
    }

    pub(crate) fn remember(&self, cookies: &Cookies, notice: Notice, value: &str, now: UnixTime) {
        self.0.set(cookies, format!("{} {value}", notice.code()).as_bytes(), now);
    }

    /// The value that belongs to a notice. It is removed, whichever it belongs to.
    pub(crate) fn take(&self, cookies: &Cookies, notice: Option<Notice>, now: UnixTime) -> Option<String> {
        let opened = self.0.get(cookies, now)?;
        self.0.remove(cookies);
        let (code, value) = str::from_utf8(&opened.plaintext).ok()?.split_once(' ')?;
        (code == notice?.code()).then(|| value.to_owned())
    }
}
