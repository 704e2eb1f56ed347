//! `POST /language`: the pages speak another language from now on.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::http::header::REFERER;
use axum::response::Response;
use serde::Deserialize;
use service::cookies::Cookies;
use url::Url;

use crate::notice::Notice;
use crate::server::session::ReturnPath;
use crate::server::state::Shared;
use crate::server::web::page::see_other;
use crate::text::Lang;

/// Where that is.
pub(crate) const PATH: &str = "/language";

/// What the form sends.
#[derive(Default, Deserialize)]
pub(crate) struct Chosen {
    /// The code of the language.
    #[serde(default)]
    language: String,
    /// The code of the notice on the page, which is shown once and has to be told again.
    #[serde(default)]
    notice: String,
}

/// Remembers the language, and shows the page again.
pub(in crate::server) async fn choose(
    State(state): State<Shared>,
    cookies: Cookies,
    headers: HeaderMap,
    chosen: Result<Form<Chosen>, FormRejection>,
) -> Response {
    let Form(chosen) = chosen.unwrap_or_default();
    if let Some(lang) = Lang::parse(&chosen.language) {
        state.language.set(&cookies, lang);
    }
    if let Some(notice) = Notice::parse(&chosen.notice) {
        state.flash.set(&cookies, notice);
    }
    let referer = headers.get(REFERER).and_then(|value| value.to_str().ok());
    let page = referer.and_then(|url| Url::parse(url).ok()).filter(|url| {
        // Only a path of ours: the browser may have come by another name of this host.
        matches!(url.scheme(), "http" | "https")
    });
    see_other(ReturnPath::shown(page.as_ref().map_or("/", Url::path)).as_str())
}
