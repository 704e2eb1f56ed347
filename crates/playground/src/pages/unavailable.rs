//! When the API does not answer.

use leptos::prelude::*;

use crate::components::header::Member;
use crate::components::notice_box::MessageBox;
use crate::document::Document;
use crate::notice::Severity;
use crate::text::Lang;

/// The page of those who are logged in while the API does not answer.
#[component]
pub fn UnavailablePage() -> impl IntoView {
    let lang = Lang::current();
    view! {
        <Document
            title=format!("{}{}", lang.error_prefix(), lang.unavailable_title())
            member=Some(Member::default())
        >
            <h1>{lang.unavailable_title()}</h1>
            <MessageBox severity=Severity::Error>
                <p role="alert">{lang.unavailable()}</p>
            </MessageBox>
            <p><a class="button primary" href="/">{lang.retry()}</a></p>
        </Document>
    }
}
