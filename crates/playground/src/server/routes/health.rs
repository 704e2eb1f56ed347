//! `GET /health/live` and `/health/ready`, for whatever starts and watches the process.

use axum::Extension;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use service::server::Draining;

pub(in crate::server) async fn live() -> impl IntoResponse {
    json(r#"{"status":"live"}"#)
}

/// The api is not asked: while it is unreachable, a page here says so and can be tried again.
pub(in crate::server) async fn ready(draining: Option<Extension<Draining>>) -> impl IntoResponse {
    match draining {
        Some(_) => (StatusCode::SERVICE_UNAVAILABLE, json(r#"{"status":"draining"}"#)),
        None => (StatusCode::OK, json(r#"{"status":"ready"}"#)),
    }
}

fn json(text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], text)
}
