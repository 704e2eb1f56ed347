//! The few pages the api itself shows to somebody in a browser. Plain HTML, no script, nothing to fetch.

use std::sync::LazyLock;

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// A page that says what happened, in French and in English, and where to go.
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
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

pub(crate) fn render(page: &Page, request_id: &str) -> Response {
    let restart = match &page.restart {
        Some(url) => format!(
            "<p><a href=\"{}\">Recommencer <span lang=\"en\">/ Start again</span></a></p>",
            escape(url)
        ),
        None => "<p>Fermez cette page, rouvrez l’application et recommencez.</p>\n\
                 <p lang=\"en\">Close this page, open the application again and start over.</p>"
            .to_owned(),
    };
    let html = format!(
        "<!doctype html>\n<html lang=\"fr\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{french}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>{french}</h1>\n<p lang=\"en\">{english}</p>\n{restart}\n\
         <p class=\"reference\">Référence : <code>{request_id}</code></p>\n</main>\n</body>\n</html>\n",
        french = page.french,
        english = page.english,
    );
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, POLICY.clone()),
    ];
    (headers, html).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
