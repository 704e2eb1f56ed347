//! The list of what happened to an account: a table, which a narrow screen shows as cards.

use leptos::prelude::*;

use super::when::WhenOr;
use crate::moment::Moment;
use crate::text::Lang;

/// An event as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// When it happened.
    pub at: Option<Moment>,
    /// What happened, as the api calls it.
    pub event: String,
    /// Why, as the api says it.
    pub reason: Option<String>,
    /// The session or key.
    pub token_id: Option<i64>,
    /// The address that it was asked from.
    pub client: Option<String>,
}

/// The list.
#[component]
pub fn EventTable(
    /// The events.
    events: Vec<EventRow>,
) -> impl IntoView {
    let lang = Lang::current();
    let columns = [lang.event_at(), lang.event_what(), lang.event_of(), lang.event_from()];
    let heads = columns.map(|words| view! { <th role="columnheader" scope="col">{words}</th> });
    let rows = events.into_iter().map(|row| view! { <Row row /> }).collect_view();
    view! {
        <table class="list" role="table" aria-labelledby="list">
            <thead role="rowgroup"><tr role="row">{heads}</tr></thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
}

#[component]
fn Row(row: EventRow) -> impl IntoView {
    let lang = Lang::current();
    let EventRow { at, event, reason, token_id, client } = row;
    let is_key = event.starts_with("key.");
    // What a later version of the api tells is shown as it is.
    let what = lang.event(&event).map_or_else(
        || view! { <code>{event.clone()}</code> }.into_any(),
        |words| view! { <span>{words}</span> }.into_any(),
    );
    let why = reason
        .and_then(|reason| lang.reason(&reason))
        .map(|words| view! { <span class="absent">" " {words}</span> });
    let of = match token_id {
        Some(id) => {
            let kind = if is_key { lang.event_key() } else { lang.event_session() };
            view! { <span>{kind} " " {id}</span> }.into_any()
        }
        None => view! { <span class="absent">"–"</span> }.into_any(),
    };
    let from = client.map_or_else(
        || view! { <span class="absent">{lang.unknown_address()}</span> }.into_any(),
        |client| view! { <span class="network">{client}</span> }.into_any(),
    );
    view! {
        <tr role="row">
            <td role="cell" data-label=lang.event_at()><WhenOr moment=at otherwise=lang.unknown_time() /></td>
            <th role="rowheader" scope="row">{what} {why}</th>
            <td role="cell" data-label=lang.event_of()>{of}</td>
            <td role="cell" data-label=lang.event_from()>{from}</td>
        </tr>
    }
}
