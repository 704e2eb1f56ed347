//! `GET /v1/oauth2/sign_out`: the end of all sessions that a browser began, for somebody who signs out at a protected application.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use contract::{LogoutStatus, ProblemCode, path};
use oidc::{EndSession, LogoutVisit};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use service::cookies::Cookies;
use service::speculative::Speculative;
use utoipa::IntoParams;

use super::logout::{is_of_use, warn_of_unknown_uri};
use crate::application::Departure;
use crate::extract::Query;
use crate::openapi::refusals::{AnyRefusals, refusals};
use crate::page::{Content, Page, escape, show};
use crate::problem::Problem;
use crate::routes::redirect::redirect;
use crate::state::AppState;
use crate::visitor::Visitor;

/// Who signs out.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SignOutQuery {
    /// What the application's own `/oauth2/sign_out` sealed.
    departure: String,
}

refusals!(SignOutRefusals = AnyRefusals: InvalidQuery, InvalidState, TooManyRequests, DatabaseUnavailable);

/// Ends the sessions that this browser began, and sends it to ProConnect's end of session.
#[utoipa::path(
    get,
    path = path::SIGN_OUT_HERE,
    tag = "applications",
    params(SignOutQuery),
    responses(
        (status = 200, description = "The sessions have ended; ProConnect offers no end of session, or is unreachable."),
        (status = 204, description = "A HEAD, or a browser that looks ahead: nothing happened."),
        (status = 303, description = "To ProConnect's end of session.", headers(("location" = String))),
        SignOutRefusals,
    ),
)]
pub(crate) async fn sign_out(
    State(state): State<AppState>,
    Speculative(is_speculative): Speculative,
    cookies: Cookies,
    visitor: Visitor,
    Query(query): Query<SignOutQuery>,
) -> Result<Response, Problem> {
    if is_speculative {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let secrets = state.secrets.get();
    let departure = secrets.departures.open_out(&query.departure, state.now()).ok_or_else(unknown)?;
    let (sessions, id_token) = secrets.browser_sessions.all(&cookies, state.now());
    // Somebody else's departure ends nothing in this browser.
    let is_of_this_browser = departure.token_id.is_some_and(|id| sessions.contains(&id));
    let mut hint = None;
    if is_of_this_browser {
        for token_id in sessions {
            state
                .database
                .revoke(token_id, "logout", state.now())
                .await
                .map_err(|error| Problem::from(error).with_page(still_here(&departure)))?;
        }
        secrets.browser_sessions.forget(&cookies);
        tracing::info!("the sessions of a browser have ended");
        hint = match id_token {
            Some(id_token) => useful(&state, id_token).await,
            None => None,
        };
    }
    state.provider.get_to_know().await;
    let back = state.oauth2.signed_out_uri();
    let sealed = secrets.departures.seal_back(&Departure { token_id: None, ..departure }, state.now());
    let mut visit =
        LogoutVisit { hint: hint.as_ref(), post_logout_redirect_uri: Some(&back), state: Some(&sealed) };
    let ended = state.provider.end_session(visit).await;
    if matches!(ended, EndSession::UriRefused) {
        warn_of_unknown_uri(&back);
        (visit.post_logout_redirect_uri, visit.state) = (None, None);
    }
    let is_confirmed = matches!(ended, EndSession::Accepted);
    state.metrics.logout(if is_confirmed { LogoutStatus::Success } else { LogoutStatus::Warning });
    match state.provider.logout_url(visit) {
        Some(url) => Ok(redirect(StatusCode::SEE_OTHER, url.into())?.into_response()),
        None => Ok(unconfirmed(&state, &visitor)),
    }
}

/// The ID token, if the provider would take it.
async fn useful(state: &AppState, id_token: SecretString) -> Option<SecretString> {
    let hint = state.provider.check_own_hint(id_token.expose_secret()).await.ok()?;
    is_of_use(hint, &id_token).then_some(id_token)
}

fn unknown() -> Problem {
    let code = ProblemCode::InvalidState;
    tracing::warn!(
        code = code.as_str(),
        "a sign-out is refused: it was not begun at an application a moment ago"
    );
    Problem::new(code, "This sign-out is unknown or has expired. Sign out again at the application.")
        .with_page(Page {
            french: "Cette déconnexion a expiré. Recommencez depuis l’application.",
            english: "This sign-out has expired. Start again from the application.",
            restart: None,
        })
}

fn still_here(departure: &Departure) -> Page {
    Page {
        french: "La déconnexion n’a pas pu aboutir. Réessayez dans un instant.",
        english: "You could not be logged out. Try again in a moment.",
        restart: Some(format!("{}{}", departure.origin.as_str(), path::SIGN_OUT)),
    }
}

/// The sessions here have ended, and the one at ProConnect perhaps not.
fn unconfirmed(state: &AppState, visitor: &Visitor) -> Response {
    let frame = visitor.frame(&state.presentation);
    let title = frame.says(
        "Vous êtes déconnecté de cette application, mais ProConnect n'a pas confirmé la déconnexion.",
        "You are logged out of this application, but ProConnect has not confirmed that it logged you out.",
    );
    let advice = frame.says(
        "Pour terminer aussi votre session ProConnect, fermez votre navigateur.",
        "To end your ProConnect session too, close your browser.",
    );
    show(&Content { title, body: format!("<p>{}</p>\n", escape(advice)), ..Content::default() }, frame)
}
