//! The URLs below which the api and the playground are.

use service::settings::{Input, Noted, Value};
use url::{Host, Url};

/// An http or https URL without query and fragment, kept without the slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base(pub(super) Url);

impl Base {
    pub(super) fn parse(text: &str) -> Option<Self> {
        Url::parse(text).ok().map(Self)
    }

    /// The URL itself, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Host, and port unless it is the scheme's own.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.0.authority()
    }

    /// The URL of a path below it, which begins with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.as_str())
    }

    /// Whether browsers reach it over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether only this machine can reach it.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

/// Whether only this machine can reach a URL.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl Value for Base {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let url = Url::read(input)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(input.refuse("has a query or a fragment", "end the URL before `?` or `#`"));
        }
        Ok(Self(url))
    }
}
