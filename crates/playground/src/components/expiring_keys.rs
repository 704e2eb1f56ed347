//! A banner about keys that end soon.

use leptos::prelude::*;

use super::key_name::KeyName;
use super::notice_box::MessageBox;
use crate::moment::Moment;
use crate::notice::Severity;
use crate::text::Lang;

/// The keys that end within 30 days and have no successor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiring {
    /// The one that ends first.
    pub first: (i64, String),
    /// When that is.
    pub ends: Moment,
    /// How many there are.
    pub count: usize,
    /// How soon the first ends.
    pub urgency: Urgency,
}

/// How soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Within a day.
    Day,
    /// Within seven.
    Week,
    /// Within thirty.
    Month,
}

/// Says which key ends and when, and leads to where it is replaced.
#[component]
pub fn ExpiringKeys(
    /// The keys.
    expiring: Expiring,
    /// Whether the list of keys is elsewhere.
    #[prop(optional)]
    from_elsewhere: bool,
) -> impl IntoView {
    let lang = Lang::current();
    let Expiring { first: (id, name), ends, count, urgency } = expiring;
    let severity = match urgency {
        Urgency::Day | Urgency::Week => Severity::Warning,
        Urgency::Month => Severity::Information,
    };
    let class = if urgency == Urgency::Day { "urgent" } else { "" };
    let when = view! { <time datetime=ends.datetime>{ends.distance} " (" {ends.words} ")"</time> };
    let (words, advice) = if count == 1 {
        let key = view! { {capitalised(lang.the_key())} " " <KeyName name /> " " {lang.ends_within()} " " };
        (key.into_any(), lang.expiring_advice())
    } else {
        (view! { {lang.keys_end_soon(count)} " " }.into_any(), lang.expiring_keys_advice())
    };
    let link = if count == 1 {
        view! { <a href=format!("/keys/{id}/rotate")>{lang.rotate_key()}</a> }.into_any()
    } else if from_elsewhere {
        view! { <a href="/keys?status=active">{lang.see_keys()}</a> }.into_any()
    } else {
        ().into_any()
    };
    view! {
        <MessageBox severity>
            <p class=class>{words} {when} "."</p>
            <p>{advice} " " {link}</p>
        </MessageBox>
    }
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}
