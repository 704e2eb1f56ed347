//! Where a person goes after a login to a protected application, or after its end.

use percent_encoding::percent_decode_str;
use url::Url;

use crate::origins::Origin;

/// Longer targets are not remembered: the cookie shares the header with others.
const LONGEST: usize = 1_024;
const HOME: &str = "/";
/// The first part of the paths that the api itself answers there.
const OURS: &[u8] = b"oauth2";

/// A path and query of a protected application, as browsers write them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target(String);

impl Target {
    /// What somebody asked for: a path, or a URL of this very origin. Anything else is the home page, and so is what the api
    /// itself answers: nobody wants to come back to a login.
    #[must_use]
    pub fn of(origin: &Origin, asked: &str) -> Self {
        Self(parse(origin, asked).unwrap_or_else(|| HOME.to_owned()))
    }

    /// The page from which a login begins.
    #[must_use]
    pub fn sign_in() -> Self {
        Self(contract::path::SIGN_IN.to_owned())
    }

    /// One that this service sealed: it may also be the page from which a login begins.
    pub(super) fn sealed(origin: &Origin, text: &str) -> Self {
        let sign_in = Self::sign_in();
        if text == sign_in.as_str() { sign_in } else { Self::of(origin, text) }
    }

    /// The home page.
    #[must_use]
    pub fn home() -> Self {
        Self(HOME.to_owned())
    }

    /// The path and the query.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the home page.
    #[must_use]
    pub fn is_home(&self) -> bool {
        self.0 == HOME
    }
}

fn parse(origin: &Origin, asked: &str) -> Option<String> {
    let is_plain = |c: char| !c.is_control() && c != '\\' && c != ' ';
    let is_absolute = ["http://", "https://"].iter().any(|scheme| asked.starts_with(scheme));
    if asked.len() > LONGEST || !asked.chars().all(is_plain) || !(is_absolute || asked.starts_with('/')) {
        return None;
    }
    // Read as browsers read it, and only what they would make of it is used.
    let url = Url::parse(origin.as_str()).ok()?.join(asked).ok()?;
    let is_of_the_application = url.origin().ascii_serialization() == origin.as_str()
        && url.username().is_empty()
        && url.password().is_none();
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    // A path with two slashes in front is another host.
    let is_a_path = !target.starts_with("//") && target.len() <= LONGEST;
    (is_of_the_application && is_a_path && !is_ours(url.path())).then(|| target.to_owned())
}

/// Whether a server could take a path for one below `/oauth2/`: some decode it first, and take `//` for `/`.
fn is_ours(path: &str) -> bool {
    let path: Vec<u8> = percent_decode_str(path).collect();
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| matches!(byte, b'/' | b'\\')) {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.first().is_some_and(|first| *first == OURS)
}
