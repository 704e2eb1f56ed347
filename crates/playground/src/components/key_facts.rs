//! Which key a page is about.

use leptos::prelude::*;

use super::key_table::KeyRow;
use super::when::WhenOr;
use crate::text::Lang;

/// Enough of a key to be sure that it is the one meant.
#[component]
pub fn KeyFacts(
    /// The key.
    key: KeyRow,
) -> impl IntoView {
    let lang = Lang::current();
    view! {
        <dl class="facts-line panel">
            <div><dt>{lang.key_column()}</dt><dd><bdi>{key.name}</bdi> <code class="detail">{key.hint}</code></dd></div>
            <div>
                <dt>{lang.key_last_used()}</dt>
                <dd><WhenOr moment=key.last_used otherwise=lang.never() /></dd>
            </div>
            <div>
                <dt>{lang.key_expires()}</dt>
                <dd><WhenOr moment=key.expires otherwise=lang.without_end() /></dd>
            </div>
        </dl>
    }
}
