//! `POST /v1/oauth2/introspect`: a service asks whose token it was given (RFC 7662).

use axum::Json;
use axum::extract::State;
use contract::{IntrospectionRequest, ProblemCode, TokenInformation, path};
use secrecy::ExposeSecret as _;
use token_crypto::ApiToken;

use super::conditions::kind_of;
use crate::auth::actor::{Actor, Client};
use crate::extract::Form;
use crate::metrics::{Checked, Limited, Surface};
use crate::openapi::refusals::{BearerRefusals, BodyRefusals, refusals};
use crate::problem::Problem;
use crate::state::AppState;

/// What the role of the service's own token must permit.
const PERMISSION: &str = "introspect";

refusals!(IntrospectionRefusals = BearerRefusals + BodyRefusals: Forbidden, UnsupportedMediaType);

/// Says whose token it is.
///
/// The caller's own token has a role with the permission `introspect`. Any token that lets nobody in gets the same answer.
#[utoipa::path(
    post,
    path = path::INTROSPECT,
    tag = "services",
    security(("api_token" = [])),
    request_body(content = IntrospectionRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "What is known of the token.", body = TokenInformation),
        IntrospectionRefusals,
    ),
)]
pub(crate) async fn introspect(
    State(state): State<AppState>,
    actor: Actor,
    client: Client,
    Form(request): Form<IntrospectionRequest>,
) -> Result<Json<TokenInformation>, Problem> {
    if !actor.permissions.iter().any(|permission| permission == PERMISSION) {
        state.metrics.token_check(Surface::Introspect, Checked::Denied);
        let detail = "The role of your token has not the permission introspect.";
        return Err(Problem::new(ProblemCode::Forbidden, detail));
    }
    let token = request.token.expose_secret();
    if token.is_empty() {
        return Err(Problem::new(ProblemCode::InvalidBody, "token is empty: send the token to ask about."));
    }
    let Some(token) = ApiToken::parse(token) else {
        state.metrics.token_check(Surface::Introspect, Checked::Malformed);
        return Ok(Json(TokenInformation::default()));
    };
    let bearer = match state.database.bearer(&token, state.now()).await? {
        Ok(bearer) => bearer,
        Err(why) => {
            state
                .limits
                .count_bad_token(client.0)
                .inspect_err(|_| state.metrics.rate_limited(Limited::Bearer))?;
            state.metrics.token_check(Surface::Introspect, why.into());
            return Ok(Json(TokenInformation::default()));
        }
    };
    state.metrics.token_check(Surface::Introspect, Checked::Ok);
    let name = bearer.name();
    let profile = bearer.profile.clone();
    Ok(Json(TokenInformation {
        active: true,
        sub: bearer.sub.clone(),
        username: profile.email.clone().or_else(|| name.clone()),
        token_type: Some("Bearer".to_owned()),
        exp: bearer.token_expires,
        iat: Some(bearer.token_created),
        iss: Some(state.oauth2.provider.redirect_uri.origin().ascii_serialization()),
        jti: Some(bearer.token_id.to_string()),
        scope: Some(bearer.permissions.join(" ")),
        email: profile.email,
        name,
        role: Some(bearer.role.clone()),
        organization: profile.organization,
        siret: profile.siret,
        acr: bearer.token_acr.clone(),
        kind: Some(kind_of(&bearer).to_owned()),
        user_id: Some(bearer.user_id),
    }))
}
