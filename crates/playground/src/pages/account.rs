//! Who is logged in.

use leptos::prelude::*;

use crate::components::expiring_keys::{Expiring, ExpiringKeys};
use crate::components::header::Member;
use crate::components::notice_box::NoticeBox;
use crate::document::Document;
use crate::moment::Moment;
use crate::notice::{Notice, Severity};
use crate::place::Place;
use crate::text::Lang;

/// What the page shows of an account. What is absent was not communicated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The agent's name.
    pub name: Option<String>,
    /// The agent's e-mail address.
    pub email: Option<String>,
    /// The label of the agent's organisation.
    pub organization: Option<String>,
    /// The number of the organisation in the register of companies.
    pub siret: Option<String>,
    /// The agent's role in the API.
    pub role: Option<String>,
    /// When the session ends.
    pub session_end: Option<Moment>,
    /// The keys that end soon.
    pub expiring: Option<Expiring>,
}

/// The page of those who are logged in.
#[component]
pub fn AccountPage(
    /// What to show.
    account: Account,
    /// What happened just before.
    notice: Option<Notice>,
) -> impl IntoView {
    let lang = Lang::current();
    let siret = account.siret.map(|siret| {
        view! { <span class="detail">{lang.siret()} " " {grouped(&siret)}</span> }
    });
    let end = match account.session_end {
        Some(end) => view! {
            <time datetime=end.datetime>{end.words}</time>
            " "
            {lang.paris_time()}
        }
        .into_any(),
        None => or_absent(None),
    };
    let member = Member { name: account.name.clone(), place: Some(Place::Account) };
    view! {
        <Document title=lang.account_title() notice member=Some(member)>
            <h1>{account.name.unwrap_or_else(|| lang.account_title().to_owned())}</h1>
            {notice.map(|notice| {
                // Somebody who tried to log in again may try once more.
                let again = (notice.severity() == Severity::Error)
                    .then(|| view! { <p><a href="/login">{lang.retry()}</a></p> });
                view! { <NoticeBox notice>{again}</NoticeBox> }
            })}
            {account.expiring.map(|expiring| view! { <ExpiringKeys expiring from_elsewhere=true /> })}
            <p class="lead">{lang.account_lead()}</p>
            <dl class="account">
                <div><dt>{lang.email()}</dt><dd>{account.email.map_or_else(|| or_absent(None), breakable)}</dd></div>
                <div><dt>{lang.organization()}</dt><dd>{or_absent(account.organization)} {siret}</dd></div>
                <div><dt>{lang.role()}</dt><dd>{or_absent(account.role)}</dd></div>
                <div><dt>{lang.session_end()}</dt><dd>{end}</dd></div>
            </dl>
            <section aria-labelledby="next">
                <h2 id="next">{lang.next_step()}</h2>
                <p>{lang.keys_lead()}</p>
                <p class="onward"><a class="button primary" href="/keys">{lang.create_key()}</a></p>
            </section>
        </Document>
    }
}

/// An e-mail address that a narrow screen breaks where people would: after `@` and before each dot. Whole for programs.
fn breakable(email: String) -> AnyView {
    let pieces = email.split_inclusive('@').flat_map(|part| {
        let dots = part.split('.').enumerate();
        dots.map(|(index, piece)| if index == 0 { piece.to_owned() } else { format!(".{piece}") })
    });
    let pieces: Vec<_> = pieces
        .enumerate()
        .map(|(index, piece)| view! { {(index > 0).then(|| view! { <wbr /> })} {piece} })
        .collect();
    view! { <data value=email>{pieces}</data> }.into_any()
}

/// A value, or the words that say it is absent.
fn or_absent(value: Option<String>) -> AnyView {
    match value {
        Some(value) => value.into_any(),
        None => view! { <span class="absent">{Lang::current().not_given()}</span> }.into_any(),
    }
}

/// A SIRET as it is read: three groups of three digits, then five. Anything else is left as it is.
fn grouped(siret: &str) -> String {
    if siret.len() != 14 || !siret.bytes().all(|byte| byte.is_ascii_digit()) {
        return siret.to_owned();
    }
    [&siret[..3], &siret[3..6], &siret[6..9], &siret[9..]].join("\u{a0}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_siret_is_shown_in_groups() {
        assert_eq!(grouped("13002526500013"), "130\u{a0}025\u{a0}265\u{a0}00013");
        assert_eq!(grouped("13002526"), "13002526");
        assert_eq!(grouped("é3002526500013"), "é3002526500013");
    }
}
