//! What is wrong with a field of a form.

use leptos::prelude::*;

use crate::text::Lang;

/// Says it beside the field, which refers to it by its id.
#[component]
pub fn FieldError(
    /// The id that the field refers to.
    id: &'static str,
    /// What is wrong, and what to do.
    children: Children,
) -> impl IntoView {
    view! {
        <p class="field-error" id=id role="alert">
            <span class="unseen">{Lang::current().error_prefix()}</span>
            {children()}
        </p>
    }
}
