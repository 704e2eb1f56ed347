//! `/oauth2/sign_out`: the end of a session of a protected application, and of all others that its browser began.

use axum::extract::{RawQuery, Request, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use contract::path;
use secrecy::ExposeSecret as _;
use service::cookies::Cookies;

use super::pages;
use super::query::{Return, asked_target};
use crate::application::Departure;
use crate::auth::actor::Actor;
use crate::auth::navigation::is_own_form;
use crate::auth::proxy::{Application, forbidden};
use crate::openapi::refusals::{ApplicationRefusals, refusals};
use crate::origins::Origin;
use crate::problem::Problem;
use crate::state::AppState;
use crate::visitor::Visitor;

/// The page with the button that signs out. A link alone ends nothing.
#[utoipa::path(
    get,
    path = path::SIGN_OUT,
    tag = "applications",
    params(Return),
    responses(
        (status = 200, description = "A page with a button that sends the form."),
        ApplicationRefusals,
    ),
)]
pub(crate) async fn ask(
    State(state): State<AppState>,
    Application(origin): Application,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Response {
    let target = asked_target(&query.unwrap_or_default(), &HeaderMap::new(), &origin);
    pages::sign_out(visitor.frame(&state.presentation), target.as_ref())
}

refusals!(LeaveRefusals = ApplicationRefusals: DatabaseUnavailable);

/// Ends the session, and leads on to where all others of the browser end, and to ProConnect.
#[utoipa::path(
    post,
    path = path::SIGN_OUT,
    tag = "applications",
    params(Return),
    responses(
        (status = 200, description = "The session has ended. A page that goes on by itself to `/v1/oauth2/sign_out` of this api."),
        LeaveRefusals,
    ),
)]
pub(crate) async fn leave(
    State(state): State<AppState>,
    Application(origin): Application,
    cookies: Cookies,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Problem> {
    let parts = request.into_parts().0;
    if !is_own_form(&parts.headers, &origin) {
        tracing::warn!("a sign-out that another site sent is refused");
        return Ok(forbidden("cross_site"));
    }
    let secrets = state.secrets.get();
    let target = asked_target(&query.unwrap_or_default(), &HeaderMap::new(), &origin);
    let token = secrets.application_sessions.get(&cookies, &origin, state.now());
    let token_id = match token {
        Some(token) => end(&state, &origin, &parts, token.expose_secret()).await?,
        None => None,
    };
    secrets.application_sessions.remove(&cookies, &origin, state.now());
    let departure = Departure { origin, target, token_id };
    let mut url = state.oauth2.provider.redirect_uri.clone();
    url.set_path(path::SIGN_OUT_HERE);
    let sealed = secrets.departures.seal_out(&departure, state.now());
    url.query_pairs_mut().clear().append_pair("departure", &sealed);
    Ok(pages::leaving(visitor.frame(&state.presentation), url.as_str()))
}

/// Ends the session of a token, and returns its id.
async fn end(state: &AppState, origin: &Origin, parts: &Parts, token: &str) -> Result<Option<i64>, Problem> {
    let Some(actor) = Actor::of_session(token, origin, parts, state).await? else { return Ok(None) };
    state.database.log_out(actor.user_id, actor.token_id, false, state.now()).await?;
    tracing::info!(user_id = actor.user_id, token_id = actor.token_id, "signed out of an application");
    Ok(Some(actor.token_id))
}
