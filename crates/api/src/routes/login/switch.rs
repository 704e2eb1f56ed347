//! `GET /v1/oauth2/switch`: leads out of ProConnect, for whoever wants to be somebody else, or to end a session that is left
//! there. ProConnect would otherwise log the same person in again without a question.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use contract::{ProblemCode, path};
use oidc::{EndSession, LogoutVisit};
use serde::Deserialize;
use service::cookies::Cookies;
use service::speculative::Speculative;
use utoipa::IntoParams;

use super::allowed_origin::{Destination, allowed, refused};
use crate::application::{Departure, Target};
use crate::extract::Query;
use crate::openapi::refusals::{AnyRefusals, refusals};
use crate::origins::Origin;
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::redirect::redirect;
use crate::state::AppState;

const LONGEST_STATE: usize = 128;

/// What leads out of ProConnect.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SwitchQuery {
    /// The application: the browser comes back to `{origin}/logged-out`, or to the page of a protected one from which a login begins. A path in it is
    /// ignored.
    #[param(example = "https://playground.example.gouv.fr")]
    origin: String,
    /// Comes back with the browser: 1 to 128 characters of base64url.
    #[param(min_length = 1, max_length = 128, pattern = "^[A-Za-z0-9_-]+$")]
    state: Option<String>,
}

refusals!(
    SwitchRefusals = AnyRefusals:
        InvalidQuery, InvalidOrigin, InvalidState, TooManyRequests, ProviderUnavailable
);

/// Sends the browser to ProConnect's end of session.
///
/// A login that was refused a moment ago in this browser needs no further question there.
#[utoipa::path(
    get,
    path = path::SWITCH,
    tag = "login",
    params(SwitchQuery),
    responses(
        (status = 204, description = "A HEAD, or a browser that looks ahead: nothing happened."),
        (status = 303, description = "To ProConnect's end of session.", headers(("location" = String))),
        SwitchRefusals,
    ),
)]
pub(crate) async fn switch(
    State(state): State<AppState>,
    Speculative(is_speculative): Speculative,
    cookies: Cookies,
    Query(query): Query<SwitchQuery>,
) -> Result<Response, Problem> {
    if is_speculative {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let Destination { origin, is_protected } = allowed(&state, &query.origin)?;
    check_state(&state, query.state.as_deref())?;
    let (back, given) = if is_protected {
        // One address for all applications is registered with the provider: what comes back with it says which.
        let target = Some(Target::sign_in());
        let departure = Departure { origin: origin.clone(), target, token_id: None };
        let sealed = state.secrets.get().departures.seal_back(&departure, state.now());
        (state.oauth2.signed_out_uri(), Some(sealed))
    } else {
        (format!("{}{}", origin.as_str(), path::LOGGED_OUT), query.state)
    };
    state.provider.get_to_know().await;
    let hint = state.secrets.get().refused_logins.take(&cookies, state.now());
    let mut visit =
        LogoutVisit { hint: hint.as_ref(), post_logout_redirect_uri: Some(&back), state: given.as_deref() };
    if matches!(state.provider.end_session(visit).await, EndSession::UriRefused) {
        super::logout::warn_of_unknown_uri(&back);
        (visit.post_logout_redirect_uri, visit.state) = (None, None);
    }
    // A provider that refuses our servers may let the browser in: its visit is the one that counts.
    let url = state.provider.logout_url(visit).ok_or_else(|| no_way_out(&origin))?;
    Ok(redirect(StatusCode::SEE_OTHER, url.into())?.into_response())
}

fn check_state(state: &AppState, given: Option<&str>) -> Result<(), Problem> {
    let is_well_formed = given.is_none_or(|given| {
        (1..=LONGEST_STATE).contains(&given.len())
            && given.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    });
    if is_well_formed {
        return Ok(());
    }
    let (code, length) = (ProblemCode::InvalidState, given.map_or(0, str::len));
    tracing::warn!(
        code = code.as_str(),
        length,
        "a change of account is refused: its state is not base64url of 1 to 128 characters"
    );
    Err(refused(state, code, "state must be 1 to 128 characters of base64url."))
}

fn no_way_out(origin: &Origin) -> Problem {
    let code = ProblemCode::ProviderUnavailable;
    tracing::warn!(
        code = code.as_str(),
        "nobody can be led out of ProConnect: it has no known end-session endpoint"
    );
    let detail =
        "ProConnect is unreachable or offers no end of session. Close the browser, or try again in a moment.";
    Problem::new(code, detail).with_page(Page {
        french: "ProConnect ne répond pas. Réessayez dans un instant, ou fermez votre navigateur.",
        english: "ProConnect does not answer. Try again in a moment, or close your browser.",
        restart: Some(origin.as_str().to_owned()),
    })
}
