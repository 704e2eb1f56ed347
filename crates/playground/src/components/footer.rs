//! The bottom of every page: what the law asks for, whom to ask, and the other language.

use leptos::prelude::*;
use url::Url;

use super::contact_line::ContactLine;
use crate::notice::Notice;
use crate::site::{Accessibility, use_site};
use crate::text::Lang;

/// The bottom of every page.
#[component]
pub fn Footer(
    /// What the page tells, to be told in the other language as well.
    notice: Option<Notice>,
) -> impl IntoView {
    let site = use_site();
    let lang = Lang::current();
    let links = &site.links;
    let accessibility = match site.accessibility {
        Accessibility::None => lang.accessibility_none(),
        Accessibility::Partial => lang.accessibility_partial(),
        Accessibility::Full => lang.accessibility_full(),
    };
    let items = [
        item(links.legal_notice.as_ref(), lang.legal_notice()),
        item(links.privacy.as_ref(), lang.privacy()),
        item(links.accessibility.as_ref(), accessibility)
            .or_else(|| Some(view! { <li>{accessibility}</li> }.into_any())),
        item(links.status.as_ref(), lang.service_status()),
    ];
    view! {
        <footer class="bottom">
            {site.presentation.contact.clone().map(|contact| view! { <ContactLine contact /> })}
            <ul>{items.into_iter().flatten().collect_view()}</ul>
            <p>{lang.cookies()}</p>
            <LanguageSwitch notice />
        </footer>
    }
}

fn item(url: Option<&Url>, words: &'static str) -> Option<AnyView> {
    url.map(|url| view! { <li><a href=url.to_string()>{words}</a></li> }.into_any())
}

/// A form, because it changes something: a link would let any site change somebody's language.
#[component]
fn LanguageSwitch(notice: Option<Notice>) -> impl IntoView {
    let other = Lang::current().other();
    view! {
        <form class="language" method="post" action="/language" lang=other.code()>
            {notice.map(|notice| view! { <input type="hidden" name="notice" value=notice.code() /> })}
            <button class="plain" name="language" value=other.code()>{other.name_of_itself()}</button>
        </form>
    }
}
