//! The HTTP client for calls to other servers: it follows no redirects, and limits the time and the size of answers.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, DATE, LOCATION};
pub use reqwest::{Method, RequestBuilder, StatusCode};
use reqwest::{Response, Url, redirect};

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
        Ok(Self { http: builder.build()?, largest_answer: options.largest_answer })
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
        let (server, mut response) = begin(request).await?;
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

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// When no answer comes in time, or it is too large.
    pub async fn send(&self, request: RequestBuilder) -> Result<Answer, CallError> {
        let (server, mut response) = begin(request).await?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|cause| unreachable(server.clone(), cause))? {
            if body.len() + chunk.len() > self.largest_answer {
                return Err(CallError::TooLarge { server, limit: self.largest_answer });
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
}

/// Sends a request. Returns the server's name, for errors, and the answer, whose body is yet to come.
async fn begin(request: RequestBuilder) -> Result<(String, Response), CallError> {
    let (client, request) = request.build_split();
    let request = request.map_err(|cause| unreachable(String::new(), cause))?;
    let server = server(request.url());
    match client.execute(request).await {
        Ok(response) => Ok((server, response)),
        Err(cause) => Err(unreachable(server, cause)),
    }
}

fn unreachable(server: String, cause: reqwest::Error) -> CallError {
    CallError::Unreachable { server, cause: cause.without_url() }
}

fn server(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
