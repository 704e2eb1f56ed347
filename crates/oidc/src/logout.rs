use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use service::client::Method;
use url::Url;

use crate::claims::{ClaimError, Parties, TokenClaims};
use crate::jws::{JwsError, Unverified};
use crate::provider::{Provider, VerifyError};
use crate::provider_error::ProviderError;

/// Why an ID token is not accepted as the hint of a logout.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HintError {
    /// Not a token of the provider.
    #[error(transparent)]
    Token(#[from] JwsError),
    /// Not for this provider, client or person.
    #[error(transparent)]
    Claims(#[from] ClaimError),
}

impl HintError {
    /// What the ID token is of use for when it was handed out by this service, so that it was right at its login.
    #[must_use]
    pub fn of_handed_out(&self) -> Hint {
        match self {
            Self::Token(error) if error.is_about_keys() => Hint::Retired,
            Self::Token(_) | Self::Claims(_) => Hint::Outdated,
        }
    }
}

/// Whether an ID token that is acceptable as a hint is also of use to the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// The provider will know it.
    Known,
    /// It was signed with a key that the provider no longer publishes: providers refuse it.
    Retired,
    /// It was right at the login and is no longer: the issuer, the client or the algorithms have changed since.
    Outdated,
}

/// What the browser brings along to the end of its session. The client id is enough; a hint spares the person a question.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogoutVisit<'a> {
    /// The ID token of the login.
    pub hint: Option<&'a SecretString>,
    /// Where the provider sends the browser afterwards.
    pub post_logout_redirect_uri: Option<&'a str>,
    /// Comes back with it.
    pub state: Option<&'a str>,
}

/// What the provider made of a logout.
#[derive(Debug)]
pub enum EndSession {
    /// The provider took the request.
    Accepted,
    /// It took the request only without the post-logout redirect URI: that is not registered.
    UriRefused,
    /// It has no end-session endpoint, or its metadata cannot be fetched.
    NoEndpoint,
    /// It is unreachable, or refused.
    Failed(ProviderError),
}

/// How long the provider may take to answer each of our own calls, which end nothing: whoever logs out waits for them, and waits
/// for ten seconds at most.
const TIMEOUT: Duration = Duration::from_secs(3);

impl Provider {
    /// Finds out where the browser ends its session, when that is not known yet, but does not wait long for the answer.
    pub async fn get_to_know(&self) {
        self.get_to_know_within(TIMEOUT).await;
    }

    /// Checks that the provider issued this ID token to this client about this person. It is only a hint: it may have
    /// expired, and when its key is not or no longer known, its claims are enough.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn check_hint(&self, token: &str, issuer: &str, sub: &str) -> Result<Hint, HintError> {
        let unverified =
            || Unverified::parse(token, &self.settings().signing_algorithms)?.unverified_claims();
        self.get_to_know().await;
        let metadata = self.cached();
        let (claims, hint) = if metadata.is_none() {
            (unverified()?, Hint::Known)
        } else {
            match self.verify(token, TIMEOUT).await {
                Ok(claims) => (claims, Hint::Known),
                Err(VerifyError::Token(JwsError::UnknownKey { .. }) | VerifyError::Provider(_)) => {
                    (unverified()?, Hint::Retired)
                }
                Err(VerifyError::Token(error)) => return Err(error.into()),
            }
        };
        let claims = TokenClaims::read(&claims)?;
        // What the provider calls itself is what it was called at the login, unless its metadata says otherwise.
        let now_called = metadata.as_ref().map_or(issuer, |metadata| &metadata.issuer);
        claims.check_parties(Parties { issuer: now_called, client_id: &self.settings().client_id })?;
        if claims.sub.as_deref() != Some(sub) || now_called != issuer {
            return Err(ClaimError::Subject.into());
        }
        Ok(hint)
    }

    /// The same for an ID token that this service kept itself, so that whose it is needs no proof.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn check_own_hint(&self, token: &str) -> Result<Hint, HintError> {
        let unverified =
            Unverified::parse(token, &self.settings().signing_algorithms)?.unverified_claims()?;
        let named = |name| unverified.get(name).and_then(Value::as_str).unwrap_or_default();
        self.check_hint(token, named("iss"), named("sub")).await
    }

    /// Where the browser ends its session with the provider (OpenID Connect RP-Initiated Logout 1.0). Only the browser
    /// can: the provider finds the session by the browser's cookies. Nothing when the provider is not known or has no such endpoint.
    #[must_use]
    pub fn logout_url(&self, visit: LogoutVisit<'_>) -> Option<Url> {
        let mut url = self.cached()?.end_session_endpoint.as_ref()?.url().clone();
        let parameters = [
            ("id_token_hint", visit.hint.map(ExposeSecret::expose_secret)),
            ("client_id", Some(self.settings().client_id.as_str())),
            ("post_logout_redirect_uri", visit.post_logout_redirect_uri),
            ("state", visit.state),
        ];
        url.query_pairs_mut()
            .extend_pairs(parameters.into_iter().filter_map(|(name, value)| Some((name, value?))));
        Some(url)
    }

    /// Asks the provider whether it will take the browser's visit. There is no hint in this call: some providers take one
    /// with a hint for the logout itself, and then refuse the browser.
    pub async fn end_session(&self, visit: LogoutVisit<'_>) -> EndSession {
        let visit = LogoutVisit { hint: None, ..visit };
        let answer = self.ask_to_end(visit).await;
        let is_refused = matches!(answer, EndSession::Failed(ProviderError::Status { status: 400, .. }));
        if !is_refused || visit.post_logout_redirect_uri.is_none() {
            return answer;
        }
        match self.ask_to_end(LogoutVisit::default()).await {
            EndSession::Accepted => EndSession::UriRefused,
            answer => answer,
        }
    }

    async fn ask_to_end(&self, visit: LogoutVisit<'_>) -> EndSession {
        let Some(url) = self.logout_url(visit) else { return EndSession::NoEndpoint };
        let request = self.client().request(Method::GET, url).timeout(TIMEOUT);
        match self.client().send_for("end_session", request).await {
            Ok(answer) if answer.status.is_success() || answer.status.is_redirection() => {
                EndSession::Accepted
            }
            Ok(answer) => EndSession::Failed(ProviderError::Status {
                what: "the end-session endpoint",
                status: answer.status.as_u16(),
            }),
            Err(error) => EndSession::Failed(error.into()),
        }
    }
}
