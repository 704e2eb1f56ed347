//! `GET /v1/me/info`: who the API token belongs to.

use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use crate::accounts::Bearer;
use crate::state::AppState;

/// The routes of this family.
pub fn router() -> Router<AppState> {
    Router::new().route("/v1/me/info", get(info))
}

/// The person, and until when their token lets them in. Times are Unix seconds.
#[derive(Serialize)]
struct UserInfo {
    object: &'static str,
    id: i64,
    email: Option<String>,
    name: Option<String>,
    role: String,
    permissions: Vec<String>,
    organization: Option<String>,
    siret: Option<String>,
    expires: i64,
    created: i64,
    updated: i64,
}

async fn info(bearer: Bearer) -> Response {
    let info = UserInfo {
        object: "userInfo",
        id: bearer.user_id,
        email: bearer.email,
        name: bearer.name,
        role: bearer.role,
        permissions: bearer.permissions,
        organization: bearer.organization,
        siret: bearer.siret,
        expires: bearer.token_expires,
        created: bearer.created,
        updated: bearer.updated,
    };
    ([(CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(info)).into_response()
}
