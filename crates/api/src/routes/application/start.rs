//! `GET /oauth2/start`: on to ProConnect, by way of the api's own host.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use contract::path;
use service::cookies::Cookies;
use service::speculative::Speculative;

use super::query::{Return, asked_target};
use crate::application::Target;
use crate::auth::proxy::Application;
use crate::openapi::refusals::{ApplicationRefusals, refusals};
use crate::problem::Problem;
use crate::routes::redirect::redirect;
use crate::state::AppState;

refusals!(StartRefusals = ApplicationRefusals: TooManyRequests);

/// Begins a login to a protected application.
#[utoipa::path(
    get,
    path = path::START,
    tag = "applications",
    params(Return),
    responses(
        (status = 204, description = "A HEAD, or a browser that looks ahead: nothing happened."),
        (status = 303, description = "To `/v1/oauth2/login` of this api, with a cookie in which the login waits.", headers(("location" = String))),
        StartRefusals,
    ),
)]
pub(crate) async fn start(
    State(state): State<AppState>,
    Application(origin): Application,
    Speculative(is_speculative): Speculative,
    cookies: Cookies,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    if is_speculative {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let target = asked_target(&query.unwrap_or_default(), &headers, &origin).unwrap_or_else(Target::home);
    let binding = state.application_logins.begin(&cookies, &origin, &target, state.now())?;
    let mut url = state.oauth2.provider.redirect_uri.clone();
    url.set_path(path::LOGIN);
    url.query_pairs_mut().clear().append_pair("origin", origin.as_str()).append_pair("binding", &binding);
    Ok(redirect(StatusCode::SEE_OTHER, url.into())?.into_response())
}
