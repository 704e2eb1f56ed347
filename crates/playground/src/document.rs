//! The frame around every page.

#![expect(clippy::must_use_candidate, reason = "the view macro uses what a component returns")]

use std::sync::Arc;

use leptos::config::LeptosOptions;
use leptos::prelude::*;

use crate::contact::Contact;
use crate::text::Lang;

/// What all pages of one server have in common.
#[derive(Clone, Debug)]
pub struct Service {
    /// The service's name, in the header and in titles.
    pub name: Arc<str>,
    /// Where people ask for help.
    pub contact: Option<Contact>,
    /// The path of the style sheet.
    pub stylesheet: Arc<str>,
    /// The path of the operator's ProConnect logo.
    pub proconnect_logo: Option<Arc<str>>,
    /// Where the island's script and WASM are.
    pub leptos: LeptosOptions,
}

/// The service, from the context of the page that is being rendered.
#[must_use]
pub fn use_service() -> Arc<Service> {
    expect_context()
}

/// A whole document.
#[component]
pub fn Document(
    /// The page's own title; the service's name is added.
    #[prop(into)]
    title: String,
    /// Where the browser goes on to by itself, at once.
    #[prop(optional)]
    onward: Option<String>,
    /// Whether the page has an island and needs its script.
    #[prop(optional)]
    islands: bool,
    /// The content of the page.
    children: Children,
) -> impl IntoView {
    let service = use_service();
    let lang = Lang::current();
    // Nothing but islands is ever hydrated, so nothing else needs the markers of hydration.
    if let Some(context) = Owner::current_shared_context() {
        context.set_is_hydrating(false);
    }
    let title = title + " - " + &service.name;

    view! {
        <!DOCTYPE html>
        <html lang=lang.code()>
            <head>
                <meta charset="utf-8" />
                <title>{title}</title>
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                {onward.map(|url| view! { <meta http-equiv="refresh" content=format!("0;url={url}") /> })}
                <link rel="icon" href=ICON />
                <link rel="stylesheet" href=service.stylesheet.to_string() />
                {islands.then(|| view! { <HydrationScripts options=service.leptos.clone() islands=true /> })}
                <AutoReload options=service.leptos.clone() />
            </head>
            <body>
                <a class="skip" href="#content">{lang.skip_link()}</a>
                <Header />
                <main id="content" tabindex="-1">{children()}</main>
                <Footer />
            </body>
        </html>
    }
}

/// A footbridge, as a picture that needs no request.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E\
    %3Crect width='32' height='32' rx='7' fill='%230f5c63'/%3E\
    %3Cpath d='M5 20h22M7 20c0-6 4-9 9-9s9 3 9 9M12 20v-8M20 20v-8' fill='none' stroke='%23fff' \
    stroke-width='2.4' stroke-linecap='round'/%3E%3C/svg%3E";

#[component]
fn Header() -> impl IntoView {
    let service = use_service();
    view! {
        <header class="top">
            <a class="brand" href="/">
                <svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
                    <rect width="32" height="32" rx="7" />
                    <path d="M5 20h22M7 20c0-6 4-9 9-9s9 3 9 9M12 20v-8M20 20v-8" />
                </svg>
                <span>{service.name.to_string()}</span>
            </a>
        </header>
    }
}

#[component]
fn Footer() -> impl IntoView {
    let service = use_service();
    let lang = Lang::current();
    view! {
        <footer class="bottom">
            {service.contact.clone().map(|contact| view! { <p><ContactLine contact /></p> })}
            <p>{lang.cookies()}</p>
        </footer>
    }
}

#[component]
fn ContactLine(contact: Contact) -> impl IntoView {
    let lang = Lang::current();
    let (words, href, label) = match contact {
        Contact::Mail(address) => (lang.contact(), format!("mailto:{address}"), address.to_string()),
        Contact::Page(url) => (lang.contact_page(), url.to_string(), lang.contact_page_link().to_owned()),
    };
    view! { {words} " " <a href=href>{label}</a> }
}
