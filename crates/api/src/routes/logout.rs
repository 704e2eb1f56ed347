//! `POST /v1/oauth2/logout`: ends the API token and tells how to end the session with ProConnect.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::accounts::Bearer;
use crate::http::problem::Problem;
use crate::oidc::EndSession;
use crate::state::AppState;

/// The routes of this family.
pub fn router() -> Router<AppState> {
    Router::new().route("/v1/oauth2/logout", post(logout))
}

struct LogoutRequest {
    proconnect_token: SecretString,
    post_logout_redirect_uri: Option<String>,
    state: Option<String>,
}

#[derive(Serialize)]
struct LogoutAnswer {
    status: &'static str,
    message: &'static str,
    logout_url: Option<String>,
}

async fn logout(
    State(state): State<AppState>,
    bearer: Bearer,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let body = body.map_err(|rejection| Problem::refused(rejection.status(), rejection.body_text()))?;
    let request = LogoutRequest::parse(&body)?;
    check(&state, &bearer, &request).await?;

    // First of all the token: whatever happens next, the person is logged out here.
    state.accounts.revoke(bearer.token_id).await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a token could not be revoked");
        Problem::internal()
    })?;
    tracing::info!(user_id = bearer.user_id, token_id = bearer.token_id, "logged out");

    let hint = &request.proconnect_token;
    let (status, message) = match state.provider.end_session(hint).await {
        EndSession::Accepted => ("success", "Successfully logged out from ProConnect"),
        EndSession::NoEndpoint => {
            tracing::warn!("the provider has no known end-session endpoint");
            ("warning", "Logged out here, but ProConnect offers no logout or cannot be reached.")
        }
        EndSession::Failed(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the provider did not confirm a logout");
            ("warning", "Logged out here, but ProConnect did not confirm the logout.")
        }
    };
    state.metrics.logout(status);
    let redirect_uri = request.post_logout_redirect_uri.as_deref();
    let logout_url =
        state.provider.logout_url(hint, redirect_uri, request.state.as_deref()).await.map(String::from);
    let no_store = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((no_store, Json(LogoutAnswer { status, message, logout_url })).into_response())
}

/// Refuses what is wrong before anything is revoked.
async fn check(state: &AppState, bearer: &Bearer, request: &LogoutRequest) -> Result<(), Problem> {
    if let Some(uri) = &request.post_logout_redirect_uri {
        state
            .oauth2
            .allowed_origins
            .origin_of(uri)
            .map_err(|error| Problem::bad_request(format!("post_logout_redirect_uri {error}.")))?;
    }
    let (issuer, sub) =
        (bearer.issuer.as_deref().unwrap_or_default(), bearer.sub.as_deref().unwrap_or_default());
    state.provider.check_hint(request.proconnect_token.expose_secret(), issuer, sub).await.map_err(|error| {
        tracing::warn!(%error, "a logout is refused: proconnect_token is not acceptable");
        Problem::bad_request(format!("proconnect_token is not the ID token of this login: {error}."))
    })
}

impl LogoutRequest {
    fn parse(body: &[u8]) -> Result<Self, Problem> {
        let mut fields: Map<String, Value> = serde_json::from_slice(body).map_err(|_| {
            Problem::bad_request("The body must be a JSON object: {\"proconnect_token\": \"…\"}.")
        })?;
        let mut text = |name: &str| match fields.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Problem::bad_request(format!("{name} must be a text."))),
        };
        let proconnect_token =
            text("proconnect_token")?.filter(|token| !token.is_empty()).ok_or_else(|| {
                Problem::bad_request(
                    "proconnect_token is missing: send the ID token that came with the login.",
                )
            })?;
        Ok(Self {
            proconnect_token: proconnect_token.into(),
            post_logout_redirect_uri: text("post_logout_redirect_uri")?,
            state: text("state")?,
        })
    }
}
