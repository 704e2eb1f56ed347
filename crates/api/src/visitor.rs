//! Who a page is for.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use service::language;
use service::request::RequestId;
use service::settings::Presentation;

use crate::page::Frame;

/// Somebody in a browser, who is shown a page.
#[derive(Clone, Debug)]
pub struct Visitor {
    in_english: bool,
    request_id: String,
}

impl Visitor {
    /// What their page has around its message.
    pub(crate) fn frame<'a>(&'a self, presentation: &'a Presentation) -> Frame<'a> {
        Frame { presentation, in_english: self.in_english, request_id: &self.request_id }
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let id = parts.extensions.get::<RequestId>();
        let request_id = id.map(|id| id.as_str().to_owned()).unwrap_or_default();
        Ok(Self { in_english: prefers_english(&parts.headers), request_id })
    }
}

/// Whether a browser asks for English rather than for French.
pub(crate) fn prefers_english(headers: &HeaderMap) -> bool {
    let wanted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    wanted.is_some_and(language::prefers_english)
}
