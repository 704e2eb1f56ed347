//! The playground's calls to the api.

mod history;
pub(crate) mod keys;
mod sessions;

use contract::{
    LogoutAnswer, LogoutRequest, ProblemBody, ProblemCode, RevocationReason, RevocationRequest, UserInfo,
    path,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use service::client::{self, CallError, Client, Excerpt, Method, RequestBuilder, StatusCode};
use service::client_address::ClientHeader;
use service::request::X_REQUEST_ID;
use service::traces::trace_parent;
use url::Url;

use super::base::Base;
use super::example::Example;
use super::visitor::{self, Visitor};

/// No answer of the api is longer, in bytes: some people have hundreds of sessions.
const LARGEST_ANSWER: usize = 1024 * 1024;

/// No more of an answer is shown to somebody who tries the API, in bytes.
const LARGEST_EXCERPT: usize = 16 * 1024;

/// Calls the api: one pool of connections for the whole server.
#[derive(Clone, Debug)]
pub(crate) struct ApiClient {
    client: Client,
    base: Base,
    /// Where others reach the api.
    public_base: Base,
    /// How the api is told for whom it is called.
    client_header: ClientHeader,
    me: String,
    logout: String,
    revoke: String,
    switch: String,
}

/// Why the api gave no useful answer. Its message is safe to log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("the api no longer accepts the token")]
    Unauthorized,
    #[error("the api is unreachable or broke off")]
    Call(#[from] CallError),
    #[error("the api answered with status {0}")]
    Status(StatusCode),
    #[error("the api refused: {}", .0.code.as_str())]
    Refused(Box<ProblemBody>),
    #[error("the api's answer is not the JSON that was asked for")]
    NotJson,
}

impl ApiError {
    /// Whether a retry may succeed. Not after all the time for an answer has passed.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Call(error) => matches!(error, CallError::Unreachable { .. }) && !error.is_timeout(),
            Self::Status(status) => status.is_server_error(),
            Self::Unauthorized | Self::NotJson | Self::Refused(_) => false,
        }
    }

    /// Whether the api understood the request and refuses it: it would refuse it again.
    pub(crate) fn is_refusal(&self) -> bool {
        match self {
            Self::Unauthorized | Self::Refused(_) => true,
            Self::Status(status) => status.is_client_error(),
            Self::Call(_) | Self::NotJson => false,
        }
    }
}

impl ApiClient {
    /// # Errors
    /// When TLS cannot be set up.
    pub(crate) fn new(
        base: &Base,
        public_base: &Base,
        client_header: ClientHeader,
    ) -> Result<Self, client::SetUpError> {
        let client = Client::new(client::Options {
            user_agent: concat!("passerelle-playground/", env!("CARGO_PKG_VERSION")),
            largest_answer: LARGEST_ANSWER,
            // The api is ours; a proxy for other servers must not see its tokens.
            uses_proxy: false,
            trace_parent: Some(trace_parent),
        })?;
        let [me, logout, revoke, switch] =
            [path::ME_INFO, path::LOGOUT, path::REVOKE, path::SWITCH].map(|path| base.join(path));
        Ok(Self {
            client,
            base: base.clone(),
            public_base: public_base.clone(),
            client_header,
            me,
            logout,
            revoke,
            switch,
        })
    }

    /// The account that the token belongs to.
    pub(crate) async fn me(&self, token: &SecretString) -> Result<UserInfo, ApiError> {
        self.answer(self.request(Method::GET, &self.me), token).await
    }

    /// Revokes the API token and asks for ProConnect's end of session.
    pub(crate) async fn logout(
        &self,
        token: &SecretString,
        request: &LogoutRequest,
    ) -> Result<LogoutAnswer, ApiError> {
        let body = serde_json::to_vec(request).map_err(|_| ApiError::NotJson)?;
        let post = self.request(Method::POST, &self.logout);
        self.answer(post.header("content-type", "application/json").body(body), token).await
    }

    /// Ends an API token, whatever became of it.
    pub(crate) async fn revoke(
        &self,
        token: &SecretString,
        reason: Option<RevocationReason>,
    ) -> Result<(), ApiError> {
        let form = RevocationRequest { token: token.clone(), reason };
        let post = self.request(Method::POST, &self.revoke).form(&form);
        match self.client.send(post).await?.status {
            StatusCode::OK => Ok(()),
            status => Err(ApiError::Status(status)),
        }
    }

    /// Where a browser without a session ends the one that it may have with ProConnect.
    pub(crate) async fn way_out(&self, origin: &str, state: &str) -> Result<String, ApiError> {
        let url = Url::parse_with_params(&self.switch, [("origin", origin), ("state", state)]);
        let url = url.map_err(|_| ApiError::NotJson)?;
        let answer = self.client.send(self.request(Method::GET, url.as_str())).await?;
        answer.location.filter(|_| answer.status.is_redirection()).ok_or(ApiError::Status(answer.status))
    }

    /// Sends the request that an operator chose, with this token, wherever it goes: whatever is answered is the answer.
    pub(crate) async fn try_example(
        &self,
        example: &Example,
        token: &SecretString,
    ) -> Result<Excerpt, ApiError> {
        let own = example.url.strip_prefix(self.public_base.as_str()).filter(|rest| rest.starts_with('/'));
        let request = match own {
            Some(path) => self.to(example.method.clone(), path),
            None => self.client.request(example.method.clone(), &example.url),
        };
        let request =
            example.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        let request = match &example.body {
            Some(body) => request.body(body.clone()),
            None => request,
        };
        Ok(self.client.send_for_excerpt(request.bearer_auth(token.expose_secret()), LARGEST_EXCERPT).await?)
    }

    async fn answer<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        token: &SecretString,
    ) -> Result<T, ApiError> {
        let answer = self.client.send(request.bearer_auth(token.expose_secret())).await?;
        match answer.status {
            StatusCode::OK => serde_json::from_slice(&answer.body).map_err(|_| ApiError::NotJson),
            // A backend of OpenGateLLM says 403 of a token that it does not accept.
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(ApiError::Unauthorized),
            status => Err(ApiError::Status(status)),
        }
    }

    /// A request that says for whom it is made: the api counts it for their address, and tells them where they were. It has the
    /// id of the request that leads to it, so that one id leads through the logs of both servers.
    fn request(&self, method: Method, url: &str) -> RequestBuilder {
        let Visitor { address, request_id } = visitor::current();
        let request = self.client.request(method, url);
        let request = match request_id {
            Some(id) => request.header(X_REQUEST_ID, id.as_str()),
            None => request,
        };
        match address {
            Some(address) => request.header(self.client_header.name(), self.client_header.value(address)),
            None => request,
        }
    }

    /// A request to a path of the api.
    fn to(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, &self.base.join(path))
    }

    /// The JSON of a success.
    async fn ask<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        token: &SecretString,
    ) -> Result<T, ApiError> {
        let body = self.send(request, token).await?;
        serde_json::from_slice(&body).map_err(|_| ApiError::NotJson)
    }

    /// The body of a success; what the api refuses with its reason.
    async fn send(&self, request: RequestBuilder, token: &SecretString) -> Result<Vec<u8>, ApiError> {
        let answer = self.client.send(request.bearer_auth(token.expose_secret())).await?;
        if answer.status.is_success() {
            return Ok(answer.body);
        }
        let problem = || serde_json::from_slice::<ProblemBody>(&answer.body).ok().map(Box::new);
        Err(match answer.status {
            StatusCode::UNAUTHORIZED => ApiError::Unauthorized,
            status if status.is_client_error() => match problem() {
                // What we hold is no session of the api's.
                Some(problem) if problem.code == ProblemCode::SessionRequired => ApiError::Unauthorized,
                Some(problem) => ApiError::Refused(problem),
                None if status == StatusCode::FORBIDDEN => ApiError::Unauthorized,
                None => ApiError::Status(status),
            },
            status => ApiError::Status(status),
        })
    }
}

/// Gives a request a body in JSON.
fn with_json(request: RequestBuilder, body: &impl Serialize) -> Result<RequestBuilder, ApiError> {
    let body = serde_json::to_vec(body).map_err(|_| ApiError::NotJson)?;
    Ok(request.header("content-type", "application/json").body(body))
}
