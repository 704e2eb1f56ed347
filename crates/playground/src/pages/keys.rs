//! A person's keys, and the form that makes another.

use leptos::prelude::*;

use crate::components::expiring_keys::{Expiring, ExpiringKeys};
use crate::components::header::Member;
use crate::components::key_form::{KeyForm, Longest, NewKeyForm};
use crate::components::key_table::{KeyRow, KeyTable};
use crate::components::list_filter::{Filter, FilterLinks, Pager};
use crate::components::notice_box::NoticeBox;
use crate::document::Document;
use crate::notice::Notice;
use crate::place::Place;
use crate::text::Lang;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// The keys of this page of the list.
    pub rows: Vec<KeyRow>,
    /// Which keys those are.
    pub filter: Filter,
    /// Which page of the list this is, the first being 1.
    pub page: i64,
    /// How many pages there are.
    pub pages: i64,
    /// Those that end soon.
    pub expiring: Option<Expiring>,
    /// How long another may live.
    pub longest: Longest,
}

/// What happened just before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// In a sentence.
    pub notice: Option<Notice>,
    /// The key that it is about.
    pub key: Option<i64>,
}

/// The page.
#[component]
pub fn KeysPage(
    /// The person's name.
    name: Option<String>,
    /// The list.
    keys: Keys,
    /// What stands in the form; nothing when no keys are made here.
    form: Option<KeyForm>,
    /// What happened just before.
    told: Told,
) -> impl IntoView {
    let lang = Lang::current();
    let has_fault = form.as_ref().is_some_and(|form| form.fault.is_some());
    let title =
        if has_fault { lang.error_prefix().to_owned() + lang.api_keys() } else { lang.api_keys().to_owned() };
    let member = Member { name, place: Some(Place::Keys) };
    view! {
        <Document title notice=told.notice member=Some(member)>
            <h1>{lang.api_keys()}</h1>
            {told.notice.map(|notice| view! { <TellingBox notice key_id=told.key /> })}
            {keys.expiring.clone().map(|expiring| view! { <ExpiringKeys expiring /> })}
            <p class="lead">{lang.keys_lead()} " " {lang.key_kept_secret()}</p>
            {form.map(|form| view! {
                <section class="panel" aria-labelledby="new">
                    <h2 id="new">{lang.create_key()}</h2>
                    <NewKeyForm form longest=keys.longest />
                </section>
            })}
            <List keys />
        </Document>
    }
}

#[component]
fn TellingBox(notice: Notice, key_id: Option<i64>) -> impl IntoView {
    let link = key_id.map(|id| {
        view! { <p><a href=format!("#key-{id}")>{Lang::current().see_that_key()}</a></p> }
    });
    view! { <div id="notice" tabindex="-1"><NoticeBox notice>{link}</NoticeBox></div> }
}

#[component]
fn List(keys: Keys) -> impl IntoView {
    let lang = Lang::current();
    let Keys { rows, filter, page, pages, .. } = keys;
    let content = if !rows.is_empty() {
        view! { <FilterLinks filter /> <KeyTable keys=rows /> <Pager filter page pages /> }.into_any()
    } else if filter == Filter::All {
        view! { <div class="empty"><p>{lang.no_keys()}</p><p>{lang.no_keys_advice()}</p></div> }.into_any()
    } else {
        view! {
            <FilterLinks filter />
            <div class="empty">
                <p>{lang.no_such_keys()}</p>
                <p><a href="/keys#list">{lang.show_all_keys()}</a></p>
            </div>
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="list">
            <h2 id="list" tabindex="-1">{lang.your_keys()}</h2>
            {content}
        </section>
    }
}
