//! On the way out.

use leptos::prelude::*;

use crate::document::Document;
use crate::text::Lang;

/// The page between here and ProConnect's end of session. It is a page and not a redirect because the
/// browser applies `form-action` to every hop after a form, and nobody can list the organisations that
/// ProConnect sends it on to.
#[component]
pub fn LoggingOutPage(
    /// ProConnect's end of session.
    logout_url: String,
) -> impl IntoView {
    let lang = Lang::current();
    view! {
        <Document title=lang.logging_out() onward=logout_url.clone()>
            <h1>{lang.logged_out_title()}</h1>
            <p class="lead" role="status">
                <span class="spinner" aria-hidden="true"></span>
                {lang.logging_out()}
            </p>
            <p>{lang.logging_out_detail()}</p>
            <p><a href=logout_url>{lang.go_on()}</a></p>
        </Document>
    }
}
