//! `/v1/auth/verify`: a proxy asks, for each request, who is calling and whether they may.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use contract::path;
use utoipa::IntoParams;

use super::answer::{checked, identified};
use super::caller::caller;
use super::conditions::Conditions;
use crate::auth::proxy::{application, forbidden, is_asked_by_a_proxy_of_ours};
use crate::openapi::refusals::{BearerRefusals, refusals};
use crate::state::AppState;

/// Which nginx sends, by our recipes.
pub(super) const X_ORIGINAL_URL: &str = "x-original-url";

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
/// Any method, whose body is ignored. Credentials are the first that is there of `Authorization: Bearer`, `X-API-Key`,
/// `Basic` with a token in it, and the session cookie of a protected application. Only a proxy on this machine or among `api.trusted_proxies` may ask.
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
    let application = application(state, &parts.headers);
    let actor = match caller(state, parts, application.as_ref()).await {
        Ok(actor) => actor,
        Err(refusal) => {
            let refusal = if conditions.challenges_basic { refusal.with_basic_challenge() } else { refusal };
            let is_for_nginx = conditions.errors_as_403 || parts.headers.contains_key(X_ORIGINAL_URL);
            return refusal.answer(&parts.headers, application.as_ref(), is_for_nginx);
        }
    };
    let refusal = checked(state, conditions.unmet(&actor));
    refusal.unwrap_or_else(|| identified(StatusCode::OK, &actor, &parts.headers))
}
