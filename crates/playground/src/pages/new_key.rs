//! A key that was just made: shown now and never again.

use leptos::prelude::*;

use crate::components::copyable::Copyable;
use crate::components::header::Member;
use crate::components::key_name::KeyName;
use crate::components::notice_box::MessageBox;
use crate::components::when::WhenOr;
use crate::document::Document;
use crate::moment::Moment;
use crate::notice::Severity;
use crate::place::Place;
use crate::text::Lang;

/// A key that was just made.
#[derive(Clone, PartialEq, Eq)]
pub struct NewKey {
    /// What its owner calls it.
    pub name: String,
    /// The whole key.
    pub token: String,
    /// When it expires; nothing when it never does.
    pub expires: Option<Moment>,
    /// The URL that says whose key it is.
    pub me_url: String,
    /// What became of the key that it replaces.
    pub replaced: Option<Replaced>,
}

/// What became of a key that was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// It lets nobody in any more.
    Ended,
    /// It goes on until then.
    GoesOn(Moment),
}

/// The page, which is the answer to the form itself: its URL shows the list when it is asked for again.
#[component]
pub fn NewKeyPage(
    /// The person's name.
    name: Option<String>,
    /// The key.
    key: NewKey,
) -> impl IntoView {
    let lang = Lang::current();
    let NewKey { name: called, token, expires, me_url, replaced } = key;
    let curl = format!("curl -H \"Authorization: Bearer {token}\" {me_url}");
    let replaced = replaced.map(|replaced| match replaced {
        Replaced::Ended => view! { <p>{lang.old_key_ended()}</p> }.into_any(),
        Replaced::GoesOn(until) => view! {
            <p>{lang.old_key_goes_on()} " " <time datetime=until.datetime>{until.words}</time> "."</p>
        }
        .into_any(),
    });
    view! {
        <Document title=lang.new_key_title() member=Some(Member { name, place: Some(Place::Keys) })>
            <h1>{lang.new_key_title()}</h1>
            <MessageBox severity=Severity::Success>
                <p role="status">{lang.new_key_ready()}</p>
                {replaced}
            </MessageBox>
            <section class="panel">
                <Copyable label=lang.whole_key() id="new-key" value=token rows=1 first=true hint="keep-key" />
                <p class="hint" id="keep-key">{lang.keep_key()}</p>
                <dl class="facts-line">
                    <div><dt>{lang.key_called()}</dt><dd><KeyName name=called /></dd></div>
                    <div><dt>{lang.key_expires()}</dt><dd><WhenOr moment=expires otherwise=lang.without_end() /></dd></div>
                </dl>
            </section>
            <section class="panel">
                <Copyable label=lang.try_key() id="try-key" value=curl rows=2 hint="try-key-hint" />
                <p class="hint" id="try-key-hint">{lang.try_key_hint()}</p>
            </section>
            <p><a class="button" href="/keys">{lang.key_copied_go_on()}</a></p>
        </Document>
    }
}
