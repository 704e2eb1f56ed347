//! `GET /v1/me`: who the API token belongs to.

use axum::Json;
use contract::{UserInfo, path};

use crate::auth::actor::Actor;
use crate::openapi::refusals::BearerRefusals;

/// Who the API token belongs to, and until when it is valid.
#[utoipa::path(
    get,
    path = path::ME,
    tag = "me",
    security(("api_token" = [])),
    responses(
        (status = 200, description = "The person.", body = UserInfo),
        BearerRefusals,
    ),
)]
pub async fn me(actor: Actor) -> Json<UserInfo> {
    let profile = &actor.profile;
    Json(UserInfo {
        object: "userInfo".to_owned(),
        id: actor.user_id,
        email: profile.email.clone(),
        name: actor.name(),
        role: actor.role.clone(),
        permissions: actor.permissions.clone(),
        organization: profile.organization.clone(),
        siret: profile.siret.clone(),
        expires: actor.token_expires,
        created: actor.created,
        updated: actor.updated,
    })
}

/// The same as `GET /v1/me`, at the address that the original gave it.
#[utoipa::path(
    get,
    path = path::ME_INFO,
    tag = "me",
    security(("api_token" = [])),
    responses(
        (status = 200, description = "The person.", body = UserInfo),
        BearerRefusals,
    ),
)]
pub async fn me_info(actor: Actor) -> Json<UserInfo> {
    me(actor).await
}
