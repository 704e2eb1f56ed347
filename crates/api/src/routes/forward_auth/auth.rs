//! `/oauth2/auth`: what `verify` says, as oauth2-proxy says it.

use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use contract::path;
use utoipa::IntoParams;

use super::allowed::Allowed;
use super::answer::{checked, identified};
use super::caller::caller;
use super::headers::identify_as_oauth2_proxy;
use super::verify::X_ORIGINAL_URL;
use crate::auth::proxy::{Application, forbidden};
use crate::openapi::refusals::{BearerRefusals, refusals};
use crate::state::AppState;

/// A proxy that names the method is none that makes a 500 of other statuses.
const X_FORWARDED_METHOD: &str = "x-forwarded-method";

/// What a proxy demands. Other parameters are the client's own.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(clippy::struct_field_names, reason = "they are the names of oauth2-proxy")]
#[expect(
    dead_code,
    reason = "it describes the query, which is read by hand: an unknown condition is refused"
)]
pub(crate) struct AuthQuery {
    /// One of these roles, with commas between them.
    allowed_groups: Option<String>,
    /// One of these e-mail addresses.
    allowed_emails: Option<String>,
    /// An address of one of these domains; `.example.fr` is all below it.
    allowed_email_domains: Option<String>,
}

refusals!(AuthRefusals = BearerRefusals: Forbidden, NotFound);

/// Says who is calling a protected application, to a proxy that is set up for oauth2-proxy.
///
/// On the host of a protected application. Credentials as in `/v1/auth/verify`.
#[utoipa::path(
    get,
    path = path::AUTH,
    tag = "applications",
    security(("session_cookie" = []), ("api_token" = [])),
    params(AuthQuery),
    responses(
        (status = 202, description = "Who it is, in `X-Auth-Request-*` and in the headers of `/v1/auth/verify`.",
            headers(("x-auth-request-user" = String), ("x-auth-request-email" = String),
                ("x-auth-request-preferred-username" = String), ("x-auth-request-groups" = String),
                ("x-auth-request-access-token" = String))),
        AuthRefusals,
    ),
)]
pub(crate) async fn auth(
    State(state): State<AppState>,
    Application(origin): Application,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let (parts, _body) = request.into_parts();
    let Ok(allowed) = Allowed::parse(&query.unwrap_or_default()) else { return forbidden("parameter") };
    let actor = match caller(&state, &parts, Some(&origin)).await {
        Ok(actor) => actor,
        Err(refusal) => {
            let has = |name| parts.headers.contains_key(name);
            let is_for_nginx = has(X_ORIGINAL_URL) || !has(X_FORWARDED_METHOD);
            return refusal.answer(&parts.headers, Some(&origin), is_for_nginx);
        }
    };
    if let Some(refusal) = checked(&state, allowed.unmet(&actor)) {
        return refusal;
    }
    let mut response = identified(StatusCode::ACCEPTED, &actor, &parts.headers);
    identify_as_oauth2_proxy(response.headers_mut(), &actor);
    response
}
