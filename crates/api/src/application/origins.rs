//! Which protected application a request is for, by the words of the proxies before it.

use axum::http::header::{FORWARDED, HOST};
use axum::http::{HeaderMap, HeaderValue};
use url::Url;

use crate::origins::{EntryError, Origin};

/// The origins of the applications that a session cookie opens.
#[derive(Clone, Debug, Default)]
pub struct ProtectedOrigins(Vec<Entry>);

#[derive(Clone, Debug)]
struct Entry {
    origin: Origin,
    /// As browsers write it: an IPv6 address has brackets.
    host: String,
    port: u16,
}

impl ProtectedOrigins {
    /// Reads the entries of a configuration.
    ///
    /// # Errors
    /// The index of the first entry that is no full origin, and why.
    pub fn parse(entries: &[String]) -> Result<Self, (usize, EntryError)> {
        let entries = entries.iter().enumerate().map(|(index, text)| {
            let origin = Origin::parse(text).map_err(|error| (index, error))?;
            Entry::of(origin).ok_or((index, EntryError::Malformed))
        });
        entries.collect::<Result<_, _>>().map(Self)
    }

    /// The origins.
    pub fn iter(&self) -> impl Iterator<Item = &Origin> {
        self.0.iter().map(|entry| &entry.origin)
    }

    /// Whether there is no protected application.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The origin of a URL, if it is of a protected application.
    #[must_use]
    pub fn origin_of(&self, url: &str) -> Option<Origin> {
        Origin::of(url).filter(|origin| self.iter().any(|known| known == origin))
    }

    /// The application that every header names which names one. `Host` may instead name the api itself.
    #[must_use]
    pub fn named_by(&self, headers: &HeaderMap, is_own: impl Fn(&str) -> bool) -> Option<Origin> {
        let mut found: Option<&Entry> = None;
        for name in names(headers) {
            let entry = match name {
                Name::Host(host) => match self.entry(host) {
                    None if is_own(host) => continue,
                    entry => entry?,
                },
                Name::Forwarded(host) => self.entry(host)?,
                Name::Unreadable => return None,
            };
            if found.is_some_and(|other| other.origin != entry.origin) {
                return None;
            }
            found = Some(entry);
        }
        found.map(|entry| entry.origin.clone())
    }

    /// The one entry with this host and, when it is written, this port.
    fn entry(&self, authority: &str) -> Option<&Entry> {
        let (host, port) = split(authority)?;
        let mut found = self.0.iter().filter(|entry| {
            entry.host.eq_ignore_ascii_case(host) && port.is_none_or(|port| port == entry.port)
        });
        found.next().filter(|_| found.next().is_none())
    }
}

impl Entry {
    fn of(origin: Origin) -> Option<Self> {
        let url = Url::parse(origin.as_str()).ok()?;
        let (host, port) = (url.host_str()?.to_owned(), url.port_or_known_default()?);
        Some(Self { origin, host, port })
    }
}

/// What a header says of the host that the browser asked for.
enum Name<'a> {
    Host(&'a str),
    Forwarded(&'a str),
    /// It names a host that nobody could read.
    Unreadable,
}

fn names(headers: &HeaderMap) -> impl Iterator<Item = Name<'_>> {
    let hosts = headers.get_all(HOST).iter().map(|line| read(line).map_or(Name::Unreadable, Name::Host));
    let forwarded = headers
        .get_all("x-forwarded-host")
        .iter()
        .flat_map(|line| read(line).unwrap_or_default().split(',').map(|name| Name::Forwarded(name.trim())));
    let urls = headers.get_all("x-original-url").iter().filter_map(|line| match read(line) {
        // A path names no host.
        Some(url) if url.starts_with('/') => None,
        url => Some(url.and_then(authority_of).map_or(Name::Unreadable, Name::Forwarded)),
    });
    let elements = headers.get_all(FORWARDED).iter().flat_map(|line| match read(line) {
        Some(line) => hosts_of(line),
        None => vec![Name::Unreadable],
    });
    hosts.chain(forwarded).chain(urls).chain(elements)
}

fn read(line: &HeaderValue) -> Option<&str> {
    line.to_str().ok()
}

fn authority_of(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    rest.split(['/', '?', '#']).next()
}

/// The `host` of each element of `Forwarded` (RFC 7239).
fn hosts_of(line: &str) -> Vec<Name<'_>> {
    let pairs = line.split([',', ';']).filter_map(|pair| pair.trim().split_once('='));
    let hosts = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("host")).map(|(_, value)| {
        let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        Name::Forwarded(quoted.unwrap_or(value))
    });
    hosts.collect()
}

/// Host and port of an authority.
pub(crate) fn split(authority: &str) -> Option<(&str, Option<u16>)> {
    let port_at = authority.rfind(':').filter(|at| !authority[*at..].contains(']'));
    match port_at {
        Some(at) => Some((&authority[..at], Some(authority[at + 1..].parse().ok()?))),
        None => Some((authority, None)),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn listed(origins: &[&str]) -> ProtectedOrigins {
        ProtectedOrigins::parse(&origins.iter().map(|&origin| origin.to_owned()).collect::<Vec<_>>()).unwrap()
    }

    fn named(headers: &[(&'static str, &str)]) -> Option<String> {
        let origins = listed(&[
            "https://app.gouv.fr",
            "https://other.gouv.fr",
            "https://x.gouv.fr:8443",
            "https://two.gouv.fr",
            "https://two.gouv.fr:8443",
            "http://localhost:3001",
            "http://[::1]:3001",
        ]);
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        origins.named_by(&map, |host| host == "127.0.0.1:8000").map(|origin| origin.as_str().to_owned())
    }

    #[test]
    fn the_application_is_the_one_that_all_headers_name() {
        for (headers, origin) in [
            (&[("host", "app.gouv.fr")][..], "https://app.gouv.fr"),
            (&[("host", "APP.gouv.fr:443")], "https://app.gouv.fr"),
            (&[("host", "127.0.0.1:8000"), ("x-forwarded-host", "app.gouv.fr")], "https://app.gouv.fr"),
            (
                &[("host", "127.0.0.1:8000"), ("x-original-url", "http://app.gouv.fr/a?b")],
                "https://app.gouv.fr",
            ),
            (
                &[("host", "127.0.0.1:8000"), ("forwarded", "for=1.2.3.4;Host=\"app.gouv.fr:443\"")],
                "https://app.gouv.fr",
            ),
            (&[("host", "x.gouv.fr")], "https://x.gouv.fr:8443"),
            (&[("host", "x.gouv.fr:8443"), ("x-forwarded-host", "x.gouv.fr")], "https://x.gouv.fr:8443"),
            (&[("host", "two.gouv.fr:443")], "https://two.gouv.fr"),
            (&[("host", "two.gouv.fr:8443")], "https://two.gouv.fr:8443"),
            (&[("host", "localhost:3001")], "http://localhost:3001"),
            (&[("host", "[::1]:3001")], "http://[::1]:3001"),
            (&[("host", "[::1]")], "http://[::1]:3001"),
            (
                &[
                    ("host", "app.gouv.fr"),
                    ("x-forwarded-host", "app.gouv.fr, app.gouv.fr"),
                    ("x-original-url", "https://app.gouv.fr/x"),
                    ("forwarded", "for=1.2.3.4, for=1.2.3.5;host=app.gouv.fr;proto=https"),
                ],
                "https://app.gouv.fr",
            ),
            (&[("host", "app.gouv.fr"), ("x-original-url", "/a")], "https://app.gouv.fr"),
        ] {
            assert_eq!(named(headers).as_deref(), Some(origin), "{headers:?}");
        }
    }

    #[test]
    fn where_headers_differ_there_is_no_application() {
        for headers in [
            &[][..],
            &[("host", "127.0.0.1:8000")],
            &[("host", "evil.example")],
            &[("host", "evil.example"), ("x-forwarded-host", "app.gouv.fr")],
            &[("host", "app.gouv.fr"), ("x-forwarded-host", "other.gouv.fr")],
            &[("host", "app.gouv.fr"), ("x-forwarded-host", "evil.example")],
            &[("host", "app.gouv.fr"), ("x-forwarded-host", "")],
            &[
                ("host", "app.gouv.fr"),
                ("x-forwarded-host", "app.gouv.fr"),
                ("x-forwarded-host", "other.gouv.fr"),
            ],
            &[("host", "app.gouv.fr"), ("x-forwarded-host", "app.gouv.fr, other.gouv.fr")],
            &[("host", "app.gouv.fr"), ("x-original-url", "https://other.gouv.fr/")],
            &[("host", "app.gouv.fr"), ("x-original-url", "https://app.gouv.fr@evil.example/")],
            &[("host", "app.gouv.fr"), ("x-original-url", "https://app.gouv.fr\\@evil.example/")],
            &[("host", "app.gouv.fr"), ("x-original-url", "ftp://app.gouv.fr/")],
            &[("host", "app.gouv.fr"), ("forwarded", "host=other.gouv.fr")],
            &[("host", "app.gouv.fr"), ("forwarded", "host=app.gouv.fr, host=other.gouv.fr")],
            &[("host", "app.gouv.fr"), ("host", "other.gouv.fr")],
            &[("host", "app.gouv.fr:80")],
            &[("host", "app.gouv.fr:")],
            &[("host", "app.gouv.fr:99999")],
            &[("host", "app.gouv.fr.")],
            &[("host", ".app.gouv.fr")],
            &[("host", "xapp.gouv.fr")],
            &[("host", "two.gouv.fr")],
            &[("host", "localhost:3002")],
        ] {
            assert_eq!(named(headers), None, "{headers:?}");
        }
    }

    #[test]
    fn only_full_origins_are_listed() {
        for text in [
            "app.gouv.fr",
            "http://app.gouv.fr",
            "https://app.gouv.fr/x",
            "https://app.gouv.fr?x",
            "https://*.gouv.fr",
            "https://a@app.gouv.fr",
            "ftp://app.gouv.fr",
            "https://",
            "localhost",
        ] {
            assert!(ProtectedOrigins::parse(&[text.to_owned()]).is_err(), "{text}");
        }
        let origins = listed(&["https://app.gouv.fr/"]);
        assert!(origins.origin_of("https://app.gouv.fr/a?b").is_some());
        for url in
            ["https://app.gouv.fr:8443/", "http://app.gouv.fr/", "https://a@app.gouv.fr/", "//app.gouv.fr"]
        {
            assert_eq!(origins.origin_of(url), None, "{url}");
        }
    }
}
