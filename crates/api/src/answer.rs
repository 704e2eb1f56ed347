//! What every answer gets on its way out: errors their final form, and headers that no route need remember.

use std::sync::{Arc, OnceLock};

use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, REFERRER_POLICY, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use service::request::RequestId;

use crate::page::Frame;
use crate::problem::Problem;
use crate::state::AppState;
use crate::visitor::prefers_english;

/// The header that says when a key ends.
const X_TOKEN_EXPIRES: &str = "x-token-expires";

/// When the key of a request ends, if that is soon: noted while the request is answered, and said in every answer.
#[derive(Clone, Debug, Default)]
pub struct KeyEnd(Arc<OnceLock<i64>>);

impl KeyEnd {
    /// Notes it.
    pub fn note(&self, expires: i64) {
        self.0.get_or_init(|| expires);
    }
}

/// A middleware: renders errors, and keeps every answer out of caches unless it says otherwise.
pub async fn complete(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let accepts_html = accepts_html(request.headers());
    let in_english = accepts_html && prefers_english(request.headers());
    let key_end = KeyEnd::default();
    request.extensions_mut().insert(key_end.clone());
    let mut response = next.run(request).await;
    if let Some(problem) = problem_of(&mut response) {
        let request_id = id.as_ref().map(RequestId::as_str).unwrap_or_default();
        // What a route set besides, such as cookies and `Allow`, stays.
        let frame = Frame { presentation: &state.presentation, in_english, request_id };
        let plain = std::mem::replace(&mut response, problem.render(frame, accepts_html));
        let rendered = response.headers_mut();
        for (name, value) in plain.headers() {
            if !rendered.contains_key(name) || name == SET_COOKIE {
                rendered.append(name, value.clone());
            }
        }
        rendered.remove(CONTENT_LENGTH);
    }
    let headers = response.headers_mut();
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    if let Some(expires) = key_end.0.get() {
        headers.insert(X_TOKEN_EXPIRES, HeaderValue::from(*expires));
    }
    response
}

/// The error behind an answer: one of our own, or a bare status of the framework.
fn problem_of(response: &mut Response) -> Option<Problem> {
    let (status, is_bare) = (response.status(), !response.headers().contains_key(CONTENT_TYPE));
    let ours = response.extensions_mut().remove::<Problem>();
    ours.or_else(|| {
        ((status.is_client_error() || status.is_server_error()) && is_bare).then(|| Problem::bare(status))
    })
}

/// Whether a browser is asking. Programs send `*/*`.
pub(crate) fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"))
}
