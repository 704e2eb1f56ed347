//! Something to be copied: a field that can only be read, and a button.

use leptos::prelude::*;

use crate::islands::copy_button::CopyButton;

/// The field and its button. Without script there is no button, and the field is selected by hand.
#[component]
pub fn Copyable(
    /// What the field is called.
    label: &'static str,
    /// Its id.
    id: &'static str,
    /// What is in it.
    value: String,
    /// How many lines of a wide screen it takes.
    rows: u8,
    /// Whether it has the focus when the page is shown.
    #[prop(optional)]
    first: bool,
    /// The id of what explains it.
    hint: &'static str,
) -> impl IntoView {
    view! {
        <div class="copyable">
            <label for=id>{label}</label>
            <textarea
                id=id
                rows=rows.to_string()
                readonly
                spellcheck="false"
                autocomplete="off"
                autofocus=first
                aria-describedby=hint
            >
                {value}
            </textarea>
            <CopyButton />
        </div>
    }
}
