//! `/v1/auth/verify`: a proxy asks, for each request, who is calling and whether they may.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use contract::{ProblemCode, path};
use secrecy::ExposeSecret as _;
use utoipa::IntoParams;

use super::conditions::Conditions;
use super::credentials::{Credentials, X_API_KEY, credentials, foreign_authorization, foreign_cookies};
use super::headers::identify;
use crate::auth::actor::Actor;
use crate::metrics::{Checked, Surface};
use crate::openapi::refusals::{BearerRefusals, refusals};
use crate::problem::Problem;
use crate::state::AppState;

const X_AUTH_REASON: HeaderName = HeaderName::from_static("x-auth-reason");
const X_ERROR_STATUS: HeaderName = HeaderName::from_static("x-error-status");
const X_ORIGINAL_URL: &str = "x-original-url";

/// What a proxy demands. It stands in the proxy's configuration.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "it describes the query, which is read by hand: an unknown parameter is refused"
)]
pub(crate) struct VerifyQuery {
    /// One of these roles; may be given several times.
    role: Option<Vec<String>>,
    /// This permission; may be given several times, and all of them are demanded.
    permission: Option<Vec<String>>,
    /// `session` or `key`.
    #[param(pattern = "^(session|key)$")]
    kind: Option<String>,
    /// One of these levels of authentication; may be given several times.
    acr: Option<Vec<String>>,
    /// `403`: what is neither 2xx, 401 nor 403 is told as 403.
    #[param(pattern = "^403$")]
    errors: Option<String>,
    /// `basic`: a caller without credentials is asked for a name and a password.
    #[param(pattern = "^basic$")]
    challenge: Option<String>,
}

refusals!(VerifyRefusals = BearerRefusals: Forbidden);

/// Says who is calling, to a proxy that asks.
///
/// Any method, whose body is ignored. Credentials are the first that is there of `Authorization: Bearer`, `X-API-Key`, and
/// `Basic` with a token in it. Only a proxy on this machine or among `api.trusted_proxies` may ask.
#[utoipa::path(
    get,
    path = path::VERIFY,
    tag = "services",
    security(("api_token" = [])),
    params(VerifyQuery),
    responses(
        (status = 200, description = "Who it is, in `X-Auth-*`; `Authorization`, `Cookie` and `X-API-Key` without what was ours.",
            headers(("x-auth-user-id" = String), ("x-auth-email" = String), ("x-auth-name" = String), ("x-auth-role" = String),
                ("x-auth-permissions" = String), ("x-auth-organization" = String), ("x-auth-siret" = String),
                ("x-auth-acr" = String), ("x-auth-token-id" = String), ("x-auth-token-kind" = String))),
        VerifyRefusals,
    ),
)]
pub(crate) async fn verify(State(state): State<AppState>, request: Request) -> Response {
    let (mut parts, _body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    answer(&state, &mut parts, &query).await
}

/// The same for Envoy, which appends the client's own path and query: the conditions are one segment of the path, and what
/// follows is ignored.
pub(crate) async fn verify_for_envoy(State(state): State<AppState>, request: Request) -> Response {
    let (mut parts, _body) = request.into_parts();
    let rest = parts.uri.path().strip_prefix(path::ENVOY).unwrap_or_default();
    let conditions = rest.split('/').next().unwrap_or_default();
    let conditions = if conditions == "-" { String::new() } else { conditions.to_owned() };
    answer(&state, &mut parts, &conditions).await
}

async fn answer(state: &AppState, parts: &mut Parts, query: &str) -> Response {
    if !is_asked_by_a_proxy_of_ours(state, parts) {
        return forbidden("proxy");
    }
    let Ok(conditions) = Conditions::parse(query) else { return forbidden("parameter") };
    let problem = match admitted(state, parts, &conditions).await {
        Ok(response) => return response,
        Err(problem) => problem,
    };
    let problem = if conditions.challenges_basic { problem.with_basic_challenge() } else { problem };
    let response = problem.into_response();
    let status = response.status();
    let is_for_nginx = conditions.errors_as_403 || parts.headers.contains_key(X_ORIGINAL_URL);
    if is_for_nginx && !matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        let mut told = (StatusCode::FORBIDDEN, "").into_response();
        told.headers_mut().insert(X_ERROR_STATUS, HeaderValue::from(status.as_u16()));
        told.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
        return told;
    }
    response
}

/// Who is calling, if they have a valid token and meet every condition.
async fn admitted(state: &AppState, parts: &mut Parts, conditions: &Conditions) -> Result<Response, Problem> {
    let actor = match credentials(&parts.headers) {
        Credentials::Token(token) => Actor::of(token.expose_secret(), parts, state, Surface::Verify).await?,
        Credentials::None => return Err(Problem::missing_token()),
        Credentials::Several => {
            state.metrics.token_check(Surface::Verify, Checked::Malformed);
            return Err(Problem::invalid_token());
        }
    };
    let unmet = conditions.unmet(&actor);
    let checked = if unmet.is_some() { Checked::Denied } else { Checked::Ok };
    state.metrics.token_check(Surface::Verify, checked);
    if let Some(reason) = unmet {
        return Ok(forbidden(reason));
    }
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    identify(headers, &actor);
    headers.insert(AUTHORIZATION, foreign_authorization(&parts.headers));
    headers.insert(COOKIE, foreign_cookies(&parts.headers));
    headers.insert(X_API_KEY, HeaderValue::from_static(""));
    Ok(response)
}

/// Whether a proxy asks: anybody else could try out headers that only a proxy may set.
fn is_asked_by_a_proxy_of_ours(state: &AppState, parts: &Parts) -> bool {
    let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else { return false };
    let peer = peer.ip().to_canonical();
    let is_ours = state.api.proxies.trusts(&peer);
    if !is_ours {
        let fix = "when it is a proxy of yours, add it to api.trusted_proxies";
        tracing::warn!(%peer, fix, "forward-auth is refused: only a trusted proxy may ask");
    }
    is_ours
}

/// Never a redirect, so that nobody goes round in circles.
fn forbidden(reason: &'static str) -> Response {
    let detail = "You may not do this here. X-Auth-Reason says which condition is not met.";
    let mut response = Problem::new(ProblemCode::Forbidden, detail).into_response();
    response.headers_mut().insert(X_AUTH_REASON, HeaderValue::from_static(reason));
    response
}
