//! The few pages the api itself shows to somebody in a browser. Plain HTML, no script, nothing to fetch.

use std::sync::LazyLock;

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use service::settings::{Contact, Presentation};
use sha2::{Digest as _, Sha256};

/// A page that says what happened and where to go, in French or in English.
#[derive(Clone, Debug)]
pub struct Page {
    /// What happened, in French; also the page's title.
    pub french: &'static str,
    /// The same in English.
    pub english: &'static str,
    /// Where to start again, an URL that was checked.
    pub restart: Option<String>,
}

const STYLE: &str = include_str!("page.css");

/// Nothing may be loaded or run; the one style is known by its hash.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| policy(STYLE));

/// The policy of a page that has one style and nothing else to load or run.
pub(crate) fn policy(style: &str) -> HeaderValue {
    let hash = STANDARD.encode(Sha256::digest(style));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// What every page of the api has around its message.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The service's name, and where people ask for help.
    pub presentation: &'a Presentation,
    /// Whether the browser asks for English.
    pub in_english: bool,
    /// What the logs know this request by.
    pub request_id: &'a str,
}

pub(crate) fn render(page: &Page, frame: Frame<'_>) -> Response {
    let in_language = |french: &'static str, english: &'static str| {
        if frame.in_english { english } else { french }
    };
    let (lang, message) = (in_language("fr", "en"), in_language(page.french, page.english));
    let restart = match &page.restart {
        Some(url) => format!("<a href=\"{}\">{}</a>", escape(url), in_language("Recommencer", "Start again")),
        None => in_language(
            "Fermez cette page, rouvrez l’application et recommencez.",
            "Close this page, open the application again and start over.",
        )
        .to_owned(),
    };
    let contact = frame.presentation.contact.as_ref().map(|contact| {
        let (words, label) = match contact {
            Contact::Mail(address) => {
                (in_language("Besoin d’aide\u{202f}? Écrivez à", "Need help? Write to"), &**address)
            }
            Contact::Page(_) => (
                in_language("Besoin d’aide\u{202f}?", "Need help?"),
                in_language("Contactez l’assistance", "Contact support"),
            ),
        };
        format!("<p>{words} <a href=\"{}\">{}</a></p>\n", escape(&contact.href()), escape(label))
    });
    let html = format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{message} – {service}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <header><p>{service}</p></header>\n<main>\n<h1>{message}</h1>\n<p>{restart}</p>\n{contact}\
         <p class=\"reference\">{reference} <code>{request_id}</code></p>\n</main>\n</body>\n</html>\n",
        service = escape(&frame.presentation.title),
        contact = contact.unwrap_or_default(),
        reference = in_language("Référence\u{a0}:", "Reference:"),
        request_id = frame.request_id,
    );
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, POLICY.clone()),
    ];
    (headers, html).into_response()
}

/// Text as HTML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
