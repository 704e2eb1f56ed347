//! Which keys the list shows, and which page of them: plain links.

use leptos::prelude::*;

use crate::text::Lang;

/// Which keys are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// Whatever became of them.
    #[default]
    All,
    /// Those that let somebody in.
    Active,
    /// Those whose time is over.
    Expired,
    /// Those that were ended before.
    Revoked,
}

impl Filter {
    const EACH: [Self; 4] = [Self::All, Self::Active, Self::Expired, Self::Revoked];

    /// The word for it in a query, the page's and the api's.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// The filter of a word; all keys when there is none.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        Self::EACH.into_iter().find(|filter| filter.word() == word).unwrap_or_default()
    }

    fn words(self, lang: Lang) -> &'static str {
        match self {
            Self::All => lang.keys_all(),
            Self::Active => lang.keys_active(),
            Self::Expired => lang.keys_expired(),
            Self::Revoked => lang.keys_revoked(),
        }
    }

    /// Where a page of the list is, the first being 1.
    #[must_use]
    pub fn path(self, page: i64) -> String {
        match (self, page) {
            (Self::All, ..=1) => "/keys".to_owned(),
            (Self::All, _) => format!("/keys?page={page}"),
            (_, ..=1) => format!("/keys?status={}", self.word()),
            _ => format!("/keys?status={}&page={page}", self.word()),
        }
    }
}

/// The links that choose which keys are shown.
#[component]
pub fn FilterLinks(
    /// The present choice.
    filter: Filter,
) -> impl IntoView {
    let lang = Lang::current();
    let links = Filter::EACH.map(|each| {
        let current = (each == filter).then_some("page");
        view! { <li><a href=format!("{}#list", each.path(1)) aria-current=current>{each.words(lang)}</a></li> }
    });
    view! {
        <nav class="filter" aria-label=lang.key_filter()>
            <ul>{links}</ul>
        </nav>
    }
}

/// The links to the pages before and after, when there is more than one.
#[component]
pub fn Pager(
    /// The present choice.
    filter: Filter,
    /// This page, the first being 1.
    page: i64,
    /// How many there are.
    pages: i64,
) -> impl IntoView {
    let lang = Lang::current();
    let link = |page, words| view! { <a href=format!("{}#list", filter.path(page))>{words}</a> };
    (pages > 1).then(|| {
        view! {
            <nav class="pager" aria-label=lang.pages_of_keys()>
                {(page > 1).then(|| link(page - 1, lang.previous_page()))}
                <span>{lang.page_of(page, pages)}</span>
                {(page < pages).then(|| link(page + 1, lang.next_page()))}
            </nav>
        }
    })
}
