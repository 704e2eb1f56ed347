//! `GET /v1/oauth2/callback`: ProConnect sends the browser back here.

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use token_crypto::Envelope;
use tower_cookies::Cookies;

use crate::accounts::LoginError;
use crate::http::page::Page;
use crate::http::problem::{Problem, Query};
use crate::oidc::{AuthorizationError, LoggedIn, LoginFailure, PendingLogin};
use crate::state::{AppState, Secrets};

/// The routes of this family.
pub fn router() -> Router<AppState> {
    Router::new().route("/v1/oauth2/callback", get(callback))
}

#[derive(Deserialize)]
struct CallbackQuery {
    state: Option<SecretString>,
    code: Option<SecretString>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// What the application is told of a login that failed. Its message to the person depends on nothing else.
#[derive(Clone, Copy, Debug)]
enum ErrorCode {
    AccessDenied,
    AcrNotMet,
    NotAllowed,
    LoginExpired,
    ProviderError,
    ProviderUnavailable,
    AccountDisabled,
    Internal,
}

impl ErrorCode {
    fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::AcrNotMet => "acr_not_met",
            Self::NotAllowed => "not_allowed",
            Self::LoginExpired => "login_expired",
            Self::ProviderError => "provider_error",
            Self::ProviderUnavailable => "provider_unavailable",
            Self::AccountDisabled => "account_disabled",
            Self::Internal => "internal",
        }
    }
}

async fn callback(
    State(state): State<AppState>,
    cookies: Cookies,
    Query(query): Query<CallbackQuery>,
) -> Result<Response, Problem> {
    let secrets = state.secrets.get();
    let pending = query
        .state
        .as_ref()
        .and_then(|value| secrets.cookies.take(&cookies, value.expose_secret(), state.now()))
        .ok_or_else(|| unknown_state(&state))?;
    match finish(&state, &secrets, &pending, query).await {
        Ok(envelope) => {
            state.metrics.login("success");
            Ok(redirect(&pending.origin, "encrypted_token", &envelope))
        }
        Err(code) => {
            state.metrics.login(code.as_str());
            Ok(redirect(&pending.origin, "login_error", code.as_str()))
        }
    }
}

async fn finish(
    state: &AppState,
    secrets: &Secrets,
    pending: &PendingLogin,
    query: CallbackQuery,
) -> Result<String, ErrorCode> {
    if query.iss.is_some_and(|iss| iss != state.provider.issuer()) {
        tracing::warn!("a login is refused: iss of the callback is not the provider (RFC 9207)");
        return Err(ErrorCode::ProviderError);
    }
    if let Some(error) = query.error {
        return Err(refused_by_provider(&error, query.error_description.as_deref().unwrap_or_default()));
    }
    let code = query.code.filter(|code| !code.expose_secret().is_empty()).ok_or_else(|| {
        tracing::warn!("a login is refused: the callback has neither a code nor an error");
        ErrorCode::ProviderError
    })?;
    let now = state.now();
    let LoggedIn { identity, id_token } = state
        .provider
        .finish(pending, &code, &secrets.client_secret, now)
        .await
        .map_err(|failure| explained(&failure))?;
    let minted = state
        .accounts
        .log_in(&identity, state.default_role_id, state.oauth2.link_by_email, state.api.token_ttl, now)
        .await
        .map_err(|error| match error {
            LoginError::Disabled => {
                tracing::warn!("a login is refused: the account is disabled");
                ErrorCode::AccountDisabled
            }
            error => {
                tracing::error!(error = &error as &dyn std::error::Error, "a login failed here");
                ErrorCode::Internal
            }
        })?;
    tracing::info!(user_id = minted.user_id, token_id = minted.token_id, "logged in");
    let envelope = Envelope {
        app_token: minted.token.reveal().clone(),
        token_id: minted.token_id,
        proconnect_token: id_token,
        binding: pending.binding.clone(),
    };
    Ok(envelope.seal(&secrets.keys, now))
}

fn refused_by_provider(error: &str, description: &str) -> ErrorCode {
    let kind = AuthorizationError::from_response(error, description);
    tracing::warn!(?kind, "a login is refused: the provider sent the browser back with an error");
    match kind {
        AuthorizationError::AccessDenied => ErrorCode::AccessDenied,
        AuthorizationError::NotAllowed => ErrorCode::NotAllowed,
        AuthorizationError::AcrNotMet => ErrorCode::AcrNotMet,
        AuthorizationError::Unavailable => ErrorCode::ProviderUnavailable,
        AuthorizationError::Other => ErrorCode::ProviderError,
    }
}

fn explained(failure: &LoginFailure) -> ErrorCode {
    tracing::warn!(reason = failure as &dyn std::error::Error, "a login is refused");
    match failure {
        LoginFailure::AcrNotMet => ErrorCode::AcrNotMet,
        LoginFailure::CodeRefused => ErrorCode::LoginExpired,
        failure if failure.is_unreachable() => ErrorCode::ProviderUnavailable,
        _ => ErrorCode::ProviderError,
    }
}

/// The browser shows no login that it began here a moment ago, so nobody knows where it should go back to.
fn unknown_state(state: &AppState) -> Problem {
    tracing::warn!("a callback is refused: this browser has no pending login of that state");
    Problem::bad_request(
        "This login is unknown, has expired or was finished before. Start again from the application.",
    )
    .with_page(Page {
        french: "Cette connexion a expiré ou a déjà abouti. Recommencez depuis l’application.",
        english: "This login has expired or is already finished. Start again from the application.",
        restart: state.restart_url.clone(),
    })
}

/// `value` is what Base64 for URLs or an [`ErrorCode`] is made of, so only its padding needs an escape.
fn redirect(origin: &str, name: &str, value: &str) -> Response {
    let value = value.replace('=', "%3D");
    match HeaderValue::try_from(format!("{origin}/?{name}={value}")) {
        Ok(location) => {
            let headers = [(LOCATION, location), (CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(_) => Problem::internal().into_response(),
    }
}
