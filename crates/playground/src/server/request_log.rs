//! One log line a request. It says which route answered, never what was asked for: paths, queries, cookies
//! and e-mail addresses stay out.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use super::pending_login::random;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives each request an id, which its log lines and its answer carry.
pub(crate) async fn write(request: Request, next: Next) -> Response {
    let id = random::<8>().map(|bytes| format!("{:016x}", u64::from_be_bytes(*bytes))).unwrap_or_default();
    let route = match request.extensions().get::<MatchedPath>() {
        Some(route) => route.as_str().to_owned(),
        None if request.uri().path().starts_with("/pkg/") => "/pkg".to_owned(),
        None => "none".to_owned(),
    };
    let method = known(request.method());
    let span = tracing::info_span!("request", %id, method, %route);

    let started = Instant::now();
    async move {
        let mut response = next.run(request).await;
        let (status, ms) = (response.status().as_u16(), started.elapsed().as_millis());
        if route.starts_with("/health") || route == "/pkg" {
            tracing::debug!(status, ms, "answered");
        } else {
            tracing::info!(status, ms, "answered");
        }
        if let Ok(id) = HeaderValue::try_from(id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }
    .instrument(span)
    .await
}

/// A method's name, unless the client made it up.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
