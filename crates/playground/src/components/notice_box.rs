//! A message about what just happened.

use leptos::prelude::*;

use crate::notice::{Notice, Severity};
use crate::text::Lang;

/// Tells what happened, aloud for those who listen to the page.
#[component]
pub fn NoticeBox(
    /// What happened.
    notice: Notice,
    /// Further content of the box.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (role, class) = match notice.severity() {
        Severity::Error => ("alert", "notice error"),
        Severity::Warning => ("alert", "notice warning"),
        Severity::Success => ("status", "notice success"),
        Severity::Information => ("status", "notice information"),
    };
    view! {
        <div class=class role=role>
            <p>{notice.message(Lang::current())}</p>
            {children.map(|children| children())}
        </div>
    }
}
