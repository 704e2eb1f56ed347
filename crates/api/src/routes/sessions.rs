//! `/v1/me/sessions`: a person's own sessions.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::{Device, Ended, ProblemCode, Session, SessionList, path};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::auth::session::SessionActor;
use crate::extract::{Id, NoParameters, StrictQuery};
use crate::metrics::RevokedBy;
use crate::openapi::refusals::{OneRefusals, OwnRefusals};
use crate::problem::Problem;
use crate::state::AppState;

/// Which sessions end.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndQuery {
    /// `current`: all but the one that asks. It must be given.
    #[param(inline, required = true)]
    keep: Option<Kept>,
    /// `true`: the person's keys, too.
    keys: Option<bool>,
}

#[derive(Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Kept {
    Current,
}

/// The person's live sessions.
#[utoipa::path(get, path = path::SESSIONS, operation_id = "list_sessions", tag = "sessions", security(("api_token" = [])),
    responses((status = 200, description = "The sessions.", body = SessionList), OwnRefusals))]
pub(crate) async fn list(
    State(state): State<AppState>,
    actor: SessionActor,
    _: StrictQuery<NoParameters>,
) -> Result<Json<SessionList>, Problem> {
    let sessions = state.database.sessions(actor.user_id, state.now()).await?;
    let data: Vec<Session> = sessions
        .into_iter()
        .map(|session| Session {
            object: "session".to_owned(),
            id: session.id,
            created: session.created,
            last_used: session.last_used,
            expires: session.expires,
            device: Device { browser: session.browser, system: session.system },
            address: session.last_address,
            application: session.application,
            acr: session.acr,
            current: session.id == actor.token_id,
        })
        .collect();
    let total = i64::try_from(data.len()).unwrap_or(i64::MAX);
    Ok(Json(SessionList { object: "list".to_owned(), total, data }))
}

/// Ends one of the person's sessions. One that has ended stays so.
#[utoipa::path(delete, path = path::SESSION, operation_id = "end_session", tag = "sessions", security(("api_token" = [])),
    params(("id" = i64, Path)),
    responses((status = 204, description = "The session lets nobody in."), OneRefusals))]
pub(crate) async fn end(
    State(state): State<AppState>,
    actor: SessionActor,
    _: StrictQuery<NoParameters>,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    if !state.database.end_session(actor.user_id, id, state.now()).await? {
        return Err(Problem::new(ProblemCode::NotFound, "You have no such session."));
    }
    tracing::info!(user_id = actor.user_id, token_id = id, "a session was ended by its owner");
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all of the person's sessions but the one that asks.
#[utoipa::path(delete, path = path::SESSIONS, operation_id = "end_other_sessions", tag = "sessions", security(("api_token" = [])),
    params(EndQuery),
    responses((status = 200, description = "They let nobody in.", body = Ended), OwnRefusals))]
pub(crate) async fn end_others(
    State(state): State<AppState>,
    actor: SessionActor,
    StrictQuery(query): StrictQuery<EndQuery>,
) -> Result<Json<Ended>, Problem> {
    if query.keep.is_none() {
        return Err(Problem::invalid_query("Say what stays: keep=current.").with_field("keep"));
    }
    let with_keys = query.keys.unwrap_or(false);
    let (ended, keys) =
        state.database.end_other_sessions(actor.user_id, actor.token_id, with_keys, state.now()).await?;
    state.metrics.keys_revoked(RevokedBy::Owner, keys);
    tracing::info!(user_id = actor.user_id, ended, keys, "other sessions were ended by their owner");
    Ok(Json(Ended { ended, keys }))
}
