//! Another name for a key.

use leptos::prelude::*;

use crate::components::field_error::FieldError;
use crate::components::header::Member;
use crate::components::key_facts::KeyFacts;
use crate::components::key_table::KeyRow;
use crate::document::Document;
use crate::place::Place;
use crate::text::Lang;

/// The page.
#[component]
pub fn RenameKeyPage(
    /// The person's name.
    name: Option<String>,
    /// The key.
    key: KeyRow,
    /// The name that was typed and refused.
    refused: Option<String>,
) -> impl IntoView {
    let lang = Lang::current();
    let is_wrong = refused.is_some();
    let prefix = if is_wrong { lang.error_prefix() } else { "" };
    let typed = refused.unwrap_or_else(|| key.name.clone());
    let action = format!("/keys/{}/rename", key.id);
    view! {
        <Document
            title=format!("{prefix}{}", lang.rename_key())
            member=Some(Member { name, place: Some(Place::Keys) })
        >
            <h1>{lang.rename_key()}</h1>
            <KeyFacts key />
            <form class="form narrow" method="post" action=action>
                <div class="field">
                    <label for="name">{lang.new_name()}</label>
                    <input
                        id="name"
                        name="name"
                        dir="auto"
                        autocomplete="off"
                        required
                        value=typed
                        autofocus
                        aria-invalid=is_wrong.then_some("true")
                        aria-describedby=if is_wrong { "name-error name-hint" } else { "name-hint" }
                    />
                    {is_wrong.then(|| view! { <FieldError id="name-error">{lang.name_refused()}</FieldError> })}
                    <p class="hint" id="name-hint">{lang.key_name_hint()}</p>
                </div>
                <div class="send">
                    <button class="button primary" type="submit">{lang.save()}</button>
                    <a class="button" href="/keys">{lang.cancel()}</a>
                </div>
            </form>
        </Document>
    }
}
