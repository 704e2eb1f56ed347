//! What both servers do for every request: give it an id and a span for its log lines, and log one line when it is answered.
//!
//! A log line names the route's template (`/v1/keys/{id}`), never the path or the query that the client sent: these may
//! contain tokens, codes and e-mail addresses.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

pub use crate::client::X_REQUEST_ID;
use crate::client_address::Proxies;
use crate::{random, spans, traces};

/// The route in the log for a request that matches no route.
pub const NO_ROUTE: &str = "other";
/// The names of methods in the log.
pub const METHODS: [&str; 10] =
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", OTHER];

/// An invented method in the log.
const OTHER: &str = "other";

/// How long a name may be that a request comes with: a UUID and the `$request_id` of nginx fit.
const GIVEN_LENGTH: RangeInclusive<usize> = 8..=64;

/// Identifies this process, so that ids are unique among replicas.
static PROCESS: LazyLock<u32> = LazyLock::new(|| {
    // Without random bytes, ids may repeat after a restart; nothing else depends on them.
    random::bytes().map(u32::from_ne_bytes).unwrap_or_default()
});
static COUNT: AtomicU64 = AtomicU64::new(0);

/// The id of a request: in its log lines, in its answer, and in the extensions of the request. A request that a trusted proxy
/// or the playground has named keeps that name, so that one id leads through all logs.
#[derive(Clone, Debug)]
pub struct RequestId(Arc<str>);

impl RequestId {
    fn next() -> Self {
        Self(format!("{:08x}{:08x}", *PROCESS, COUNT.fetch_add(1, Ordering::Relaxed)).into())
    }

    /// The name that the request came with, if it comes from somebody who may name it.
    fn given(request: &Request, proxies: &Proxies) -> Option<Self> {
        let mut values = request.headers().get_all(X_REQUEST_ID).iter();
        let (value, None) = (values.next()?, values.next()) else { return None };
        let is_well_formed = |text: &&str| {
            GIVEN_LENGTH.contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        let text = value.to_str().ok().filter(is_well_formed)?;
        proxies.trusts_peer(request.extensions()).then(|| Self(text.into()))
    }

    /// 16 hexadecimal digits, or the name that the request came with.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A request that was answered.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// The route's template, or `other`.
    pub route: &'a str,
    /// One of nine methods, or `other`.
    pub method: &'static str,
    /// The status of the answer.
    pub status: u16,
    /// How long it took.
    pub took: Duration,
}

/// A middleware that gives the request its id and its span, logs its answer, and tells `tell` about it. It must be the
/// outermost one.
pub async fn follow(
    mut request: Request,
    next: Next,
    proxies: &Proxies,
    tell: impl FnOnce(Answered<'_>),
) -> Response {
    let id = RequestId::given(&request, proxies).unwrap_or_else(RequestId::next);
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    let method = known(request.method());
    let span = tracing::info_span!("request", id = id.as_str(), method, route);
    let traced = traced(&request, &id, method, matched.as_ref().map(MatchedPath::as_str), proxies);
    request.extensions_mut().insert(id.clone());
    async {
        let started = Instant::now();
        let mut response = next.run(request).instrument(traced.clone()).await;
        let (status, took) = (response.status().as_u16(), started.elapsed());
        traced.record("http.response.status_code", i64::from(status));
        if status >= 500 {
            traced.record("error.type", response.status().as_str()).record("otel.status_code", "ERROR");
        }
        traces::end(&traced);
        tracing::debug!(status, micros = took.as_micros(), "answered");
        tell(Answered { route, method, status, took });
        if let Ok(id) = HeaderValue::from_str(&id.0) {
            response.headers_mut().insert(X_REQUEST_ID, id);
        }
        response
    }
    .instrument(span)
    .await
}

/// The span of a request for a collector of traces. It belongs to the trace that the request names, if it comes from somebody
/// who may name the request.
fn traced(
    request: &Request,
    id: &RequestId,
    method: &'static str,
    route: Option<&str>,
    proxies: &Proxies,
) -> Span {
    // As OpenTelemetry names what has no name.
    let (method, name) = if method == OTHER { ("_OTHER", "HTTP") } else { (method, method) };
    let span = tracing::info_span!(
        target: spans::TARGET,
        "request",
        "otel.name" = format!("{name} {}", route.unwrap_or_default()).trim_end(),
        "otel.kind" = "server",
        "otel.status_code" = Empty,
        "error.type" = Empty,
        "http.request.method" = method,
        "http.route" = route,
        "http.response.status_code" = Empty,
        "passerelle.request_id" = id.as_str(),
    );
    if !span.is_disabled() && proxies.trusts_peer(request.extensions()) {
        traces::adopt(&span, request.headers());
    }
    span
}

/// The name of a method, or a fixed string when the client invented the method.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::CONNECT => "CONNECT",
        Method::TRACE => "TRACE",
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::body::Body;
    use axum::extract::ConnectInfo;

    use super::*;
    use crate::client::TRACEPARENT;
    use crate::traces::tests::recorded;

    #[test]
    fn only_a_trusted_server_names_a_request_and_its_trace() {
        let proxies = Proxies { trusted: vec!["10.0.0.0/8".parse().unwrap()], ..Proxies::default() };
        for (peer, may_name) in
            [("127.0.0.1:1", true), ("10.1.2.3:1", true), ("[::1]:1", true), ("192.0.2.7:1", false)]
        {
            let mut request = Request::new(Body::empty());
            request.headers_mut().insert(X_REQUEST_ID, HeaderValue::from_static("7eb0f48200000001"));
            assert!(RequestId::given(&request, &proxies).is_none(), "nobody knows where it comes from");
            request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
            assert_eq!(RequestId::given(&request, &proxies).is_some(), may_name, "{peer}");
            let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
            request.headers_mut().insert(TRACEPARENT, HeaderValue::from_static(parent));
            let id = RequestId::next();
            let [span] = &*recorded(|| drop(traced(&request, &id, "GET", Some("/"), &proxies))) else {
                panic!("a request is not one span");
            };
            assert_eq!(parent.contains(&span.span_context.trace_id().to_string()), may_name, "{peer}");
            assert_eq!(parent.contains(&span.parent_span_id.to_string()), may_name, "{peer}");
        }
    }
}
