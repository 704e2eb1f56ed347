//! The middleware that lets handlers take cookies, and drops foreign ones that would do harm.

use axum::body::Body;
use axum::http::header::COOKIE;
use axum::http::{HeaderValue, Request};
use tower::layer::util::Stack;
use tower::util::MapRequestLayer;
use tower_cookies::CookieManagerLayer;

/// The type that [`layer`] returns.
pub type CookieLayer = Stack<CookieManagerLayer, MapRequestLayer<fn(Request<Body>) -> Request<Body>>>;

/// Lets handlers take [`Cookies`](super::Cookies).
///
/// It drops a pair that is not plain ASCII before anything reads it. tower-cookies drops the whole line when one byte
/// of it is not UTF-8, so a foreign cookie would hide ours. It also trims Unicode spaces and decodes percent signs, so it
/// would read `%5F%5FHost-x`, which any site of the same domain may set, as `__Host-x`.
#[must_use]
pub fn layer() -> CookieLayer {
    Stack::new(CookieManagerLayer::new(), MapRequestLayer::new(drop_unreadable_pairs))
}

fn drop_unreadable_pairs(mut request: Request<Body>) -> Request<Body> {
    let headers = request.headers_mut();
    let pairs = |line: &HeaderValue| line.as_bytes().split(|byte| *byte == b';').all(is_readable);
    if headers.get_all(COOKIE).iter().all(pairs) {
        return request;
    }
    let kept: Vec<HeaderValue> = headers.get_all(COOKIE).iter().filter_map(readable_pairs).collect();
    headers.remove(COOKIE);
    for line in kept {
        headers.append(COOKIE, line);
    }
    request
}

fn readable_pairs(line: &HeaderValue) -> Option<HeaderValue> {
    let pairs = line.as_bytes().split(|byte| *byte == b';').filter(|pair| is_readable(pair));
    HeaderValue::from_bytes(&pairs.collect::<Vec<_>>().join(&b';')).ok()
}

fn is_readable(pair: &[u8]) -> bool {
    let mut name = pair.split(|byte| *byte == b'=').next().unwrap_or_default().iter();
    pair.iter().all(|byte| matches!(byte, b' '..=b'~')) && !name.any(|byte| *byte == b'%')
}
