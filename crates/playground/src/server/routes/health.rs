//! `GET /health/live` and `/health/ready`, for whatever starts and watches the process.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::Serialize;
use service::server::Draining;

use crate::server::state::Shared;

/// The answer of `/health/live`.
#[derive(Serialize)]
pub(in crate::server) struct Live {
    status: &'static str,
}

/// The answer of `/health/ready`.
#[derive(Serialize)]
pub(in crate::server) struct Ready {
    status: &'static str,
    key: String,
}

pub(in crate::server) async fn live() -> Json<Live> {
    Json(Live { status: "live" })
}

/// The api is not asked: while it is unreachable, a page here says so and can be tried again. `key` tells the first key
/// from others, so that `api doctor` can compare it with the api's.
pub(in crate::server) async fn ready(
    State(state): State<Shared>,
    draining: Option<Extension<Draining>>,
) -> (StatusCode, Json<Ready>) {
    let key = state.secrets.get().keys.fingerprint();
    match draining {
        Some(_) => (StatusCode::SERVICE_UNAVAILABLE, Json(Ready { status: "draining", key })),
        None => (StatusCode::OK, Json(Ready { status: "ready", key })),
    }
}
