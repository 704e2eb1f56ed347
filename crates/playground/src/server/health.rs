//! `GET /health/live` and `/health/ready`, for whatever starts and watches the process.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use service::server::Draining;

use super::state::Shared;

pub(crate) fn router() -> Router<Shared> {
    Router::new().route("/health/live", get(live)).route("/health/ready", get(ready))
}

async fn live() -> Response {
    json(r#"{"status":"live"}"#).into_response()
}

/// The api is not asked: while it is away, a page here says so and can be tried again.
async fn ready(draining: Option<Extension<Draining>>) -> Response {
    match draining {
        Some(_) => (StatusCode::SERVICE_UNAVAILABLE, json(r#"{"status":"draining"}"#)).into_response(),
        None => json(r#"{"status":"ready"}"#).into_response(),
    }
}

fn json(text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], text)
}
