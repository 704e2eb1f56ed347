//! What happens around every request: its id, its line in the logs, the headers of its answer.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::Request;
use axum::http::header::{ACCEPT, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use super::problem::Problem;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Tells the processes apart, so that request ids are unique among replicas.
static PROCESS: LazyLock<u32> = LazyLock::new(|| {
    let mut bytes = [0; 4];
    // Without random bytes ids may repeat after a restart; nothing else depends on them.
    let _ = getrandom::fill(&mut bytes);
    u32::from_ne_bytes(bytes)
});
static COUNT: AtomicU64 = AtomicU64::new(0);

/// Gives the request an id, and errors their final form.
pub async fn follow(request: Request, next: Next) -> Response {
    let id = format!("{:08x}{:08x}", *PROCESS, COUNT.fetch_add(1, Ordering::Relaxed));
    let accepts_html = accepts_html(request.headers());
    let span = tracing::info_span!("request", id, method = %request.method(), path = request.uri().path());
    async move {
        let started = Instant::now();
        let mut response = next.run(request).await;
        if let Some(problem) = problem_of(&mut response) {
            // What a route set besides, such as cookies and `Allow`, stays.
            let plain = std::mem::replace(&mut response, problem.render(&id, accepts_html));
            let rendered = response.headers_mut();
            for (name, value) in plain.headers() {
                if !rendered.contains_key(name) || name == axum::http::header::SET_COOKIE {
                    rendered.append(name, value.clone());
                }
            }
            rendered.remove(axum::http::header::CONTENT_LENGTH);
        }
        tracing::debug!(
            status = response.status().as_u16(),
            micros = started.elapsed().as_micros(),
            "answered"
        );
        let headers = response.headers_mut();
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        if let Ok(id) = HeaderValue::try_from(id) {
            headers.insert(X_REQUEST_ID, id);
        }
        response
    }
    .instrument(span)
    .await
}

/// The error that an answer stands for: one of our own, or a bare status of the framework.
fn problem_of(response: &mut Response) -> Option<Problem> {
    let (status, bare) = (response.status(), !response.headers().contains_key(CONTENT_TYPE));
    let ours = response.extensions_mut().remove::<Problem>();
    ours.or_else(|| {
        ((status.is_client_error() || status.is_server_error()) && bare).then(|| Problem::bare(status))
    })
}

/// Whether somebody in a browser is asking. `*/*` alone is what programs send.
fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"))
}
