//! What all pages of one server have in common.

use std::sync::Arc;

use leptos::prelude::*;
use service::settings::Presentation;
use url::Url;

use crate::datum::Datum;

/// What all pages of one server have in common.
#[derive(Clone, Debug)]
pub struct Site {
    /// The service's name, and where people ask for help.
    pub presentation: Presentation,
    /// What is to be told to everybody who comes to log in.
    pub announce: Option<String>,
    /// The pages that the footer links to.
    pub links: Links,
    /// How far the pages comply with the French rules for accessibility.
    pub accessibility: Accessibility,
    /// What ProConnect is asked for and the api keeps.
    pub data: Vec<Datum>,
    /// The path of the operator's ProConnect logo.
    pub proconnect_logo: Option<Arc<str>>,
    /// The path of the style sheet.
    pub stylesheet: Arc<str>,
    /// The path of the islands' script.
    pub script: Arc<str>,
    /// The path of the islands' WASM.
    pub wasm: Arc<str>,
}

/// Pages that the operator has elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Who publishes the site: « Mentions légales ».
    pub legal_notice: Option<Url>,
    /// What becomes of personal data.
    pub privacy: Option<Url>,
    /// The declaration of accessibility.
    pub accessibility: Option<Url>,
    /// Whether the service works at the moment.
    pub status: Option<Url>,
}

/// How far the pages comply with the RGAA. Every public site has to say so, on every page (décret n° 2019-768, article 6);
/// a site that was not audited does not comply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Accessibility {
    /// Not at all, or nobody has audited it.
    #[default]
    None,
    /// Half of the criteria or more.
    Partial,
    /// All criteria.
    Full,
}

/// The site, from the context of the page that is being rendered.
#[must_use]
pub fn use_site() -> Arc<Site> {
    expect_context()
}
