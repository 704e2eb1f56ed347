//! The top of every page: the service, and for those who are logged in their name, the way out and the navigation.

use leptos::prelude::*;

use crate::islands::logout_button::LogoutButton;
use crate::place::Place;
use crate::site::use_site;
use crate::text::Lang;

/// Somebody who is logged in, and where on the site they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// The agent's name, when it is known.
    pub name: Option<String>,
    /// The page that is shown, when it is one of the navigation.
    pub place: Option<Place>,
}

/// The top of every page.
#[component]
pub fn Header(
    /// Who is logged in.
    member: Option<Member>,
) -> impl IntoView {
    let site = use_site();
    view! {
        <header class="top">
            <a class="brand" href="/">
                <svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
                    <rect width="32" height="32" rx="7" />
                    <path d="M5 20h22M7 20c0-6 4-9 9-9s9 3 9 9M12 20v-8M20 20v-8" />
                </svg>
                <span>{site.presentation.title.clone()}</span>
            </a>
            {member.map(|Member { name, place }| view! {
                <div class="member">
                    {name.map(|name| view! { <span class="who">{name}</span> })}
                    <LogoutButton />
                </div>
                <Navigation place />
            })}
        </header>
    }
}

#[component]
fn Navigation(place: Option<Place>) -> impl IntoView {
    let lang = Lang::current();
    let links = Place::ALL.map(|there| {
        let current = (place == Some(there)).then_some("page");
        view! { <li><a href=there.path() aria-current=current>{there.name(lang)}</a></li> }
    });
    view! {
        <nav class="places" aria-label=lang.navigation()>
            <ul>{links}</ul>
        </nav>
    }
}
