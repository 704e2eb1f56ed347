//! How the provider is spoken to: no redirects, little patience, and never more than fits.

use std::pin::Pin;
use std::time::Duration;

use openidconnect::http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::redirect::Policy;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);
/// An idle connection older than this may have been closed on the way without a word.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// Far more than any answer of a provider holds, in bytes.
const LARGEST_ANSWER: usize = 512 * 1024;

/// The one client for all calls to the provider; it keeps connections for the next call.
#[derive(Clone, Debug)]
pub(super) struct Http(reqwest::Client);

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No connection, no answer in time, or an answer cut short.
    #[error("no answer from {host}")]
    Unreachable {
        /// Who was asked.
        host: String,
        /// What the HTTP client says, without the URL, which may hold secrets.
        #[source]
        cause: reqwest::Error,
    },
    /// More than any answer of a provider holds.
    #[error("the answer of {host} is larger than {LARGEST_ANSWER} bytes")]
    TooLarge {
        /// Who was asked.
        host: String,
    },
}

impl Http {
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        reqwest::Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .tcp_nodelay(true)
            .user_agent(concat!("passerelle/", env!("CARGO_PKG_VERSION")))
            .build()
            .map(Self)
    }

    pub(super) async fn get(&self, url: &url::Url) -> Result<Answer, FetchError> {
        self.send(self.0.get(url.clone()), url).await
    }

    pub(super) async fn get_with_bearer(&self, url: &url::Url, token: &str) -> Result<Answer, FetchError> {
        self.send(self.0.get(url.clone()).bearer_auth(token), url).await
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        let (parts, body) = request.into_parts();
        let text = parts.uri.to_string();
        let builder = self.0.request(parts.method, text.as_str()).headers(parts.headers).body(body);
        let host = parts.uri.host().unwrap_or_default().to_owned();
        let answer = self.receive(builder, host).await?;
        let mut response = HttpResponse::new(answer.body);
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }

    async fn send(&self, builder: reqwest::RequestBuilder, url: &url::Url) -> Result<Answer, FetchError> {
        self.receive(builder, url.host_str().unwrap_or_default().to_owned()).await
    }

    async fn receive(&self, builder: reqwest::RequestBuilder, host: String) -> Result<Answer, FetchError> {
        let unreachable = |cause: reqwest::Error| FetchError::Unreachable {
            host: host.clone(),
            cause: cause.without_url(),
        };
        let mut response = builder.send().await.map_err(unreachable)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(FetchError::TooLarge { host });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status: response.status(), headers: std::mem::take(response.headers_mut()), body })
    }
}

/// The form in which the OAuth 2.0 library calls.
impl<'c> AsyncHttpClient<'c> for Http {
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.exchange(request))
    }
}

impl Answer {
    /// The media type, without its parameters, in lower case.
    pub(super) fn media_type(&self) -> String {
        let value = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}
