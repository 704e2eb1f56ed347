//! When the API does not answer.

use leptos::prelude::*;

use crate::components::header::Member;
use crate::components::notice_box::MessageBox;
use crate::document::Document;
use crate::notice::Severity;
use crate::text::Lang;

/// The page of those who are logged in while the API does not answer.
#[component]
pub fn UnavailablePage(
    /// The page that can be tried again.
    #[prop(into)]
    path: String,
    /// What to do instead of trying that page again.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let lang = Lang::current();
    let retry = match children {
        Some(children) => children(),
        None => view! { <p><a class="button primary" href=path>{lang.retry()}</a></p> }.into_any(),
    };
    view! {
        <Document
            title=format!("{}{}", lang.error_prefix(), lang.unavailable_title())
            member=Some(Member::default())
        >
            <h1>{lang.unavailable_title()}</h1>
            <MessageBox severity=Severity::Error>
                <p role="alert">{lang.unavailable()}</p>
            </MessageBox>
            {retry}
        </Document>
    }
}
