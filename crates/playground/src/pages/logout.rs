//! The button that logs out, on a page of its own.

use leptos::prelude::*;

use crate::document::Document;
use crate::islands::logout_button::LogoutButton;
use crate::text::Lang;

/// The page of somebody who came to `/logout` by a link.
#[component]
pub fn LogoutPage() -> impl IntoView {
    let lang = Lang::current();
    view! {
        <Document title=lang.logout_title() islands=true>
            <h1>{lang.logout_title()}</h1>
            <p class="lead">{lang.logout_lead()}</p>
            <LogoutButton />
            <p><a href="/">{lang.home()}</a></p>
        </Document>
    }
}
