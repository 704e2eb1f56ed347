//! Where a browser may be sent with what belongs to a person.

use url::{Host, Url};

/// The longest name and label of the DNS (RFC 1035, section 2.3.4), in bytes.
const LONGEST_NAME: usize = 253;
const LONGEST_LABEL: usize = 63;

/// Decides whether an origin may receive an envelope, or a browser after a logout. Nothing else decides it.
///
/// An entry is a host (`gouv.fr` covers itself and every name below it; an address covers itself) or a
/// full origin (`https://x.gouv.fr:8443`), the only one that allows a port of its own on another machine than this.
#[derive(Clone, Debug)]
pub struct AllowedOrigins(Vec<Entry>);

/// An origin that passed [`AllowedOrigins`], as browsers write it: `https://x.gouv.fr`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

#[derive(Clone, Debug, PartialEq)]
enum Entry {
    Host(Host),
    Origin(String),
}

/// Why an entry of the configuration is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Not a host name, an address or an origin.
    #[error("is neither a host nor an origin")]
    Malformed,
    /// `*` has no meaning here.
    #[error("has a wildcard")]
    Wildcard,
    /// A full origin with plain http on another machine than this.
    #[error("is a plain-http origin that is not on this machine")]
    PlainHttp,
}

/// Why a URL is not one a browser may be sent to. Its text may be shown to whoever sent the URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// Not a URL in the form in which browsers write its origin.
    #[error("is not a URL whose origin is written as browsers write it, such as https://example.gouv.fr")]
    Malformed,
    /// Neither https, nor http on loopback.
    #[error("must use https (or http on this machine)")]
    Scheme,
    /// It has a fragment.
    #[error("must not have a fragment")]
    Fragment,
    /// Its host or port is not among the allowed ones.
    #[error("is not among the allowed domains")]
    NotAllowed,
}

impl AllowedOrigins {
    /// Reads the entries of a configuration.
    ///
    /// # Errors
    /// The first entry that is not accepted, with its place in the list.
    pub fn parse(entries: &[String]) -> Result<Self, (usize, EntryError)> {
        let entries = entries
            .iter()
            .enumerate()
            .map(|(index, text)| Entry::parse(text).map_err(|error| (index, error)));
        Ok(Self(entries.collect::<Result<_, _>>()?))
    }

    /// The origin of a URL, if a browser may be sent there. Path and query are ignored.
    ///
    /// # Errors
    /// Why it may not.
    pub fn origin_of(&self, text: &str) -> Result<Origin, OriginError> {
        let url = parse_as_written(text)?;
        let host = url.host().ok_or(OriginError::Malformed)?;
        let is_loopback = is_loopback(&host);
        match url.scheme() {
            "https" => {}
            "http" if is_loopback => {}
            _ => return Err(OriginError::Scheme),
        }
        if url.fragment().is_some_and(|fragment| !fragment.is_empty()) {
            return Err(OriginError::Fragment);
        }
        let origin = url.origin().ascii_serialization();
        let any_port = url.port().is_none() || is_loopback;
        let allowed = self.0.iter().any(|entry| match entry {
            Entry::Origin(allowed) => *allowed == origin,
            Entry::Host(allowed) => any_port && covers(allowed, &host),
        });
        if allowed { Ok(Origin(origin)) } else { Err(OriginError::NotAllowed) }
    }
}

impl Entry {
    fn parse(text: &str) -> Result<Self, EntryError> {
        if text.contains('*') {
            return Err(EntryError::Wildcard);
        }
        if !text.contains("://") {
            let host = Host::parse(text).map_err(|_| EntryError::Malformed)?;
            return if is_well_formed(&host) { Ok(Self::Host(host)) } else { Err(EntryError::Malformed) };
        }
        let url = parse_as_written(text).map_err(|_| EntryError::Malformed)?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(EntryError::Malformed);
        }
        match (url.scheme(), url.host()) {
            ("https", Some(_)) => {}
            ("http", Some(host)) if is_loopback(&host) => {}
            ("http", Some(_)) => return Err(EntryError::PlainHttp),
            _ => return Err(EntryError::Malformed),
        }
        Ok(Self::Origin(url.origin().ascii_serialization()))
    }
}

impl Origin {
    /// Reads a full origin of the configuration.
    ///
    /// # Errors
    /// When it is none, or plain http on another machine than this.
    pub fn parse(text: &str) -> Result<Self, EntryError> {
        match Entry::parse(text)? {
            Entry::Origin(origin) => Ok(Self(origin)),
            Entry::Host(_) => Err(EntryError::Malformed),
        }
    }

    /// The origin of a URL that is written as browsers write it.
    #[must_use]
    pub fn of(url: &str) -> Option<Self> {
        parse_as_written(url).ok().map(|url| Self(url.origin().ascii_serialization()))
    }

    /// Whether browsers reach it over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// The text, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a host is this machine: `localhost` and names below it, 127.0.0.0/8 and `::1`.
#[must_use]
pub fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.as_ref();
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Parses a URL as browsers do, but only if its origin is already written as they would write it. So nothing
/// passes that one program could read differently from another: no user name, no backslash, no control
/// character, no other spelling of an address.
fn parse_as_written(text: &str) -> Result<Url, OriginError> {
    if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        return Err(OriginError::Malformed);
    }
    let url = Url::parse(text).map_err(|_| OriginError::Malformed)?;
    let origin = url.origin().ascii_serialization();
    let written = text.get(..origin.len()).filter(|start| start.eq_ignore_ascii_case(&origin));
    let rest = written.map(|start| &text[start.len()..]).ok_or(OriginError::Malformed)?;
    let default_port = match url.scheme() {
        "https" => ":443",
        _ => ":80",
    };
    let rest = rest.strip_prefix(default_port).unwrap_or(rest);
    let host = url.host().ok_or(OriginError::Malformed)?;
    if (rest.is_empty() || rest.starts_with(['/', '?', '#'])) && is_well_formed(&host) {
        Ok(url)
    } else {
        Err(OriginError::Malformed)
    }
}

/// Whether a name has labels of letters, digits, hyphens and underscores that the DNS could hold; none of them
/// empty, so no dot at the end either.
fn is_well_formed<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.as_ref();
            let is_of_a_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            let is_label =
                |label: &str| (1..=LONGEST_LABEL).contains(&label.len()) && label.bytes().all(is_of_a_name);
            name.len() <= LONGEST_NAME && name.split('.').all(is_label)
        }
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    }
}

/// Whether an allowed host is the given one or, at a dot, above it.
fn covers(allowed: &Host, host: &Host<&str>) -> bool {
    match (allowed, host) {
        (Host::Domain(allowed), Host::Domain(name)) => {
            name.strip_suffix(allowed.as_str()).is_some_and(|below| below.is_empty() || below.ends_with('.'))
        }
        (Host::Ipv4(allowed), Host::Ipv4(address)) => allowed == address,
        (Host::Ipv6(allowed), Host::Ipv6(address)) => allowed == address,
        _ => false,
    }
}
