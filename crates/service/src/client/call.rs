//! One call to another server, and its span for a collector of traces.

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Request, RequestBuilder, Response, StatusCode, Url};
use tracing::Span;
use tracing::field::Empty;

use crate::spans;

/// The header that carries the id of a request to those of our servers that it leads to.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The header that says to which trace a request belongs (W3C Trace Context, section 3.2).
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Says to which trace the requests below a span belong.
pub type TraceParent = fn(&Span) -> Option<HeaderValue>;

/// Why there is no answer. Its message is safe to log: it names the server, never the URL or a body.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No connection, no answer in time, or an incomplete answer.
    #[error("no answer from {server}")]
    Unreachable {
        /// Host and port.
        server: String,
        /// The error of the HTTP client, without the URL, which may contain secrets.
        #[source]
        cause: reqwest::Error,
    },
    /// The body is larger than expected.
    #[error("the answer of {server} is larger than {limit} bytes")]
    TooLarge {
        /// Host and port.
        server: String,
        /// The largest body that is accepted.
        limit: usize,
    },
}

impl CallError {
    /// Whether the call timed out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Unreachable { cause, .. } if cause.is_timeout())
    }
}

/// A request that is ready to be sent.
pub(super) struct Call {
    client: reqwest::Client,
    request: Request,
    /// Host and port, for errors.
    pub(super) server: String,
    pub(super) span: Span,
}

impl Call {
    /// `purpose` is a fixed word for the name of its span. Whoever gets our request's id gets its trace, too.
    pub(super) fn new(
        request: RequestBuilder,
        purpose: &str,
        trace_parent: Option<TraceParent>,
    ) -> Result<Self, CallError> {
        let (client, request) = request.build_split();
        let mut request = request.map_err(|cause| unreachable(String::new(), cause))?;
        let (method, url) = (request.method(), request.url());
        let span = tracing::info_span!(
            target: spans::TARGET,
            "call",
            "otel.name" = format!("{method} {purpose}").trim_end(),
            "otel.kind" = "client",
            "otel.status_code" = Empty,
            "error.type" = Empty,
            "http.request.method" = method.as_str(),
            "http.response.status_code" = Empty,
            "server.address" = url.host_str(),
            "server.port" = url.port_or_known_default().map(i64::from),
        );
        let server = server(url);
        if request.headers().contains_key(X_REQUEST_ID)
            && let Some(parent) = trace_parent.and_then(|of| of(&span))
        {
            request.headers_mut().insert(TRACEPARENT, parent);
        }
        Ok(Self { client, request, server, span })
    }

    /// Sends it. The body of the answer is yet to come.
    pub(super) async fn send(self) -> Result<Response, CallError> {
        self.client.execute(self.request).await.map_err(|cause| unreachable(self.server, cause))
    }
}

/// Notes how a call ended.
pub(super) fn note(span: &Span, status: Result<StatusCode, &CallError>) {
    let error = match &status {
        Ok(status) => {
            span.record("http.response.status_code", i64::from(status.as_u16()));
            (status.as_u16() >= 400).then_some(status.as_str())
        }
        Err(error) if error.is_timeout() => Some("timeout"),
        Err(CallError::Unreachable { .. }) => Some("unreachable"),
        Err(CallError::TooLarge { .. }) => Some("too_large"),
    };
    if let Some(error) = error {
        span.record("error.type", error).record("otel.status_code", "ERROR");
    }
}

pub(super) fn unreachable(server: String, cause: reqwest::Error) -> CallError {
    CallError::Unreachable { server, cause: cause.without_url() }
}

fn server(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Client, Method, Options};

    #[test]
    fn whoever_gets_the_id_of_our_request_gets_its_trace_and_nobody_else() {
        const PARENT: HeaderValue =
            HeaderValue::from_static("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        let options = Options { user_agent: "x", largest_answer: 1, uses_proxy: false, trace_parent: None };
        let client = Client::new(options).unwrap();
        let of: TraceParent = |_| Some(PARENT);
        let url = "http://127.0.0.1:9/";
        let ours = || client.request(Method::GET, url).header(X_REQUEST_ID, "7eb0f48200000001");
        for (request, trace_parent, told) in [
            (ours(), Some(of), Some(&PARENT)),
            (ours(), None, None),
            (ours(), Some((|_| None) as TraceParent), None),
            (client.request(Method::GET, url), Some(of), None),
        ] {
            let call = Call::new(request, "", trace_parent).unwrap();
            assert_eq!(call.request.headers().get(TRACEPARENT), told);
        }
    }
}
