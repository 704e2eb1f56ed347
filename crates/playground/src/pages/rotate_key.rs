//! Asks how long a key goes on that another replaces.

use leptos::prelude::*;

use crate::components::header::Member;
use crate::components::key_facts::KeyFacts;
use crate::components::key_table::{KeyRow, KeyState};
use crate::components::notice_box::{MessageBox, NoticeBox};
use crate::document::Document;
use crate::moment::Moment;
use crate::notice::{Notice, Severity};
use crate::place::Place;
use crate::text::Lang;

/// How long the old key goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grace {
    /// Not at all.
    None,
    /// A day.
    #[default]
    Day,
    /// Seven days.
    Week,
}

impl Grace {
    /// What the form offers.
    pub const OFFERED: [Self; 3] = [Self::Day, Self::Week, Self::None];

    /// In seconds.
    #[must_use]
    pub fn seconds(self) -> i64 {
        match self {
            Self::None => 0,
            Self::Day => 86_400,
            Self::Week => 604_800,
        }
    }

    /// The value of the form's field.
    #[must_use]
    pub fn value(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Day => "day",
            Self::Week => "week",
        }
    }

    /// What a value of the form's field means; a day when it means nothing.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        Self::OFFERED.into_iter().find(|grace| grace.value() == value).unwrap_or_default()
    }
}

/// The end that the api has put nearer: to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shorter {
    /// In Unix seconds.
    pub expires: i64,
    /// In words.
    pub moment: Option<Moment>,
}

/// The page.
#[component]
pub fn RotateKeyPage(
    /// The person's name.
    name: Option<String>,
    /// The key.
    key: KeyRow,
    /// The choice made so far.
    grace: Grace,
    /// The end that has to be confirmed, when the new key cannot live as long as the old one.
    shorter: Option<Shorter>,
    /// Why it was not replaced.
    notice: Option<Notice>,
) -> impl IntoView {
    let lang = Lang::current();
    let has_expired = key.state == KeyState::Expired;
    let form = key.state.can_be_replaced() && notice.is_none_or(|notice| notice == Notice::TooManyKeys);
    let id = key.id;
    let lead = if has_expired { lang.rotate_expired() } else { lang.rotate_lead() };
    view! {
        <Document title=lang.rotate_key() notice member=Some(Member { name, place: Some(Place::Keys) })>
            <h1>{lang.rotate_key()}</h1>
            {notice.map(|notice| view! { <NoticeBox notice /> })}
            <KeyFacts key />
            {if form {
                view! { <p>{lead}</p> <Form id grace shorter has_expired /> }.into_any()
            } else {
                view! { <p><a class="button" href="/keys">{lang.see_keys()}</a></p> }.into_any()
            }}
        </Document>
    }
}

#[component]
fn Form(id: i64, grace: Grace, shorter: Option<Shorter>, has_expired: bool) -> impl IntoView {
    let lang = Lang::current();
    let expires = shorter.as_ref().map(|shorter| {
        view! { <input type="hidden" name="expires" value=shorter.expires.to_string() /> }
    });
    let warning = shorter.map(|shorter| view! {
        <MessageBox severity=Severity::Warning>
            <p role="alert">
                {lang.shorter_life()} " "
                {shorter.moment.map(|moment| view! { <time datetime=moment.datetime>{moment.words}</time> })} "."
            </p>
            <p>{lang.confirm_shorter()}</p>
        </MessageBox>
    });
    let choices = Grace::OFFERED.map(|offered| {
        let (words, hint) = match offered {
            Grace::None => (lang.grace_none(), Some(lang.grace_none_hint())),
            Grace::Day => (lang.grace_day(), None),
            Grace::Week => (lang.grace_week(), None),
        };
        view! {
            <label class="choice">
                <input type="radio" name="grace" value=offered.value() checked=offered == grace />
                <span>{words} {hint.map(|hint| view! { <span class="detail">{hint}</span> })}</span>
            </label>
        }
    });
    let choices = (!has_expired).then(|| {
        view! {
            <fieldset aria-describedby="grace-hint">
                <legend>{lang.grace()}</legend>
                {choices}
                <p class="hint" id="grace-hint">{lang.grace_never_longer()}</p>
            </fieldset>
        }
    });
    view! {
        {warning}
        <form class="form" method="post" action=format!("/keys/{id}/rotate")>
            {expires}
            {choices}
            <div class="send">
                <button class="button primary" type="submit">{lang.rotate_key()}</button>
                <a class="button" href="/keys">{lang.cancel()}</a>
                <p class="hint">{lang.key_shown_once()}</p>
            </div>
        </form>
    }
}
