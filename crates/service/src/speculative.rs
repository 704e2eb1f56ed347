//! Requests that must have no effect: a browser that looks ahead, or somebody who asks for the head only.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};

/// Whether a request may be speculative: a HEAD, or a prefetch that says so. What can be used once stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speculative(pub bool);

/// The headers in which browsers say that they look ahead: today's, and those of older ones.
const HEADERS: [&str; 4] = ["sec-purpose", "purpose", "x-purpose", "x-moz"];

fn looks_ahead(headers: &HeaderMap) -> bool {
    let says_so = |value: &HeaderValue| {
        let value = value.as_bytes().to_ascii_lowercase();
        [&b"prefetch"[..], b"prerender", b"preview"]
            .iter()
            .any(|word| value.windows(word.len()).any(|part| part == *word))
    };
    HEADERS.iter().any(|name| headers.get_all(*name).iter().any(says_so))
}

impl<S: Sync> FromRequestParts<S> for Speculative {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.method == Method::HEAD || looks_ahead(&parts.headers)))
    }
}
