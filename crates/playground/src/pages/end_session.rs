//! Asks before sessions are ended.

use leptos::prelude::*;

use crate::components::header::Member;
use crate::components::session_table::{SessionRow, device};
use crate::components::when::WhenOr;
use crate::document::Document;
use crate::place::Place;
use crate::text::Lang;

/// The page that asks about one session.
#[component]
pub fn EndSessionPage(
    /// The person's name.
    name: Option<String>,
    /// The session.
    session: SessionRow,
) -> impl IntoView {
    let lang = Lang::current();
    let action = format!("/sessions/{}/end", session.id);
    let device = device(lang, session.browser, session.system);
    view! {
        <Document title=lang.end_session() member=Some(Member { name, place: Some(Place::Sessions) })>
            <h1>{lang.end_session()}</h1>
            <dl class="facts-line panel">
                <div><dt>{lang.session_device()}</dt><dd><bdi>{device}</bdi></dd></div>
                <div>
                    <dt>{lang.session_application()}</dt>
                    <dd><bdi>{session.application.unwrap_or_else(|| lang.this_application().to_owned())}</bdi></dd>
                </div>
                <div>
                    <dt>{lang.session_opened()}</dt>
                    <dd><WhenOr moment=session.opened otherwise=lang.unknown_time() /></dd>
                </div>
                <div>
                    <dt>{lang.session_seen()}</dt>
                    <dd><WhenOr moment=session.seen otherwise=lang.unknown_time() /></dd>
                </div>
            </dl>
            <p>{lang.end_session_warning()}</p>
            <form class="form" method="post" action=action>
                <div class="send">
                    <button class="button danger" type="submit">{lang.end_session()}</button>
                    <a class="button" href="/sessions">{lang.cancel()}</a>
                </div>
            </form>
        </Document>
    }
}

/// The page that asks about all others.
#[component]
pub fn EndOthersPage(
    /// The person's name.
    name: Option<String>,
    /// How many others there are.
    others: usize,
) -> impl IntoView {
    let lang = Lang::current();
    let count = if others == 0 { lang.no_other_session().to_owned() } else { lang.other_sessions(others) };
    view! {
        <Document title=lang.end_others() member=Some(Member { name, place: Some(Place::Sessions) })>
            <h1>{lang.end_others()}</h1>
            <p class="lead">{count} " " {(others > 0).then(|| lang.end_others_lead())}</p>
            <form class="form" method="post" action="/sessions/end">
                <label class="choice">
                    <input type="checkbox" name="keys" value="true" aria-describedby="keys-hint" />
                    <span>{lang.end_keys_too()} <span class="detail" id="keys-hint">{lang.end_keys_too_hint()}</span></span>
                </label>
                <div class="send">
                    <button class="button danger" type="submit">{lang.log_them_out()}</button>
                    <a class="button" href="/sessions">{lang.cancel()}</a>
                </div>
            </form>
        </Document>
    }
}
