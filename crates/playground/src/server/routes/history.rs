//! `GET /history`: what happened to the person's account.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use axum::response::Response;
use contract::Event;
use jiff::Timestamp;
use leptos::prelude::*;
use serde::Deserialize;

use super::visit::Visit;
use crate::components::event_table::{Change, EventRow};
use crate::pages::history::HistoryPage;
use crate::server::web::compression::compressible;
use crate::server::web::time::Teller;

/// How many events are on a page.
const PAGE: usize = 50;

/// Which page.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    before: Option<i64>,
}

/// The page. An address that cannot be read shows the newest.
pub(in crate::server) async fn show(visit: Visit, asked: Result<Query<Asked>, QueryRejection>) -> Response {
    let before = asked.map_or(None, |Query(asked)| asked.before).filter(|before| *before > 0);
    match visit.with_name(visit.state.api.history(visit.token(), PAGE, before)).await {
        Ok((name, list)) => {
            let oldest = list.data.last().map(|event| event.id);
            let older = oldest.filter(|_| list.data.len() >= PAGE);
            let teller = visit.teller();
            let events: Vec<EventRow> = list.data.into_iter().map(|event| row(event, teller)).collect();
            let is_first = before.is_none();
            let view = move || view! { <HistoryPage name events older is_first /> };
            compressible(visit.state.page(visit.lang, StatusCode::OK, view).await)
        }
        Err(error) => visit.failed(error).await,
    }
}

fn row(event: Event, teller: Teller) -> EventRow {
    let at = event.at.parse::<Timestamp>().ok();
    EventRow {
        at: at.and_then(|at| teller.exact(at.as_second())),
        change: change(&event),
        event: event.event,
        reason: event.reason,
        token_id: event.token_id,
        client: event.client,
    }
}

/// What an event changed, from those of its details that a person understands.
fn change(event: &Event) -> Option<Change> {
    let detail = |name| event.details.as_ref()?.get(name);
    let role = |name| detail(name)?.as_str().map(str::to_owned);
    match event.event.as_str() {
        "user.role_changed" => Some(Change::Role { from: role("from")?, to: role("to")? }),
        "key.rotated" => detail("replaced_by")?.as_i64().map(Change::ReplacedBy),
        _ => None,
    }
}
