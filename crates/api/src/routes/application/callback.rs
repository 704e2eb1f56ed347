//! `GET /oauth2/callback`: the end of a login to a protected application, on its own host.

use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use contract::path::{ENCRYPTED_TOKEN, LOGIN_ERROR, REASON, REFUSAL};
use contract::{AccessReason, LoginErrorCode, Words, path};
use secrecy::ExposeSecret as _;
use service::cookies::Cookies;
use service::speculative::Speculative;
use token_crypto::{Envelope, OpenError, Refusal};

use super::pages;
use super::query::parameter;
use crate::application::Target;
use crate::auth::actor::Actor;
use crate::auth::proxy::Application;
use crate::openapi::refusals::{ApplicationRefusals, refusals};
use crate::origins::Origin;
use crate::problem::Problem;
use crate::routes::redirect::redirect;
use crate::state::AppState;
use crate::visitor::Visitor;

/// The envelope was expired, tampered with, or meant for another browser. OpenGateLLM's page has these words.
const LOGIN_FAILED: Words = (
    "La connexion n'a pas pu aboutir. Reconnectez-vous.",
    "The login could not be completed. Please log in again.",
);

/// Why an envelope did not become a session. The messages are safe to log.
#[derive(Debug, thiserror::Error)]
enum LandingError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("the envelope is meant for another browser or application, or was used before")]
    NotBound,
    #[error("its session is of another application, or has ended")]
    NoSession,
}

refusals!(LandingRefusals = ApplicationRefusals: TooManyRequests, DatabaseUnavailable);

/// Takes the browser back at a protected application.
#[utoipa::path(
    get,
    path = path::APPLICATION_CALLBACK,
    tag = "applications",
    params(
        ("encrypted_token" = Option<String>, Query, description = "The envelope of a login that succeeded."),
        ("login_error" = Option<LoginErrorCode>, Query, description = "Why a login did not."),
    ),
    responses(
        (status = 204, description = "A HEAD, or a browser that looks ahead: nothing happened."),
        (status = 303, description = "To where the login began, with the session cookie.", headers(("location" = String))),
        (status = 400, description = "A page: the envelope is not for this browser, or no longer good, or the login expired."),
        LandingRefusals,
    ),
)]
pub(crate) async fn land(
    State(state): State<AppState>,
    Application(origin): Application,
    Speculative(is_speculative): Speculative,
    cookies: Cookies,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Problem> {
    if is_speculative {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let query = query.unwrap_or_default();
    if let Some(code) = parameter(&query, LOGIN_ERROR) {
        return Ok(refused(&state, &origin, &cookies, &visitor, (&code, &query)));
    }
    let text = parameter(&query, ENCRYPTED_TOKEN).unwrap_or_default();
    let parts = request.into_parts().0;
    let error = match open(&state, &origin, &cookies, &text) {
        Ok((envelope, target)) => {
            let token = envelope.app_token.expose_secret();
            // The envelope is from us, and its session is asked for all the same: a cookie is worth nothing without it.
            if Actor::of_session(token, &origin, &parts, &state).await?.is_some() {
                state.secrets.get().application_sessions.set(
                    &cookies,
                    &origin,
                    &envelope.app_token,
                    state.now(),
                );
                tracing::info!(token_id = envelope.token_id, "logged in to an application");
                return Ok(redirect(StatusCode::SEE_OTHER, target.as_str().to_owned())?.into_response());
            }
            LandingError::NoSession
        }
        Err(error) => error,
    };
    tracing::warn!(%error, "an envelope was refused");
    // Somebody who is logged in has gone back in the history: no harm done.
    let token = state.secrets.get().application_sessions.get(&cookies, &origin, state.now());
    if let Some(token) = token
        && Actor::of_session(token.expose_secret(), &origin, &parts, &state).await?.is_some()
    {
        return Ok(redirect(StatusCode::SEE_OTHER, Target::home().as_str().to_owned())?.into_response());
    }
    Ok(pages::failed(visitor.frame(&state.presentation), StatusCode::BAD_REQUEST, LOGIN_FAILED))
}

/// Opens an envelope that is meant for this browser and this application.
fn open(
    state: &AppState,
    origin: &Origin,
    cookies: &Cookies,
    text: &str,
) -> Result<(Envelope, Target), LandingError> {
    let keys = &state.secrets.get().keys;
    let envelope = Envelope::open(text, keys, state.now(), state.oauth2.envelope_ttl)?;
    let binding = envelope.binding.as_deref().ok_or(LandingError::NotBound)?;
    let target = state.application_logins.finish(cookies, origin, binding).ok_or(LandingError::NotBound)?;
    Ok((envelope, target))
}

/// The page of a login that was refused. It stays where it is: the page behind would begin the next one.
fn refused(
    state: &AppState,
    origin: &Origin,
    cookies: &Cookies,
    visitor: &Visitor,
    (code, query): (&str, &str),
) -> Response {
    let frame = visitor.frame(&state.presentation);
    let Some(code) = LoginErrorCode::parse(code) else {
        return pages::failed(frame, StatusCode::BAD_REQUEST, LOGIN_FAILED);
    };
    let reason = parameter(query, REASON).and_then(|reason| AccessReason::parse(&reason));
    let reason = reason.filter(|_| code == LoginErrorCode::AccessRefused);
    let status = status(code);
    if !code.offers_another_account() {
        return pages::failed(frame, status, code.words());
    }
    let own_value = reason.and_then(|reason| own_value(state, origin, cookies, reason, query));
    let about = reason.zip(own_value.as_deref()).map(|(reason, value)| reason.words_about(value));
    let switch = {
        let mut url = state.oauth2.provider.redirect_uri.clone();
        url.set_path(path::SWITCH);
        url.query_pairs_mut().clear().append_pair("origin", origin.as_str());
        String::from(url)
    };
    let words = reason.map_or_else(|| code.words(), AccessReason::words);
    pages::refused(frame, status, words, about.as_ref(), &switch)
}

/// What of the person the rule did not let in, in the browser that began the login, once.
fn own_value(
    state: &AppState,
    origin: &Origin,
    cookies: &Cookies,
    reason: AccessReason,
    query: &str,
) -> Option<String> {
    let sealed = parameter(query, REFUSAL)?;
    let refusal = Refusal::open(&sealed, &state.secrets.get().keys, state.now())
        .inspect_err(|error| tracing::warn!(%error, "the reason of a refusal cannot be told"))
        .ok()?;
    state.application_logins.finish(cookies, origin, &refusal.binding)?;
    (refusal.reason == reason.as_str()).then_some(refusal.value)
}

/// The status of the page.
fn status(code: LoginErrorCode) -> StatusCode {
    match code {
        LoginErrorCode::AccessDenied
        | LoginErrorCode::AcrNotMet
        | LoginErrorCode::NotAllowed
        | LoginErrorCode::AccountDisabled
        | LoginErrorCode::AccessRefused => StatusCode::FORBIDDEN,
        LoginErrorCode::LoginExpired => StatusCode::BAD_REQUEST,
        LoginErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        LoginErrorCode::ProviderError
        | LoginErrorCode::ProviderUnavailable
        | LoginErrorCode::Configuration => StatusCode::SERVICE_UNAVAILABLE,
    }
}
