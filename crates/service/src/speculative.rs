//! Recognises requests that must have no effect: a browser's prefetch, or a HEAD request.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;

/// Whether a request may be speculative: a HEAD, or a prefetch according to its headers. Such a request must not use up
/// anything that can be used only once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speculative(pub bool);

/// The headers with which browsers mark a prefetch: the current one, and those of older browsers.
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

/// A middleware: a speculative request changes no cookie of the browser. A page that is fetched in advance may never be seen, so
/// what it tells once must be told again.
pub async fn keep_cookies(
    Speculative(is_speculative): Speculative,
    request: Request,
    next: Next,
) -> Response {
    let only_reads = request.method().is_safe();
    let mut response = next.run(request).await;
    if is_speculative && only_reads {
        response.headers_mut().remove(SET_COOKIE);
    }
    response
}

impl<S: Sync> FromRequestParts<S> for Speculative {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.method == Method::HEAD || looks_ahead(&parts.headers)))
    }
}
