//! Checks the host that a request names.

use axum::http::HeaderMap;
use axum::http::header::HOST;

/// Whether a request names this authority (host, and port unless it is the scheme's default). A proxy puts the host that the
/// browser named into `X-Forwarded-Host`. Only the place where a login begins depends on this, so a client that sends a false
/// value only redirects itself. A request without a host is accepted.
#[must_use]
pub fn is_asked_for_on(headers: &HeaderMap, authority: &str) -> bool {
    let forwarded = headers.get("x-forwarded-host").or_else(|| headers.get(HOST));
    let asked = forwarded.and_then(|value| value.to_str().ok()).and_then(|value| value.split(',').next());
    asked.is_none_or(|asked| asked.trim().eq_ignore_ascii_case(authority))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn on(headers: &[(&'static str, &'static str)]) -> bool {
        let pairs = headers.iter().map(|(name, value)| {
            (axum::http::HeaderName::from_static(name), HeaderValue::from_static(value))
        });
        is_asked_for_on(&pairs.collect(), "app.gouv.fr")
    }

    #[test]
    fn the_browsers_own_words_count() {
        assert!(on(&[("host", "app.gouv.fr")]) && on(&[("host", "APP.gouv.fr")]) && on(&[]));
        assert!(!on(&[("host", "127.0.0.1:3000")]) && !on(&[("host", "app.gouv.fr:8443")]));
        assert!(on(&[("host", "10.0.0.7:3000"), ("x-forwarded-host", "app.gouv.fr")]));
        assert!(!on(&[("host", "app.gouv.fr"), ("x-forwarded-host", "old.gouv.fr, app.gouv.fr")]));
    }
}
