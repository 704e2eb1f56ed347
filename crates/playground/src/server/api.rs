//! The playground's calls to the api.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::config::Base;

const CONNECT: Duration = Duration::from_secs(5);
const TOTAL: Duration = Duration::from_secs(10);
/// An idle connection older than this may be closed by the other side just when it is used again: the api does so
/// after thirty seconds, what stands before it perhaps after five.
const IDLE: Duration = Duration::from_secs(4);
/// No answer of the api is longer.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Speaks to the api: one pool of connections for the whole server.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    client: Client,
    me: String,
    logout: String,
}

/// The account that a token belongs to: `GET /v1/me/info`.
#[derive(Debug, Deserialize)]
pub(crate) struct UserInfo {
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) organization: Option<String>,
    pub(crate) siret: Option<String>,
    /// When the token ends, in seconds since 1970.
    pub(crate) expires: Option<u64>,
}

#[derive(Serialize)]
struct LogoutRequest<'a> {
    proconnect_token: &'a str,
    post_logout_redirect_uri: &'a str,
    state: &'a str,
}

/// What became of a logout: `POST /v1/oauth2/logout`.
#[derive(Debug, Deserialize)]
pub(crate) struct LogoutAnswer {
    pub(crate) status: LogoutStatus,
    /// ProConnect's end of session, for the browser to visit.
    pub(crate) logout_url: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogoutStatus {
    Success,
    Warning,
}

/// Why the api gave no answer of use. The texts are safe to log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("the api no longer accepts the token")]
    Unauthorized,
    #[error("the api cannot be reached or broke off")]
    Unreachable(#[source] reqwest::Error),
    #[error("the api answered with status {0}")]
    Status(StatusCode),
    #[error("the api's answer is longer than any of its answers")]
    TooLong,
    #[error("the api's answer is not the JSON that was asked for")]
    NotJson,
}

impl From<reqwest::Error> for ApiError {
    fn from(error: reqwest::Error) -> Self {
        Self::Unreachable(error.without_url())
    }
}

impl ApiError {
    /// Whether the same request may do better in a moment. Not after all the time for an answer was waited.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable(error) => !error.is_timeout(),
            Self::Status(status) => status.is_server_error(),
            _ => false,
        }
    }
}

impl Api {
    /// # Errors
    /// When the operating system gives no TLS.
    pub(crate) fn new(base: &Base) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .user_agent(concat!("passerelle-playground/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            // The api is ours and near; a proxy for the outside has no business with its tokens.
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .pool_idle_timeout(IDLE)
            .build()?;
        Ok(Self { client, me: base.join("/v1/me/info"), logout: base.join("/v1/oauth2/logout") })
    }

    /// The account that the token belongs to.
    pub(crate) async fn me(&self, token: &SecretString) -> Result<UserInfo, ApiError> {
        answer(self.client.get(&self.me).bearer_auth(token.expose_secret())).await
    }

    /// Revokes the API token and asks for ProConnect's end of session.
    pub(crate) async fn logout(
        &self,
        token: &SecretString,
        proconnect_token: &SecretString,
        post_logout_redirect_uri: &str,
        state: &str,
    ) -> Result<LogoutAnswer, ApiError> {
        let request = LogoutRequest {
            proconnect_token: proconnect_token.expose_secret(),
            post_logout_redirect_uri,
            state,
        };
        let body = serde_json::to_vec(&request).map_err(|_| ApiError::NotJson)?;
        let post = self.client.post(&self.logout).bearer_auth(token.expose_secret());
        answer(post.header("content-type", "application/json").body(body)).await
    }
}

async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, ApiError> {
    let mut response = request.send().await?;
    match response.status() {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED => return Err(ApiError::Unauthorized),
        status => return Err(ApiError::Status(status)),
    }
    let mut body = Zeroizing::new(Vec::new());
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(ApiError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).map_err(|_| ApiError::NotJson)
}
