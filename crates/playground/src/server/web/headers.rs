//! The headers that every answer carries.

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS};
use axum::middleware::Next;
use axum::response::Response;

use crate::server::state::Shared;

/// Two years, as browsers' preload lists ask for; without sub-domains, which are not ours to decide for.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// What a page may load: our own files, and the one script with the nonce of this answer. No
/// `strict-dynamic`: it breaks the preloads of `WebKit`.
pub(crate) fn content_security_policy(nonce: &str, live_reload: Option<u32>) -> String {
    let live_reload = live_reload.map(|port| format!(" ws://localhost:{port} ws://127.0.0.1:{port}"));
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         connect-src 'self'{}; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
        live_reload.unwrap_or_default()
    )
}

/// Adds the headers, and keeps every answer out of caches unless it says otherwise.
pub(crate) async fn add(State(state): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let status = response.status();
    let headers = response.headers_mut();
    // Forms of our pages then send a real Origin, also in browsers and behind proxies without Sec-Fetch-Site. A redirect
    // may come from a URL with an envelope.
    let referrer = if status.is_redirection() { "no-referrer" } else { "same-origin" };
    headers.insert(REFERRER_POLICY, HeaderValue::from_static(referrer));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if state.pins_https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HSTS);
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
