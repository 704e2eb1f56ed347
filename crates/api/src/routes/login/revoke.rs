//! `POST /v1/oauth2/revoke`: ends the token that somebody holds (RFC 7009).

use accounts::Revoked;
use axum::extract::State;
use axum::http::StatusCode;
use contract::{ProblemCode, RevocationReason, RevocationRequest, path};
use secrecy::ExposeSecret as _;
use token_crypto::ApiToken;

use crate::auth::actor::Client;
use crate::extract::Form;
use crate::metrics::{Limited, RevokedBy};
use crate::openapi::refusals::{AnyRefusals, BodyRefusals, refusals};
use crate::problem::Problem;
use crate::state::AppState;

refusals!(
    RevocationRefusals = AnyRefusals + BodyRefusals: UnsupportedMediaType, TooManyRequests, DatabaseUnavailable
);

/// Ends a token, whoever holds it.
///
/// Holding it is the proof: no other credentials are needed. The answer is the same for a token that has ended or never was.
#[utoipa::path(
    post,
    path = path::REVOKE,
    tag = "login",
    request_body(content = RevocationRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token lets nobody in."),
        RevocationRefusals,
    ),
)]
pub(crate) async fn revoke(
    State(state): State<AppState>,
    client: Client,
    Form(request): Form<RevocationRequest>,
) -> Result<StatusCode, Problem> {
    let token = request.token.expose_secret();
    if token.is_empty() {
        return Err(Problem::new(ProblemCode::InvalidBody, "token is empty: send the token to end."));
    }
    // What cannot be a token of ours lets nobody in.
    let Some(token) = ApiToken::parse(token) else { return Ok(StatusCode::OK) };
    let by = match request.reason {
        None => "holder",
        Some(RevocationReason::Login) => "login",
    };
    match state.database.revoke_held(&token, by, state.now()).await? {
        Revoked::Now { is_key } => {
            state.metrics.keys_revoked(RevokedBy::Holder, u64::from(is_key));
            tracing::info!(by, "a token was revoked by its holder");
        }
        Revoked::Before => {}
        Revoked::Unknown => state
            .limits
            .count_bad_token(client.0)
            .inspect_err(|_| state.metrics.rate_limited(Limited::Bearer))?,
    }
    Ok(StatusCode::OK)
}
