//! What a person called a key.

use leptos::prelude::*;

use crate::text::Lang;

/// A name in quotation marks, which cannot change the direction of the words around it.
#[component]
pub fn KeyName(
    /// The name.
    name: String,
) -> impl IntoView {
    let lang = Lang::current();
    view! { {lang.open_quote()} <bdi>{name}</bdi> {lang.close_quote()} }
}
