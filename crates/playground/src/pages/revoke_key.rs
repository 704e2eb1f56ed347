//! Asks before a key is ended.

use leptos::prelude::*;

use crate::components::header::Member;
use crate::components::key_facts::KeyFacts;
use crate::components::key_table::KeyRow;
use crate::document::Document;
use crate::place::Place;
use crate::text::Lang;

/// The page.
#[component]
pub fn RevokeKeyPage(
    /// The person's name.
    name: Option<String>,
    /// The key.
    key: KeyRow,
) -> impl IntoView {
    let lang = Lang::current();
    let action = format!("/keys/{}/revoke", key.id);
    let advice = key.state.can_be_replaced().then(|| {
        let rotate = format!("/keys/{}/rotate", key.id);
        view! { <p>{lang.revoke_advice()} " " <a href=rotate>{lang.rotate_key()}</a></p> }
    });
    view! {
        <Document title=lang.revoke_key() member=Some(Member { name, place: Some(Place::Keys) })>
            <h1>{lang.revoke_key()}</h1>
            <KeyFacts key />
            <p>{lang.revoke_warning()}</p>
            {advice}
            <form class="form" method="post" action=action>
                <div class="send">
                    <button class="button danger" type="submit">{lang.revoke_key()}</button>
                    <a class="button" href="/keys">{lang.cancel()}</a>
                </div>
            </form>
        </Document>
    }
}
