//! What happened to a person's account.

use leptos::prelude::*;

use crate::components::event_table::{EventRow, EventTable};
use crate::components::header::Member;
use crate::document::Document;
use crate::place::Place;
use crate::text::Lang;

/// The page.
#[component]
pub fn HistoryPage(
    /// The person's name.
    name: Option<String>,
    /// The events, newest first.
    events: Vec<EventRow>,
    /// The event before which there may be older ones.
    older: Option<i64>,
    /// Whether these are the newest.
    is_first: bool,
) -> impl IntoView {
    let lang = Lang::current();
    let list = if events.is_empty() {
        view! { <p class="absent">{lang.no_event()}</p> }.into_any()
    } else {
        view! { <EventTable events /> }.into_any()
    };
    let older = older.map(|id| {
        view! { <p><a class="button" href=format!("/history?before={id}")>{lang.older_events()}</a></p> }
    });
    let newest = (!is_first).then(|| view! { <p><a href="/history">{lang.newest_events()}</a></p> });
    view! {
        <Document title=lang.history() member=Some(Member { name, place: Some(Place::History) })>
            <h1>{lang.history()}</h1>
            <p class="lead">{lang.history_lead()}</p>
            <section aria-labelledby="list">
                <h2 id="list">{lang.your_events()}</h2>
                {list}
            </section>
            {older}
            {newest}
        </Document>
    }
}
