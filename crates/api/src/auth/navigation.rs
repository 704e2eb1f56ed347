//! What the headers of a request say of how the browser came to send it.

use axum::http::header::{ACCEPT, ORIGIN};
use axum::http::{HeaderMap, HeaderValue};

use crate::application::Target;
use crate::origins::Origin;

/// The headers in which a proxy names the method that the client used.
const METHODS: [&str; 2] = ["x-original-method", "x-forwarded-method"];

/// Whether a person waits for a page: nobody else is to be sent to a login.
pub(crate) fn is_navigation(headers: &HeaderMap) -> bool {
    let is = |name, expected: &str| text(headers, name).map(|value| value == expected);
    if let Some(is_navigation) = is("sec-fetch-mode", "navigate") {
        return is_navigation && is("sec-fetch-dest", "document").unwrap_or(true);
    }
    // Browsers of before 2023, and programs, which take anything.
    let mut accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.any(|value| value.contains("text/html"))
}

/// Whether every method that a header names only reads.
pub(crate) fn only_reads(headers: &HeaderMap) -> bool {
    let mut named = METHODS.iter().flat_map(|name| headers.get_all(*name));
    named.all(|method| matches!(method.as_bytes(), b"GET" | b"HEAD"))
}

/// Whether a request that brings a cookie comes from the application's own pages, or is one that any page may make: to go
/// there. The method that counts is the one that a header names, because nginx asks with GET whatever the client did.
pub(crate) fn is_from(headers: &HeaderMap, origin: &Origin) -> bool {
    let mut senders = headers.get_all(ORIGIN).iter();
    match (senders.next(), text(headers, "sec-fetch-site")) {
        (Some(sender), _) => sender.as_bytes() == origin.as_str().as_bytes() && senders.next().is_none(),
        (None, Some("same-origin" | "none")) => true,
        (None, Some(_)) => is_navigation(headers) && only_reads(headers),
        // No browser of today: it tells no site, and nothing of what others made it do.
        (None, None) => !headers.contains_key("sec-fetch-site") && only_reads(headers),
    }
}

/// Whether a form was sent by a page of this origin. Some send `null` for their own, and say in another header whose it is.
pub(crate) fn is_own_form(headers: &HeaderMap, origin: &Origin) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let sender_agrees = match headers.get(ORIGIN).map(HeaderValue::as_bytes) {
        None => true,
        Some(b"null") => site.is_some(),
        Some(sender) => sender == origin.as_str().as_bytes(),
    };
    sender_agrees && site.is_none_or(|site| site == b"same-origin")
}

/// The page that somebody wanted when they were refused, as the proxy names it.
pub(crate) fn wanted(headers: &HeaderMap, origin: &Origin) -> Target {
    let url = text(headers, "x-original-url").map(|url| match url.split_once("://") {
        // A proxy before which TLS ends writes another scheme.
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => url,
    });
    match (url, text(headers, "x-forwarded-uri")) {
        (Some(one), Some(other)) if one != other => Target::home(),
        (Some(path), _) | (None, Some(path)) => Target::of(origin, path),
        (None, None) => Target::home(),
    }
}

/// The one value of a header.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        pairs.collect()
    }

    fn origin() -> Origin {
        Origin::parse("https://app.gouv.fr").unwrap()
    }

    const OWN: (&str, &str) = ("origin", "https://app.gouv.fr");
    const HTML: (&str, &str) = ("accept", "text/html,*/*;q=0.8");

    #[test]
    fn a_cookie_counts_only_in_requests_of_the_application_itself() {
        for pairs in [
            &[][..],
            &[OWN],
            &[OWN, ("x-original-method", "POST")],
            &[("sec-fetch-site", "same-origin"), ("x-original-method", "DELETE")],
            &[("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "document"),
            ],
            &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "navigate"), ("x-forwarded-method", "GET")],
            &[HTML, ("x-original-method", "HEAD")],
        ] {
            assert!(is_from(&headers(pairs), &origin()), "{pairs:?}");
        }
        for pairs in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "null")],
            &[("origin", "http://app.gouv.fr")],
            &[("origin", "https://app.gouv.fr:8443")],
            &[("origin", "https://APP.gouv.fr")],
            &[("origin", "https://other.gouv.fr"), ("sec-fetch-site", "same-origin")],
            &[OWN, ("origin", "https://evil.example")],
            &[("sec-fetch-site", "cross-site")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "no-cors"),
                ("sec-fetch-dest", "image"),
                HTML,
            ],
            &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "websocket")],
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "navigate"),
                ("x-original-method", "POST"),
            ],
            &[
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "navigate"),
                ("x-forwarded-method", "POST"),
            ],
            &[HTML, ("x-original-method", "POST")],
            &[("x-original-method", "GET"), ("x-forwarded-method", "POST")],
            &[("sec-fetch-site", "")],
        ] {
            assert!(!is_from(&headers(pairs), &origin()), "{pairs:?}");
        }
    }

    #[test]
    fn only_somebody_who_waits_for_a_page_navigates() {
        for pairs in [
            &[HTML][..],
            &[("sec-fetch-mode", "navigate")],
            &[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")],
        ] {
            assert!(is_navigation(&headers(pairs)), "{pairs:?}");
        }
        for pairs in [
            &[][..],
            &[("accept", "*/*")],
            &[("accept", "application/json")],
            &[HTML, ("sec-fetch-mode", "cors")],
            &[HTML, ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
            &[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")],
        ] {
            assert!(!is_navigation(&headers(pairs)), "{pairs:?}");
        }
    }

    #[test]
    fn a_form_is_our_own_by_both_headers() {
        for pairs in [
            &[][..],
            &[OWN],
            &[OWN, ("sec-fetch-site", "same-origin")],
            &[("origin", "null"), ("sec-fetch-site", "same-origin")],
        ] {
            assert!(is_own_form(&headers(pairs), &origin()), "{pairs:?}");
        }
        for pairs in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "null")],
            &[OWN, ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "none")],
            &[("origin", "null"), ("sec-fetch-site", "same-site")],
        ] {
            assert!(!is_own_form(&headers(pairs), &origin()), "{pairs:?}");
        }
    }

    #[test]
    fn the_page_that_was_wanted_is_a_page_of_the_application() {
        let wanted = |pairs| wanted(&headers(pairs), &origin()).as_str().to_owned();
        for (pairs, page) in [
            (&[("x-original-url", "https://app.gouv.fr/a?b=c")][..], "/a?b=c"),
            (&[("x-original-url", "http://app.gouv.fr/a")], "/a"),
            (&[("x-original-url", "https://app.gouv.fr")], "/"),
            (&[("x-original-url", "/a")], "/a"),
            (&[("x-forwarded-uri", "/a?b")], "/a?b"),
            (&[("x-original-url", "https://app.gouv.fr/a"), ("x-forwarded-uri", "/a")], "/a"),
            (&[("x-original-url", "https://app.gouv.fr/a"), ("x-forwarded-uri", "/b")], "/"),
            (&[("x-forwarded-uri", "//evil.example/")], "/"),
            (&[("x-forwarded-uri", "/oauth2/start")], "/"),
            (&[], "/"),
        ] {
            assert_eq!(wanted(pairs), page, "{pairs:?}");
        }
    }
}
