//! `/v1/keys`, alias `/v1/me/keys`: a person's own keys.

use accounts::{KeyQuery, KeyRequest, KeySort, MadeKey, Rotation};
use axum::Json;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use contract::{Key, KeyChange, KeyList, KeyRotation, KeyStatus, NewKey, ProblemCode, path};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::auth::session::{KeysEnabled, SessionActor};
use crate::extract::{self, Id, NoParameters, StrictQuery};
use crate::key_rules::{Lifetimes, idempotency_key, name};
use crate::metrics::RevokedBy;
use crate::openapi::refusals::{BodyRefusals, OneRefusals, OwnRefusals, refusals};
use crate::problem::Problem;
use crate::state::AppState;

const DEFAULT_GRACE: i64 = 86_400;
const LONGEST_GRACE: i64 = 604_800;
const DEFAULT_LIMIT: i64 = 10;
const LARGEST_LIMIT: i64 = 100;

/// Which keys, in which order.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    /// `active`, `expired`, `revoked` or `all`, the default.
    #[param(inline)]
    status: Option<Status>,
    /// How many come before the first; 0 by default.
    #[param(minimum = 0)]
    offset: Option<i64>,
    /// At most how many; 10 by default, 100 at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `created`, the default, `name`, `expires` or `last_used`.
    #[param(inline)]
    sort_by: Option<SortBy>,
    /// `asc` or `desc`, the default.
    #[param(inline)]
    sort_order: Option<SortOrder>,
}

/// What may stand beside the body of a new key.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it describes a header, which is read by hand")]
pub(crate) struct CreationHeaders {
    /// The same request sent again within 24 hours makes no second key.
    #[param(rename = "Idempotency-Key", pattern = "^[!-~]{16,128}$", example = "3f0c9a52e1d84b7f")]
    idempotency_key: Option<String>,
}

#[derive(Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    All,
    Active,
    Expired,
    Revoked,
}

#[derive(Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum SortBy {
    Created,
    Name,
    Expires,
    LastUsed,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum SortOrder {
    Asc,
    Desc,
}

refusals!(
    CreationRefusals = OwnRefusals + BodyRefusals:
        KeysDisabled, TooManyKeys, AlreadyCreated, InvalidName, InvalidExpires, ExpiresTooLate, ExpiryRequired,
        InvalidIdempotencyKey
);
refusals!(RenameRefusals = OneRefusals + BodyRefusals: InvalidName);
refusals!(
    RotationRefusals = OneRefusals + BodyRefusals:
        KeysDisabled, TooManyKeys, AlreadyRotated, KeyRevoked, InvalidGrace, InvalidExpires, ExpiresTooLate, ExpiryRequired
);

/// The person's keys.
#[utoipa::path(get, path = path::KEYS, operation_id = "list_keys", tag = "keys", security(("api_token" = [])),
    params(ListQuery),
    responses((status = 200, description = "The keys.", body = KeyList), OwnRefusals))]
pub(crate) async fn list(
    State(state): State<AppState>,
    actor: SessionActor,
    StrictQuery(query): StrictQuery<ListQuery>,
) -> Result<Json<KeyList>, Problem> {
    let (offset, limit) = (query.offset.unwrap_or(0), query.limit.unwrap_or(DEFAULT_LIMIT));
    if offset < 0 {
        return Err(Problem::invalid_query("offset is negative.").with_field("offset"));
    }
    if !(1..=LARGEST_LIMIT).contains(&limit) {
        return Err(Problem::invalid_query("limit is not 1 to 100.").with_field("limit"));
    }
    let query = KeyQuery {
        status: match query.status.unwrap_or(Status::All) {
            Status::All => None,
            Status::Active => Some(accounts::KeyStatus::Active),
            Status::Expired => Some(accounts::KeyStatus::Expired),
            Status::Revoked => Some(accounts::KeyStatus::Revoked),
        },
        sort: match query.sort_by.unwrap_or(SortBy::Created) {
            SortBy::Created => KeySort::Created,
            SortBy::Name => KeySort::Name,
            SortBy::Expires => KeySort::Expires,
            SortBy::LastUsed => KeySort::LastUsed,
        },
        descending: query.sort_order != Some(SortOrder::Asc),
        offset,
        limit,
    };
    let rules = &state.api.keys;
    let (total, keys) = state.database.keys(actor.user_id, query, rules.keep_ended, state.now()).await?;
    let data = keys.into_iter().map(|key| shown(key, actor.user_id)).collect();
    let (max_lifetime, without_expiry) = (rules.max_lifetime, rules.without_expiry);
    let object = "list".to_owned();
    Ok(Json(KeyList { object, total, offset, limit, data, max_lifetime, without_expiry }))
}

/// One of the person's keys.
#[utoipa::path(get, path = path::KEY, operation_id = "show_key", tag = "keys", security(("api_token" = [])),
    params(("id" = i64, Path)),
    responses((status = 200, description = "The key.", body = Key), OneRefusals))]
pub(crate) async fn show(
    State(state): State<AppState>,
    actor: SessionActor,
    _: StrictQuery<NoParameters>,
    Id(id): Id,
) -> Result<Json<Key>, Problem> {
    let key = state.database.key(actor.user_id, id, state.api.keys.keep_ended, state.now()).await?;
    key.map(|key| Json(shown(key, actor.user_id))).ok_or_else(unknown)
}

/// Makes a key. The answer shows it, this once.
#[utoipa::path(post, path = path::KEYS, operation_id = "make_key", tag = "keys", security(("api_token" = [])), request_body = NewKey,
    params(CreationHeaders),
    responses((status = 201, description = "The key, whole.", body = Key, headers(("location" = String))), CreationRefusals))]
pub(crate) async fn create(
    State(state): State<AppState>,
    actor: SessionActor,
    _: StrictQuery<NoParameters>,
    _: KeysEnabled,
    headers: HeaderMap,
    extract::Json(body): extract::Json<NewKey>,
) -> Result<Made, Problem> {
    let name = name(&body.name)?;
    let rules = &state.api.keys;
    let now = state.now();
    let expires = Lifetimes { rules, now }.of_new(body.expires)?;
    let request = KeyRequest {
        user_id: actor.user_id,
        name,
        expires,
        idempotency_key: idempotency_key(&headers)?,
        limit: rules.max_per_user,
    };
    let made = state.database.make_key(request, now).await?;
    state.metrics.key_created();
    tracing::info!(user_id = actor.user_id, key_id = made.key.id, "a key was made");
    Ok(answer(made, actor.user_id))
}

/// Gives a key another name.
#[utoipa::path(patch, path = path::KEY, operation_id = "rename_key", tag = "keys", security(("api_token" = [])),
    params(("id" = i64, Path)),
    request_body = KeyChange,
    responses((status = 200, description = "The key.", body = Key), RenameRefusals))]
pub(crate) async fn rename(
    State(state): State<AppState>,
    actor: SessionActor,
    _: StrictQuery<NoParameters>,
    Id(id): Id,
    extract::Json(body): extract::Json<KeyChange>,
) -> Result<Json<Key>, Problem> {
    let name = name(&body.name)?;
    let keep_ended = state.api.keys.keep_ended;
    let key = state.database.rename_key(actor.user_id, id, name, keep_ended, state.now()).await?;
    key.map(|key| Json(shown(key, actor.user_id))).ok_or_else(unknown)
}

/// Ends a key. One that has ended stays so.
#[utoipa::path(delete, path = path::KEY, operation_id = "revoke_key", tag = "keys", security(("api_token" = [])),
    params(("id" = i64, Path)),
    responses((status = 204, description = "The key lets nobody in."), OneRefusals))]
pub(crate) async fn end(
    State(state): State<AppState>,
    actor: SessionActor,
    _: StrictQuery<NoParameters>,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    let ended = state.database.end_key(actor.user_id, id, state.api.keys.keep_ended, state.now()).await?;
    let was_active = ended.ok_or_else(unknown)?;
    state.metrics.keys_revoked(RevokedBy::Owner, u64::from(was_active));
    tracing::info!(user_id = actor.user_id, key_id = id, "a key was ended by its owner");
    Ok(StatusCode::NO_CONTENT)
}

/// Replaces a key by a new one. The answer shows it, this once.
#[utoipa::path(post, path = path::KEY_ROTATION, operation_id = "rotate_key", tag = "keys", security(("api_token" = [])),
    params(("id" = i64, Path)), request_body(content = Option<KeyRotation>),
    responses((status = 201, description = "The new key, whole.", body = Key, headers(("location" = String))), RotationRefusals))]
pub(crate) async fn rotate(
    State(state): State<AppState>,
    actor: SessionActor,
    _: StrictQuery<NoParameters>,
    _: KeysEnabled,
    Id(id): Id,
    extract::OptionalJson(body): extract::OptionalJson<KeyRotation>,
) -> Result<Made, Problem> {
    let grace = body.grace.unwrap_or(DEFAULT_GRACE);
    if !(0..=LONGEST_GRACE).contains(&grace) {
        let detail = format!("grace is not 0 to {LONGEST_GRACE} seconds.");
        return Err(Problem::new(ProblemCode::InvalidGrace, detail).with_field("grace"));
    }
    let rules = &state.api.keys;
    let now = state.now();
    let lifetimes = Lifetimes { rules, now };
    // What the body itself says wrong is said first, whatever the key.
    let asked = body.expires.map(|expires| lifetimes.of_new(Some(expires))).transpose()?;
    let rotation = Rotation {
        user_id: actor.user_id,
        id,
        grace,
        limit: rules.max_per_user,
        keep_ended: rules.keep_ended,
    };
    let expires = |lifetime| asked.map_or_else(|| lifetimes.of_rotated(lifetime).ok(), Some);
    let made = state.database.rotate_key(rotation, expires, now).await.map_err(|error| match error {
        accounts::KeyError::Lifetime(lifetime) => {
            lifetimes.of_rotated(lifetime).err().unwrap_or_else(Problem::internal)
        }
        error => error.into(),
    })?;
    state.metrics.key_created();
    tracing::info!(user_id = actor.user_id, key_id = id, new_key_id = made.key.id, "a key was replaced");
    Ok(answer(made, actor.user_id))
}

type Made = (StatusCode, [(axum::http::HeaderName, String); 1], Json<Key>);

/// 201 with the whole key.
fn answer(MadeKey { key, token }: MadeKey, user_id: i64) -> Made {
    let location = format!("{}/{}", path::KEYS, key.id);
    let whole = token.reveal().expose_secret().to_owned();
    let key = Key { value: whole.clone(), token: whole, ..shown(key, user_id) };
    (StatusCode::CREATED, [(LOCATION, location)], Json(key))
}

fn shown(key: accounts::Key, user: i64) -> Key {
    Key {
        object: "key".to_owned(),
        id: key.id,
        name: key.name,
        value: key.hint.clone(),
        token: key.hint,
        user,
        status: match key.status {
            accounts::KeyStatus::Active => KeyStatus::Active,
            accounts::KeyStatus::Expired => KeyStatus::Expired,
            accounts::KeyStatus::Revoked => KeyStatus::Revoked,
        },
        created: key.created,
        expires: key.expires,
        last_used: key.last_used,
        replaced_by: key.replaced_by,
    }
}

fn unknown() -> Problem {
    Problem::new(ProblemCode::NotFound, "You have no such key.")
}
