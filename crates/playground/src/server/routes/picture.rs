//! The operator's ProConnect logo.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use crate::pages::refusal::Refusal;
use crate::server::state::Shared;
use crate::text::Lang;

pub(in crate::server) async fn show(State(state): State<Shared>, lang: Lang) -> Response {
    let Some(logo) = state.logo.clone() else {
        return state.refuse(lang, Refusal::NotFound).await;
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(logo.content_type)),
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
        // An SVG that is opened by itself is a document, and may hold scripts.
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        ),
    ];
    (headers, logo.bytes).into_response()
}
