//! `GET /oauth2/userinfo`: the pages of an application ask who is logged in.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use contract::{ApplicationUser, path};

use super::caller::caller;
use crate::auth::proxy::Application;
use crate::metrics::{Checked, Surface};
use crate::openapi::refusals::{BearerRefusals, refusals};
use crate::state::AppState;

refusals!(UserinfoRefusals = BearerRefusals: Forbidden, NotFound);

/// Who is logged in to a protected application.
#[utoipa::path(
    get,
    path = path::USERINFO,
    tag = "applications",
    security(("session_cookie" = []), ("api_token" = [])),
    responses(
        (status = 200, description = "Who it is.", body = ApplicationUser),
        UserinfoRefusals,
    ),
)]
pub(crate) async fn userinfo(
    State(state): State<AppState>,
    Application(origin): Application,
    request: Request,
) -> Response {
    let (parts, _body) = request.into_parts();
    let actor = match caller(&state, &parts, Some(&origin)).await {
        Ok(actor) => actor,
        // A script asks, which goes nowhere.
        Err(refusal) => return refusal.answer(&parts.headers, None, false),
    };
    state.metrics.token_check(Surface::Verify, Checked::Ok);
    let user = ApplicationUser {
        user: actor.user_id.to_string(),
        email: actor.profile.email.clone().unwrap_or_default(),
        groups: vec![actor.role.clone()],
        preferred_username: actor.name().unwrap_or_default(),
    };
    Json(user).into_response()
}
