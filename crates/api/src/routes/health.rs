//! `/health/live` and `/health/ready`, for whatever starts and watches the process.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

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

async fn ready(State(state): State<AppState>) -> (StatusCode, Json<Ready>) {
    let provider = match state.provider.status() {
        ProviderStatus::Known => "known",
        ProviderStatus::Unknown => "unknown",
    };
    match state.accounts.ping().await {
        Ok(()) => (StatusCode::OK, Json(Ready { status: "ready", database: "up", provider })),
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "not ready: the database does not answer"
            );
            (StatusCode::SERVICE_UNAVAILABLE, Json(Ready { status: "not ready", database: "down", provider }))
        }
    }
}
