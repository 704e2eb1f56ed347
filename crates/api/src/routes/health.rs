//! `/health/live` and `/health/ready`, for whatever starts and watches the process.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use contract::path;
use oidc::ProviderStatus;
use serde::Serialize;
use service::server::Draining;
use utoipa::ToSchema;

use crate::state::AppState;

/// The process runs.
#[derive(Serialize, ToSchema)]
pub struct Live {
    /// Always `live`.
    #[schema(example = "live")]
    status: &'static str,
}

/// Whether the process can serve requests.
#[derive(Serialize, ToSchema)]
pub struct Ready {
    /// `ready`, `not ready` when the database does not answer, or `draining` from the moment a stop was asked for.
    #[schema(example = "ready")]
    status: &'static str,
    /// `up` or `down`.
    #[schema(example = "up")]
    database: &'static str,
    /// `known` or `unknown`. Reported, not required: everything but a login works without the provider.
    #[schema(example = "known")]
    provider: &'static str,
}

/// Whether the process runs.
#[utoipa::path(
    get,
    path = path::LIVE,
    tag = "health",
    responses((status = 200, description = "The process answers.", body = Live)),
)]
pub async fn live() -> Json<Live> {
    Json(Live { status: "live" })
}

/// Whether the process can serve requests.
#[utoipa::path(
    get,
    path = path::READY,
    tag = "health",
    responses(
        (status = 200, description = "The process can serve requests.", body = Ready),
        (status = 503, description = "The database does not answer, or the process is about to stop.", body = Ready),
    ),
)]
pub async fn ready(
    State(state): State<AppState>,
    draining: Option<Extension<Draining>>,
) -> (StatusCode, Json<Ready>) {
    let provider = match state.provider.status() {
        ProviderStatus::Known => "known",
        ProviderStatus::Unknown => "unknown",
    };
    let database = state.database.ping().await.inspect_err(|error| {
        tracing::warn!(error = error as &dyn std::error::Error, "not ready: the database does not answer");
    });
    let (code, status) = match (draining, &database) {
        (Some(_), _) => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
        (None, Err(_)) => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
        (None, Ok(())) => (StatusCode::OK, "ready"),
    };
    let database = if database.is_ok() { "up" } else { "down" };
    (code, Json(Ready { status, database, provider }))
}
