//! The list of a person's sessions: a table, which a narrow screen shows as cards.

use leptos::prelude::*;

use super::when::WhenOr;
use crate::moment::Moment;
use crate::text::Lang;

/// A session as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id.
    pub id: i64,
    /// The browser.
    pub browser: Option<String>,
    /// The operating system.
    pub system: Option<String>,
    /// The origin it is of; nothing for this site.
    pub application: Option<String>,
    /// When the person logged in.
    pub opened: Option<Moment>,
    /// When it was last used.
    pub seen: Option<Moment>,
    /// The network it was last used from.
    pub address: Option<String>,
    /// When it expires.
    pub expires: Option<Moment>,
    /// Whether it is the one that shows the page.
    pub is_this: bool,
}

/// The list.
#[component]
pub fn SessionTable(
    /// The sessions.
    sessions: Vec<SessionRow>,
) -> impl IntoView {
    let lang = Lang::current();
    let columns = [
        lang.session_device(),
        lang.session_application(),
        lang.session_opened(),
        lang.session_seen(),
        lang.session_address(),
        lang.session_expires(),
        lang.session_actions(),
    ];
    let heads = columns.map(|words| view! { <th role="columnheader" scope="col">{words}</th> });
    let rows = sessions.into_iter().map(|row| view! { <Row row /> }).collect_view();
    view! {
        <table class="list" role="table" aria-labelledby="list">
            <thead role="rowgroup"><tr role="row">{heads}</tr></thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
}

#[component]
fn Row(row: SessionRow) -> impl IntoView {
    let lang = Lang::current();
    let SessionRow { id, browser, system, application, opened, seen, address, expires, is_this } = row;
    let device = device(lang, browser, system);
    let end = (!is_this).then(|| {
        view! {
            <a href=format!("/sessions/{id}/end")>
                {lang.end_it()}
                <span class="unseen">" " {lang.the_session()} " " <bdi>{device.clone()}</bdi></span>
            </a>
        }
    });
    let this = is_this.then(|| view! { " " <span class="state active">{lang.this_session()}</span> });
    let application = application.map_or_else(
        || view! { <span class="absent">{lang.this_application()}</span> }.into_any(),
        |origin| view! { <bdi>{origin}</bdi> }.into_any(),
    );
    let address = address.map_or_else(
        || view! { <span class="absent">{lang.unknown()}</span> }.into_any(),
        |address| view! { <span class="network">{address}</span> }.into_any(),
    );
    view! {
        <tr role="row">
            <th role="rowheader" scope="row"><bdi>{device}</bdi> {this}</th>
            <td role="cell" data-label=lang.session_application()>{application}</td>
            <td role="cell" data-label=lang.session_opened()>
                <WhenOr moment=opened otherwise=lang.unknown_time() />
            </td>
            <td role="cell" data-label=lang.session_seen()>
                <WhenOr moment=seen otherwise=lang.unknown_time() />
            </td>
            <td role="cell" data-label=lang.session_address()>{address}</td>
            <td role="cell" data-label=lang.session_expires()>
                <WhenOr moment=expires otherwise=lang.unknown_time() />
            </td>
            <td role="cell" class="actions">{end}</td>
        </tr>
    }
}

/// « Firefox sur Windows », as far as the browser said it.
#[must_use]
pub fn device(lang: Lang, browser: Option<String>, system: Option<String>) -> String {
    let told = |word: Option<String>| word.filter(|word| !word.trim().is_empty());
    match (told(browser), told(system)) {
        (Some(browser), Some(system)) => format!("{browser} {} {system}", lang.device_on()),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => lang.unknown_device().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_told_as_far_as_it_is_known() {
        let word = |word: &str| Some(word.to_owned());
        assert_eq!(device(Lang::Fr, word("Firefox"), word("Windows")), "Firefox sur Windows");
        assert_eq!(device(Lang::En, word("Firefox"), word("Windows")), "Firefox on Windows");
        assert_eq!(device(Lang::Fr, None, word("Android")), "Android");
        assert_eq!(device(Lang::Fr, word(" "), None), "Appareil inconnu");
    }
}
