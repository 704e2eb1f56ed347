//! When the API does not answer.

use leptos::prelude::*;

use crate::document::Document;
use crate::islands::logout_button::LogoutButton;
use crate::text::Lang;

/// The page of those who are logged in while the API does not answer.
#[component]
pub fn UnavailablePage() -> impl IntoView {
    let lang = Lang::current();
    view! {
        <Document
            title=format!("{}{}", lang.error_prefix(), lang.unavailable_title())
            islands=true
        >
            <h1>{lang.unavailable_title()}</h1>
            <div class="notice error" role="alert">
                <p>{lang.unavailable()}</p>
            </div>
            <p><a class="button primary" href="/">{lang.retry()}</a></p>
            <LogoutButton />
        </Document>
    }
}
