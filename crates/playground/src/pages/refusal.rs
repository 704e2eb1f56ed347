//! Where nothing is, or nothing is allowed.

use leptos::prelude::*;

use crate::document::Document;
use crate::text::Lang;

/// Why a request got no page of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing is at this address.
    NotFound,
    /// The address exists, but not for this method.
    MethodNotAllowed,
    /// Another site made the browser send this.
    Forbidden,
}

/// The page of a refused request.
#[component]
pub fn RefusalPage(
    /// Why it is refused.
    refusal: Refusal,
) -> impl IntoView {
    let lang = Lang::current();
    let (heading, words) = match refusal {
        Refusal::NotFound => (lang.not_found_title(), lang.not_found()),
        Refusal::MethodNotAllowed => (lang.method_not_allowed_title(), lang.method_not_allowed()),
        Refusal::Forbidden => (lang.forbidden_title(), lang.forbidden()),
    };
    view! {
        <Document title=format!("{}{heading}", lang.error_prefix())>
            <h1>{heading}</h1>
            <p class="lead">{words}</p>
            <p><a class="button" href="/">{lang.home()}</a></p>
        </Document>
    }
}
