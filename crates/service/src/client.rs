//! The HTTP client for calls to other servers: it follows no redirects, and limits the time and the size of answers.

mod call;

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, DATE, LOCATION};
use reqwest::redirect;
pub use reqwest::{Method, RequestBuilder, StatusCode};
use tracing::Instrument as _;

use self::call::{Call, note, unreachable};
pub use self::call::{CallError, TRACEPARENT, TraceParent, X_REQUEST_ID};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);
/// Common servers close an idle connection after five seconds. A request on a connection that is just being closed is lost,
/// and an authorization code cannot be sent twice, so our side closes first.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// A client with one pool of connections, which its clones share.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    largest_answer: usize,
    trace_parent: Option<TraceParent>,
}

/// The options of a [`Client`].
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The `User-Agent` of every request.
    pub user_agent: &'static str,
    /// The largest body to accept, in bytes.
    pub largest_answer: usize,
    /// Whether the proxy of the environment (`HTTPS_PROXY` and so on) is used.
    pub uses_proxy: bool,
    /// Says to which trace those requests belong that carry the id of ours.
    pub trace_parent: Option<TraceParent>,
}

/// The client cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error(
    "the HTTP client cannot be set up ({0}). Fix: install the system's CA certificates (package ca-certificates)"
)]
pub struct SetUpError(#[from] reqwest::Error);

/// A complete answer.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The media type without its parameters, in lower case.
    pub media_type: String,
    /// The time of the server, as its header `Date` says.
    pub date: Option<String>,
    /// The URL that the answer redirects to. The client never follows it.
    pub location: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer with its headers, and the beginning of its body.
#[derive(Debug)]
pub struct Excerpt {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers, with names in lower case. A value that is no UTF-8 is replaced where it is not.
    pub headers: Vec<(String, String)>,
    /// The beginning of the body.
    pub body: Vec<u8>,
    /// Whether the body is longer.
    pub is_cut: bool,
}

impl Client {
    /// Sets up the client. It opens no connection yet.
    ///
    /// # Errors
    /// When TLS cannot be set up, for instance without CA certificates.
    pub fn new(options: Options) -> Result<Self, SetUpError> {
        let builder = reqwest::Client::builder()
            .user_agent(options.user_agent)
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .tcp_nodelay(true);
        let builder = if options.uses_proxy { builder } else { builder.no_proxy() };
        let Options { largest_answer, trace_parent, .. } = options;
        Ok(Self { http: builder.build()?, largest_answer, trace_parent })
    }

    /// A request, to be completed and passed to [`Client::send`].
    pub fn request(&self, method: Method, url: impl reqwest::IntoUrl) -> RequestBuilder {
        self.http.request(method, url)
    }

    /// Sends a request and reads the answer, but no more than so many bytes of its body.
    ///
    /// # Errors
    /// When no answer comes in time.
    pub async fn send_for_excerpt(
        &self,
        request: RequestBuilder,
        largest: usize,
    ) -> Result<Excerpt, CallError> {
        let call = Call::new(request, "", self.trace_parent)?;
        let span = call.span.clone();
        let excerpt = Box::pin(excerpt(call, largest)).instrument(span.clone()).await;
        note(&span, excerpt.as_ref().map(|excerpt| excerpt.status));
        excerpt
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// When no answer comes in time, or it is too large.
    pub async fn send(&self, request: RequestBuilder) -> Result<Answer, CallError> {
        self.send_for("", request).await
    }

    /// The same. A trace names the call by its purpose, a fixed word.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn send_for(&self, purpose: &str, request: RequestBuilder) -> Result<Answer, CallError> {
        let call = Call::new(request, purpose, self.trace_parent)?;
        let span = call.span.clone();
        // In a box, because it is large and within every future that waits for it.
        let answer = Box::pin(answer(call, self.largest_answer)).instrument(span.clone()).await;
        note(&span, answer.as_ref().map(|answer| answer.status));
        answer
    }
}

async fn excerpt(call: Call, largest: usize) -> Result<Excerpt, CallError> {
    let server = call.server.clone();
    let mut response = call.send().await?;
    let mut body = Vec::new();
    while body.len() <= largest {
        match response.chunk().await.map_err(|cause| unreachable(server.clone(), cause))? {
            Some(chunk) => body.extend_from_slice(&chunk),
            None => break,
        }
    }
    let is_cut = body.len() > largest;
    body.truncate(largest);
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect();
    Ok(Excerpt { status: response.status(), headers, body, is_cut })
}

async fn answer(call: Call, limit: usize) -> Result<Answer, CallError> {
    let server = call.server.clone();
    let mut response = call.send().await?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|cause| unreachable(server.clone(), cause))? {
        if body.len() + chunk.len() > limit {
            return Err(CallError::TooLarge { server, limit });
        }
        body.extend_from_slice(&chunk);
    }
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let media_type = header(CONTENT_TYPE).unwrap_or_default().split(';').next().unwrap_or_default();
    Ok(Answer {
        status: response.status(),
        media_type: media_type.trim().to_ascii_lowercase(),
        date: header(DATE).map(str::to_owned),
        location: header(LOCATION).map(str::to_owned),
        body,
    })
}
