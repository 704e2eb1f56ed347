//! `/v1/me/history`: what happened to a person's own account.

use accounts::Recorded;
use axum::Json;
use axum::extract::State;
use contract::{Event, EventList, path};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::auth::session::SessionActor;
use crate::extract::StrictQuery;
use crate::openapi::refusals::OwnRefusals;
use crate::problem::Problem;
use crate::rfc3339::rfc3339;
use crate::state::AppState;

const DEFAULT_LIMIT: i64 = 50;
const LARGEST_LIMIT: i64 = 100;

/// Which events.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct HistoryQuery {
    /// How many at most: 1 to 100, and 50 by default.
    #[param(minimum = 1, maximum = 100, example = 50)]
    limit: Option<i64>,
    /// Those before the event of this id.
    #[param(minimum = 1)]
    before: Option<i64>,
}

/// What happened to the person's account, newest first.
#[utoipa::path(get, path = path::HISTORY, operation_id = "list_events", tag = "sessions", security(("api_token" = [])),
    params(HistoryQuery),
    responses((status = 200, description = "The events.", body = EventList), OwnRefusals))]
pub(crate) async fn list(
    State(state): State<AppState>,
    actor: SessionActor,
    StrictQuery(query): StrictQuery<HistoryQuery>,
) -> Result<Json<EventList>, Problem> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=LARGEST_LIMIT).contains(&limit) {
        return Err(Problem::invalid_query("limit is not 1 to 100.").with_field("limit"));
    }
    if query.before.is_some_and(|before| before < 1) {
        return Err(Problem::invalid_query("before is not the id of an event.").with_field("before"));
    }
    let events = state.database.history(actor.user_id, query.before, limit).await?;
    let data = events.into_iter().map(told).collect();
    Ok(Json(EventList { object: "list".to_owned(), data }))
}

/// An event as its person sees it.
fn told(recorded: Recorded) -> Event {
    Event {
        object: "event".to_owned(),
        id: recorded.id,
        at: rfc3339(recorded.at),
        event: recorded.event,
        outcome: recorded.outcome,
        reason: recorded.reason,
        token_id: recorded.token_id,
        client: recorded.client,
        details: recorded.details.and_then(|details| serde_json::from_str(&details).ok()),
    }
}
