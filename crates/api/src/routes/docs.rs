//! `/openapi.json` and `/docs`: the description of the api, for programs and for people. `api.docs: false` hides both.

use axum::Router;
use axum::body::Bytes;
use axum::extract::Query;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::routing::get;
use contract::path;
use serde::Deserialize;
use utoipa::openapi::OpenApi;

use crate::docs::{self, Head};
use crate::page::policy;
use crate::state::AppState;
use crate::visitor::prefers_english;

/// The language that somebody chose on the page.
#[derive(Deserialize)]
struct Chosen {
    lang: Option<String>,
}

/// The two routes of a description.
pub(crate) fn router(description: &OpenApi, state: &AppState) -> Router<AppState> {
    // A handler is copied for each request; what it answers is not.
    let json = Bytes::from(description.to_json().unwrap_or_default());
    let value = serde_json::to_value(description).unwrap_or_default();
    let origin = state.oauth2.provider.redirect_uri.origin().ascii_serialization();
    let page = |in_english| {
        docs::page(&value, Head { service: &state.presentation.title, origin: &origin, in_english })
    };
    let [french, english] = [false, true].map(|in_english| Bytes::from(page(in_english)));
    let show = async move |Query(chosen): Query<Chosen>, headers: HeaderMap| {
        let in_english = match chosen.lang.as_deref() {
            Some("en") => true,
            Some("fr") => false,
            _ => prefers_english(&headers),
        };
        let html = if in_english { english } else { french };
        let html_type = HeaderValue::from_static("text/html; charset=utf-8");
        ([(CONTENT_TYPE, html_type), (CONTENT_SECURITY_POLICY, policy(docs::STYLE))], html)
    };
    let json_type = HeaderValue::from_static("application/json");
    Router::new()
        .route(path::OPENAPI, get(async move || ([(CONTENT_TYPE, json_type)], json)))
        .route(path::DOCS, get(show))
}
