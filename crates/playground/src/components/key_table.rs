//! The list of a person's keys: a table, which a narrow screen shows as cards.

use leptos::prelude::*;

use super::key_name::KeyName;
use super::when::{When, WhenOr};
use crate::moment::Moment;
use crate::notice::Notice;
use crate::text::Lang;

/// A key as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// Its id.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// Its beginning and end.
    pub hint: String,
    /// When it was made.
    pub created: Option<Moment>,
    /// When it was last used; nothing when it never was.
    pub last_used: Option<Moment>,
    /// When it expires; nothing when it never does.
    pub expires: Option<Moment>,
    /// Whether it lets anybody in.
    pub state: KeyState,
}

/// Whether a key lets anybody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It does.
    Active,
    /// It does for a while: another has replaced it.
    Leaving,
    /// Its time is over.
    Expired,
    /// Its owner ended it.
    Revoked,
    /// Another has replaced it.
    Replaced,
}

impl KeyState {
    /// Whether another key can take its place.
    #[must_use]
    pub fn can_be_replaced(self) -> bool {
        matches!(self, Self::Active | Self::Expired)
    }

    /// What to say of a key that none can replace.
    #[must_use]
    pub fn why_not_replaced(self) -> Option<Notice> {
        match self {
            Self::Active | Self::Expired => None,
            Self::Leaving | Self::Replaced => Some(Notice::KeyAlreadyReplaced),
            Self::Revoked => Some(Notice::KeyWasRevoked),
        }
    }

    /// Whether there is something to end, or worth another name.
    #[must_use]
    pub fn is_in_use(self) -> bool {
        matches!(self, Self::Active | Self::Leaving)
    }
}

/// The list.
#[component]
pub fn KeyTable(
    /// The keys, of which there is at least one.
    keys: Vec<KeyRow>,
) -> impl IntoView {
    let lang = Lang::current();
    let columns = [
        lang.key_column(),
        lang.key_state(),
        lang.key_created(),
        lang.key_last_used(),
        lang.key_expires(),
        lang.key_actions(),
    ];
    let heads = columns.map(|words| view! { <th role="columnheader" scope="col">{words}</th> });
    let rows = keys.into_iter().map(|row| view! { <Row row /> }).collect_view();
    // A table that is shown as cards is no table to some screen readers, unless the roles say so.
    view! {
        <table class="list" role="table" aria-labelledby="list">
            <thead role="rowgroup"><tr role="row">{heads}</tr></thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
}

#[component]
fn Row(row: KeyRow) -> impl IntoView {
    let lang = Lang::current();
    view! {
        <tr role="row" id=format!("key-{}", row.id) tabindex="-1">
            <th role="rowheader" scope="row">
                <bdi>{row.name.clone()}</bdi>
                <code class="detail">{row.hint}</code>
            </th>
            <td role="cell" data-label=lang.key_state()><State state=row.state /></td>
            <td role="cell" data-label=lang.key_created()>
                {row.created.map(|moment| view! { <When moment /> })}
            </td>
            <td role="cell" data-label=lang.key_last_used()>
                <WhenOr moment=row.last_used otherwise=lang.never() />
            </td>
            <td role="cell" data-label=lang.key_expires()>
                <WhenOr moment=row.expires otherwise=lang.without_end() />
            </td>
            <td role="cell" class="actions">
                {row.state.is_in_use().then(|| action(row.id, "rename", lang.rename(), &row.name))}
                {row.state.can_be_replaced().then(|| action(row.id, "rotate", lang.rotate(), &row.name))}
                {row.state.is_in_use().then(|| action(row.id, "revoke", lang.revoke(), &row.name))}
            </td>
        </tr>
    }
}

/// A link whose words, to those who hear them, say which key is meant.
fn action(id: i64, path: &str, words: &'static str, name: &str) -> impl IntoView + use<> {
    let name = name.to_owned();
    view! {
        <a href=format!("/keys/{id}/{path}")>
            {words}
            <span class="unseen">" " {Lang::current().the_key()} " " <KeyName name /></span>
        </a>
    }
}

/// The state in words; its sign and colour say no more than they do.
#[component]
fn State(state: KeyState) -> impl IntoView {
    let lang = Lang::current();
    let (class, words) = match state {
        KeyState::Active => ("state active", lang.state_active()),
        KeyState::Leaving => ("state leaving", lang.state_replaced()),
        KeyState::Expired => ("state ended", lang.state_expired()),
        KeyState::Revoked => ("state ended", lang.state_revoked()),
        KeyState::Replaced => ("state ended", lang.state_replaced()),
    };
    let grace =
        (state == KeyState::Leaving).then(|| view! { <span class="detail">{lang.state_grace()}</span> });
    view! { <span class=class>{words}</span> {grace} }
}
