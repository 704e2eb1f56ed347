//! Refuses what another site made the browser send.

use axum::extract::{Request, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;

use crate::pages::refusal::Refusal;
use crate::server::state::Shared;
use crate::text::Lang;

/// Passes requests that only read, and requests from our own pages.
pub(crate) async fn check(State(state): State<Shared>, lang: Lang, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || is_ours(request.headers(), state.public_url.as_str()) {
        return next.run(request).await;
    }
    tracing::warn!("a request from another site was refused");
    state.refuse(lang, Refusal::Forbidden).await
}

/// Whether a request comes from our own pages. `Sec-Fetch-Site` and `Origin` must both agree when they are
/// there. `Origin: null` says nothing (some proxies and old pages make browsers send it), so it needs
/// `Sec-Fetch-Site` beside it. A request with neither is from no browser: every browser sends
/// `Origin` with a post.
fn is_ours(headers: &HeaderMap, origin: &str) -> bool {
    let text = |value: &HeaderValue| value.to_str().map(str::to_owned).unwrap_or_default();
    let site = headers.get("sec-fetch-site").map(text);
    let sender = headers.get(ORIGIN).map(text);
    let site_agrees = site.as_deref().is_none_or(|site| site == "same-origin");
    let sender_agrees = match sender.as_deref() {
        None => true,
        Some("null") => site.is_some(),
        Some(sender) => sender == origin,
    };
    site_agrees && sender_agrees
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(site: Option<&'static str>, origin: Option<&'static str>) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
            if let Some(value) = value {
                headers.insert(name, HeaderValue::from_static(value));
            }
        }
        is_ours(&headers, "https://app.gouv.fr")
    }

    #[test]
    fn our_own_pages_may_post() {
        assert!(ours(Some("same-origin"), Some("https://app.gouv.fr")));
        assert!(ours(Some("same-origin"), Some("null")));
        assert!(ours(Some("same-origin"), None));
        assert!(ours(None, Some("https://app.gouv.fr")));
        assert!(ours(None, None));
    }

    #[test]
    fn other_sites_may_not() {
        assert!(!ours(Some("cross-site"), Some("https://evil.example")));
        assert!(!ours(Some("cross-site"), Some("null")));
        assert!(!ours(Some("same-site"), Some("https://other.gouv.fr")));
        assert!(!ours(Some("none"), None));
        assert!(!ours(Some("cross-site"), Some("https://app.gouv.fr")));
        assert!(!ours(Some("same-origin"), Some("https://evil.example")));
        assert!(!ours(None, Some("null")));
        assert!(!ours(None, Some("http://app.gouv.fr")));
        assert!(!ours(None, Some("https://app.gouv.fr.evil.example")));
        assert!(!ours(None, Some("https://app.gouv.fr:8443")));
        assert!(!ours(None, Some("")));
    }
}
