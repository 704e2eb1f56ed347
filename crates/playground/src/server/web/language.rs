use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use service::cookies::Cookies;
use service::language::prefers_english;

use crate::server::state::Shared;
use crate::text::Lang;

/// The language that somebody chose here, else the one that the browser asks for.
impl FromRequestParts<Shared> for Lang {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Infallible> {
        let chosen = parts.extensions.get::<Cookies>().and_then(|cookies| state.language.get(cookies));
        let header = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let asked = || if prefers_english(header.unwrap_or_default()) { Self::En } else { Self::Fr };
        Ok(chosen.unwrap_or_else(asked))
    }
}
