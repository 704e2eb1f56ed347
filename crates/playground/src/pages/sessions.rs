//! A person's sessions.

use leptos::prelude::*;

use crate::components::header::Member;
use crate::components::notice_box::NoticeBox;
use crate::components::session_table::{SessionRow, SessionTable};
use crate::document::Document;
use crate::notice::Notice;
use crate::place::Place;
use crate::text::Lang;

/// The page.
#[component]
pub fn SessionsPage(
    /// The person's name.
    name: Option<String>,
    /// The sessions.
    sessions: Vec<SessionRow>,
    /// What happened just before.
    notice: Option<Notice>,
) -> impl IntoView {
    let lang = Lang::current();
    let others = sessions.iter().any(|session| !session.is_this);
    let next = if others {
        view! { <p><a class="button" href="/sessions/end">{lang.end_others()}</a></p> }.into_any()
    } else {
        view! { <p class="absent">{lang.no_other_session()}</p> }.into_any()
    };
    view! {
        <Document title=lang.my_sessions() notice member=Some(Member { name, place: Some(Place::Sessions) })>
            <h1>{lang.my_sessions()}</h1>
            {notice.map(|notice| view! { <div id="notice" tabindex="-1"><NoticeBox notice /></div> })}
            <p class="lead">{lang.sessions_lead()}</p>
            <section aria-labelledby="list">
                <h2 id="list">{lang.your_sessions()}</h2>
                <SessionTable sessions />
            </section>
            {next}
        </Document>
    }
}
