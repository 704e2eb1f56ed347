use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::claims::{ClaimError, TokenClaims};
use super::jwt::{JwtError, Unverified};
use super::provider::{Provider, ProviderError};

/// Why an ID token is not accepted as the hint of a logout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HintError {
    /// Not a token of the provider.
    #[error(transparent)]
    Token(#[from] JwtError),
    /// Not for this provider, client or person.
    #[error(transparent)]
    Claims(#[from] ClaimError),
}

/// What became of a logout at the provider.
#[derive(Debug)]
pub enum EndSession {
    /// The provider took the request.
    Accepted,
    /// It has no end-session endpoint, or its metadata cannot be fetched.
    NoEndpoint,
    /// It could not be reached, or refused.
    Failed(ProviderError),
}

impl Provider {
    /// Checks that an ID token was given by this provider to this client about this person. It is no more
    /// than a hint, so it may have expired, and when its key is not or no longer known its claims are enough.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn check_hint(&self, token: &str, issuer: &str, sub: &str) -> Result<(), HintError> {
        let unverified = Unverified::parse(token, &self.config().signing_algorithms)?;
        let claims: TokenClaims = match self.verify(&unverified).await {
            Ok(Err(JwtError::UnknownKey)) | Err(_) => unverified.unverified_claims()?,
            Ok(verified) => verified?,
        };
        claims.check_parties(self.issuer(), &self.config().client_id)?;
        if claims.sub != sub || self.issuer() != issuer {
            return Err(ClaimError::Subject.into());
        }
        Ok(())
    }

    /// Where the person's browser ends the session it has with the provider (OpenID Connect RP-Initiated
    /// Logout 1.0). Nobody else can: the provider knows the session by that browser's cookies.
    pub async fn logout_url(
        &self,
        hint: &SecretString,
        post_logout_redirect_uri: Option<&str>,
        state: Option<&str>,
    ) -> Option<Url> {
        let mut url = self.known().await.ok()?.end_session_endpoint.clone()?;
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("id_token_hint", hint.expose_secret());
            query.append_pair("client_id", &self.config().client_id);
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
        match self.http().get(&url).await {
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
