//! The few pages the api itself shows to somebody in a browser. Plain HTML, no script, nothing to fetch.

use std::sync::LazyLock;

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
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
/// The same, for a page with a form.
static POLICY_WITH_FORM: LazyLock<HeaderValue> = LazyLock::new(|| policy_with(STYLE, "'self'"));

/// The policy of a page that has one style and nothing else to load or run.
pub(crate) fn policy(style: &str) -> HeaderValue {
    policy_with(style, "'none'")
}

/// The same, with where its forms may go.
fn policy_with(style: &str, forms: &str) -> HeaderValue {
    let hash = STANDARD.encode(Sha256::digest(style));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
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

impl Frame<'_> {
    /// The words in the language of the page.
    pub(crate) fn says<'w>(&self, french: &'w str, english: &'w str) -> &'w str {
        if self.in_english { english } else { french }
    }
}

/// What a page has between its frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content<'a> {
    /// The heading, which is also the page's title.
    pub(crate) title: &'a str,
    /// What follows it, in HTML.
    pub(crate) body: String,
    /// Where the browser goes on to by itself: a page and no redirect, because a policy of the page before, for its forms, would apply to
    /// every hop of one.
    pub(crate) leads_to: Option<&'a str>,
    /// Whether there is a form, which goes to the same host.
    pub(crate) has_form: bool,
    /// Whether the person did not get what they came for.
    pub(crate) is_refusal: bool,
}

pub(crate) fn render(page: &Page, frame: Frame<'_>) -> Response {
    let restart = match &page.restart {
        Some(url) => {
            format!("<a href=\"{}\">{}</a>", escape(url), frame.says("Recommencer", "Start again"))
        }
        None => frame
            .says(
                "Fermez cette page, rouvrez l’application et recommencez.",
                "Close this page, open the application again and start over.",
            )
            .to_owned(),
    };
    let title = frame.says(page.french, page.english);
    let body = format!("<p>{restart}</p>\n");
    show(&Content { title, body, is_refusal: true, ..Content::default() }, frame)
}

/// A page as an answer.
pub(crate) fn show(content: &Content<'_>, frame: Frame<'_>) -> Response {
    let Content { title, body, leads_to, has_form, is_refusal } = content;
    let contact = if *is_refusal { frame.presentation.help() } else { frame.presentation.contact.clone() };
    let contact = contact.map(|contact| {
        let (words, label) = match &contact {
            Contact::Mail(address) => {
                (frame.says("Besoin d’aide\u{202f}? Écrivez à", "Need help? Write to"), &**address)
            }
            Contact::Page(_) => (
                frame.says("Besoin d’aide\u{202f}?", "Need help?"),
                frame.says("Contactez l’assistance", "Contact support"),
            ),
        };
        format!("<p>{words} <a href=\"{}\">{}</a></p>\n", escape(&contact.href()), escape(label))
    });
    let leads_to =
        leads_to.map(|url| format!("<meta http-equiv=\"refresh\" content=\"0; url={}\">\n", escape(url)));
    let html = format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n{leads_to}\
         <title>{title} – {service}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <header><p>{service}</p></header>\n<main>\n<h1>{title}</h1>\n{body}{contact}\
         <p class=\"reference\">{reference} <code>{request_id}</code></p>\n</main>\n</body>\n</html>\n",
        lang = frame.says("fr", "en"),
        title = escape(title),
        leads_to = leads_to.unwrap_or_default(),
        service = escape(&frame.presentation.title),
        contact = contact.unwrap_or_default(),
        reference = frame.says("Référence\u{a0}:", "Reference:"),
        request_id = frame.request_id,
    );
    // Browsers send the origin of a form's page only where the policy for referrers lets them.
    let (policy, referrer) =
        if *has_form { (&POLICY_WITH_FORM, "same-origin") } else { (&POLICY, "no-referrer") };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, (*policy).clone()),
        (REFERRER_POLICY, HeaderValue::from_static(referrer)),
    ];
    (headers, html).into_response()
}

/// Text as HTML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
