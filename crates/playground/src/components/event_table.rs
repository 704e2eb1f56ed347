//! The list of what happened to an account: a table, which a narrow screen shows as cards.

use contract::{AccessReason, LoginErrorCode};
use leptos::prelude::*;

use super::when::WhenOr;
use crate::moment::Moment;
use crate::text::Lang;

/// What an event changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The person's role.
    Role {
        /// The role before.
        from: String,
        /// The role since then.
        to: String,
    },
    /// Another key took a key's place.
    ReplacedBy(i64),
}

/// An event as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// When it happened.
    pub at: Option<Moment>,
    /// What happened, as the api calls it.
    pub event: String,
    /// Why, as the api says it.
    pub reason: Option<String>,
    /// What it changed.
    pub change: Option<Change>,
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
    let EventRow { at, event, reason, change, token_id, client } = row;
    // What a later version of the api tells is shown as it is.
    let what = lang.event(&event).map_or_else(
        || view! { <code>{event.clone()}</code> }.into_any(),
        |words| view! { <span>{words}</span> }.into_any(),
    );
    let why = reason
        .and_then(|reason| cause(lang, &event, &reason))
        .map(|words| view! { <span class="absent">" " {words}</span> });
    let how = change.map(|change| match change {
        Change::Role { from, to } => {
            view! { <span class="absent">" " {lang.changed_from()} " " {from} " " {lang.changed_to()} " " {to}</span> }
                .into_any()
        }
        Change::ReplacedBy(id) => view! { <span class="absent">" " {lang.replaced_by()} " " {id}</span> }.into_any(),
    });
    let of = match (lang.subject(&event), token_id) {
        (Some(kind), Some(id)) => view! { <span>{kind} " " {id}</span> }.into_any(),
        _ if event.starts_with("user.") => view! { <span>{lang.event_account()}</span> }.into_any(),
        _ => view! { <span class="absent">"–"</span> }.into_any(),
    };
    let from = client.map_or_else(
        || view! { <span class="absent">{lang.unknown_address()}</span> }.into_any(),
        |client| view! { <span class="network">{client}</span> }.into_any(),
    );
    view! {
        <tr role="row">
            <td role="cell" data-label=lang.event_at()><WhenOr moment=at otherwise=lang.unknown_time() /></td>
            <th role="rowheader" scope="row">{what} {why} {how}</th>
            <td role="cell" data-label=lang.event_of()>{of}</td>
            <td role="cell" data-label=lang.event_from()>{from}</td>
        </tr>
    }
}

/// Why, in words. A login that came to nothing is explained as on the page that refused it.
fn cause(lang: Lang, event: &str, reason: &str) -> Option<&'static str> {
    if !event.starts_with("login.") {
        return lang.reason(reason);
    }
    let rule = AccessReason::parse(reason).map(AccessReason::words);
    rule.or_else(|| LoginErrorCode::parse(reason).map(LoginErrorCode::words)).map(|words| lang.of(words))
}
