//! `GET /oauth2/sign_in`: the page of those who are not logged in.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use contract::path;

use super::pages;
use super::query::{Return, asked_target};
use crate::auth::proxy::Application;
use crate::openapi::refusals::ApplicationRefusals;
use crate::state::AppState;
use crate::visitor::Visitor;

/// The page of a protected application from which a login begins.
#[utoipa::path(
    get,
    path = path::SIGN_IN,
    tag = "applications",
    params(Return),
    responses(
        (status = 200, description = "A page with ProConnect's button."),
        ApplicationRefusals,
    ),
)]
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    Application(origin): Application,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let target = asked_target(&query.unwrap_or_default(), &headers, &origin);
    pages::sign_in(visitor.frame(&state.presentation), target.as_ref())
}
