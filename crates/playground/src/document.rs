//! The frame around every page.

#![expect(clippy::must_use_candidate, reason = "the view macro uses what a component returns")]

use leptos::config::LeptosOptions;
use leptos::prelude::*;

use crate::components::footer::Footer;
use crate::components::header::{Header, Member};
use crate::components::scripts::Scripts;
use crate::notice::{Notice, Severity};
use crate::site::use_site;
use crate::text::Lang;

/// A whole document.
#[component]
pub fn Document(
    /// The page's own title; the service's name is added.
    #[prop(into)]
    title: String,
    /// What happened just before, when the page tells it: the title then begins with it, and a change of the language
    /// does not lose it.
    #[prop(default = None)]
    notice: Option<Notice>,
    /// Who is logged in, on the pages of those who are.
    #[prop(default = None)]
    member: Option<Member>,
    /// Where the browser goes on to by itself, at once.
    #[prop(optional)]
    onward: Option<String>,
    /// Whether the content has an island and needs its script; a page with a member always does.
    #[prop(optional)]
    islands: bool,
    /// The content of the page.
    children: Children,
) -> impl IntoView {
    let site = use_site();
    let lang = Lang::current();
    // Nothing but islands is ever hydrated, so nothing else needs the markers of hydration.
    if let Some(context) = Owner::current_shared_context() {
        context.set_is_hydrating(false);
    }
    let title = told(lang, title, notice) + " - " + &site.presentation.title;
    let has_islands = islands || member.is_some();

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
                <link rel="stylesheet" href=site.stylesheet.to_string() />
                {has_islands.then(|| view! { <Scripts /> })}
                {use_context::<LeptosOptions>().map(|options| view! { <AutoReload options /> })}
            </head>
            <body>
                <a class="skip" href="#content">{lang.skip_link()}</a>
                <Header member />
                <main id="content" tabindex="-1">{children()}</main>
                <Footer notice />
            </body>
        </html>
    }
}

/// The title of a page, which says first when something went wrong.
fn told(lang: Lang, title: String, notice: Option<Notice>) -> String {
    match notice {
        Some(notice) if notice.severity() == Severity::Error => {
            format!("{}{}", lang.error_prefix(), notice.message(lang))
        }
        Some(notice) if notice.severity() == Severity::Warning => notice.message(lang).to_owned(),
        _ => title,
    }
}

/// A footbridge, as a picture that needs no request.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E\
    %3Crect width='32' height='32' rx='7' fill='%230f5c63'/%3E\
    %3Cpath d='M5 20h22M7 20c0-6 4-9 9-9s9 3 9 9M12 20v-8M20 20v-8' fill='none' stroke='%23fff' \
    stroke-width='2.4' stroke-linecap='round'/%3E%3C/svg%3E";
