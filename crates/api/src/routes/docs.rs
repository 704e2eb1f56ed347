//! `/openapi.json` and `/docs`: the description of the api, for programs and for people. `api.docs: false` hides both.

use std::sync::{Arc, OnceLock};

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

/// The description, and its page in each language, which is made when somebody first asks for it: few ever do.
struct Description {
    json: Bytes,
    service: String,
    origin: String,
    french: OnceLock<Bytes>,
    english: OnceLock<Bytes>,
}

impl Description {
    fn page(&self, in_english: bool) -> Bytes {
        let page = if in_english { &self.english } else { &self.french };
        let made = page.get_or_init(|| {
            let value = serde_json::from_slice(&self.json).unwrap_or_default();
            docs::page(&value, Head { service: &self.service, origin: &self.origin, in_english }).into()
        });
        made.clone()
    }
}

/// The two routes of a description.
pub(crate) fn router(description: &OpenApi, state: &AppState) -> Router<AppState> {
    let description = Arc::new(Description {
        json: description.to_json().unwrap_or_default().into(),
        service: state.presentation.title.clone(),
        origin: state.oauth2.provider.redirect_uri.origin().ascii_serialization(),
        french: OnceLock::new(),
        english: OnceLock::new(),
    });
    let json = description.json.clone();
    let show = async move |Query(chosen): Query<Chosen>, headers: HeaderMap| {
        let in_english = match chosen.lang.as_deref() {
            Some("en") => true,
            Some("fr") => false,
            _ => prefers_english(&headers),
        };
        let html_type = HeaderValue::from_static("text/html; charset=utf-8");
        (
            [(CONTENT_TYPE, html_type), (CONTENT_SECURITY_POLICY, policy(docs::STYLE))],
            description.page(in_english),
        )
    };
    let json_type = HeaderValue::from_static("application/json");
    Router::new()
        .route(path::OPENAPI, get(async move || ([(CONTENT_TYPE, json_type)], json)))
        .route(path::DOCS, get(show))
}
