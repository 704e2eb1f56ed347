//! `/health/live` and `/health/ready`, for whatever starts and watches the process.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Extension, Json, Router};
use serde::Serialize;
use service::server::Draining;

use crate::oidc::ProviderStatus;
use crate::state::AppState;

/// The routes of this family.
pub fn router() -> Router<AppState> {
    Router::new().route("/health/live", get(live)).route("/health/ready", get(ready))
}

#[derive(Serialize)]
struct Live {
    status: &'static str,
}

#[derive(Serialize)]
struct Ready {
    status: &'static str,
    database: &'static str,
    /// Reported, not required: everything but a login works without the provider.
    provider: &'static str,
}

async fn live() -> Json<Live> {
    Json(Live { status: "live" })
}

async fn ready(
    State(state): State<AppState>,
    draining: Option<Extension<Draining>>,
) -> (StatusCode, Json<Ready>) {
    let provider = match state.provider.status() {
        ProviderStatus::Known => "known",
        ProviderStatus::Unknown => "unknown",
    };
    let database = state.accounts.ping().await.inspect_err(|error| {
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
