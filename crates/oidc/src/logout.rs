use secrecy::{ExposeSecret as _, SecretString};
use service::client::Method;
use url::Url;

use crate::claims::{ClaimError, TokenClaims};
use crate::jws::{JwsError, Unverified};
use crate::metadata::ProviderError;
use crate::provider::{Provider, VerifyError};

/// Why an ID token is not accepted as the hint of a logout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HintError {
    /// Not a token of the provider.
    #[error(transparent)]
    Token(#[from] JwsError),
    /// Not for this provider, client or person.
    #[error(transparent)]
    Claims(#[from] ClaimError),
}

/// What the provider made of a logout.
#[derive(Debug)]
pub enum EndSession {
    /// The provider took the request.
    Accepted,
    /// It has no end-session endpoint, or its metadata cannot be fetched.
    NoEndpoint,
    /// It is unreachable, or refused.
    Failed(ProviderError),
}

impl Provider {
    /// Checks that the provider issued this ID token to this client about this person. It is only a hint: it may have
    /// expired, and when its key is not or no longer known, its claims are enough.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn check_hint(&self, token: &str, issuer: &str, sub: &str) -> Result<(), HintError> {
        let claims: TokenClaims = match self.verify(token).await {
            Ok(claims) => claims,
            Err(VerifyError::Token(JwsError::UnknownKey) | VerifyError::Provider(_)) => {
                Unverified::parse(token, &self.settings().signing_algorithms)?.unverified_claims()?
            }
            Err(VerifyError::Token(error)) => return Err(error.into()),
        };
        claims.check_parties(self.settings())?;
        if claims.sub != sub || self.settings().issuer() != issuer {
            return Err(ClaimError::Subject.into());
        }
        Ok(())
    }

    /// Where the browser ends its session with the provider (OpenID Connect RP-Initiated Logout 1.0). Only the browser
    /// can: the provider finds the session by the browser's cookies.
    pub async fn logout_url(
        &self,
        hint: &SecretString,
        post_logout_redirect_uri: Option<&str>,
        state: Option<&str>,
    ) -> Option<Url> {
        let mut url = self.metadata().await.ok()?.end_session_endpoint.clone()?;
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("id_token_hint", hint.expose_secret());
            query.append_pair("client_id", &self.settings().client_id);
            for (name, value) in [("post_logout_redirect_uri", post_logout_redirect_uri), ("state", state)] {
                if let Some(value) = value {
                    query.append_pair(name, value);
                }
            }
        }
        Some(url)
    }

    /// Tells the provider about the logout. It has no POST route for this.
    pub async fn end_session(&self, hint: &SecretString) -> EndSession {
        let Some(url) = self.logout_url(hint, None, None).await else { return EndSession::NoEndpoint };
        match self.client().send(self.client().request(Method::GET, url)).await {
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
