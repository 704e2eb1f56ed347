//! Whom to ask.

use leptos::prelude::*;
use service::settings::Contact;

use crate::text::Lang;

/// Says where people find help.
#[component]
pub fn ContactLine(
    /// Where that is.
    contact: Contact,
) -> impl IntoView {
    let lang = Lang::current();
    let href = contact.href();
    let (words, label) = match contact {
        Contact::Mail(address) => (lang.contact(), address.to_string()),
        Contact::Page(_) => (lang.contact_page(), lang.contact_page_link().to_owned()),
    };
    view! { <p>{words} " " <a href=href>{label}</a></p> }
}
