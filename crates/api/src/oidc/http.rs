//! How the provider is spoken to: no redirects, little patience, and never more than fits.

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, StatusCode};
use url::Url;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);
/// An idle connection older than this may be closed by the other side just when it is used again, and a code cannot
/// be sent twice. Common servers close theirs after five seconds.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);
/// Far more than any answer of a provider holds, in bytes.
const LARGEST_ANSWER: usize = 512 * 1024;

/// The one client for all calls to the provider; it keeps connections for the next call.
#[derive(Clone, Debug)]
pub(super) struct Http(reqwest::Client);

pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// Without its parameters, in lower case.
    pub(super) media_type: String,
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

    pub(super) async fn get(&self, url: &Url) -> Result<Answer, FetchError> {
        receive(self.0.get(url.clone()), url).await
    }

    pub(super) async fn get_with_bearer(&self, url: &Url, token: &str) -> Result<Answer, FetchError> {
        receive(self.0.get(url.clone()).bearer_auth(token), url).await
    }

    /// `form` is what `application/x-www-form-urlencoded` makes of names and values.
    pub(super) async fn post(&self, url: &Url, form: String) -> Result<Answer, FetchError> {
        let request = self
            .0
            .post(url.clone())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        receive(request, url).await
    }
}

async fn receive(request: RequestBuilder, url: &Url) -> Result<Answer, FetchError> {
    let host = || url.host_str().unwrap_or_default().to_owned();
    let unreachable =
        |cause: reqwest::Error| FetchError::Unreachable { host: host(), cause: cause.without_url() };
    let mut response = request.send().await.map_err(unreachable)?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(FetchError::TooLarge { host: host() });
        }
        body.extend_from_slice(&chunk);
    }
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.unwrap_or_default().split(';').next().unwrap_or_default();
    Ok(Answer { status: response.status(), media_type: media_type.trim().to_ascii_lowercase(), body })
}
