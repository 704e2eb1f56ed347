use std::time::Duration;

use reqwest::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use token_crypto::UnixTime;

use super::claims::{ClaimError, TokenClaims, UserinfoClaims};
use super::http::FetchError;
use super::jwt::{JwtError, Unverified};
use super::pending::PendingLogin;
use super::provider::{Known, Provider, ProviderError};
use super::tokens::LONGEST_ID_TOKEN;
use crate::accounts::Identity;

/// How long all answers of the provider to one login may take together.
const LOGIN_TIMEOUT: Duration = Duration::from_secs(25);

/// A login that the provider confirmed.
pub struct LoggedIn {
    /// Who it is.
    pub identity: Identity,
    /// The ID token, a hint for a later logout.
    pub id_token: SecretString,
}

/// Why a login fails after the provider sent the browser back. Its text is safe to log.
#[derive(Debug, thiserror::Error)]
pub enum LoginFailure {
    /// The provider cannot be used.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// Its answers took too long, though each came in time.
    #[error("the provider took more than {} seconds in all", LOGIN_TIMEOUT.as_secs())]
    TooSlow,
    /// The provider says that the code is not or no longer valid.
    #[error("the provider does not accept the authorization code: it has expired or was used before")]
    CodeRefused,
    /// The provider refuses for another reason.
    #[error("the token endpoint refused: {0}")]
    TokenEndpoint(String),
    /// The answer of the token endpoint cannot be read, or lacks a token.
    #[error("the token endpoint's answer, with status {status}, cannot be read or lacks a token")]
    TokenAnswer {
        /// The HTTP status.
        status: u16,
    },
    /// The ID token fits in no envelope.
    #[error("the ID token is longer than {LONGEST_ID_TOKEN} bytes")]
    IdTokenTooLong,
    /// The ID token is not accepted.
    #[error("the ID token is refused: {0}")]
    IdToken(JwtError),
    /// The ID token says something else than it must.
    #[error("the ID token is refused: {0}")]
    IdTokenClaims(ClaimError),
    /// The level of authentication is none of those required.
    #[error("the level of authentication (acr) is none of oauth2.required_acr")]
    AcrNotMet,
    /// The userinfo endpoint refuses, or its answer has an unexpected form.
    #[error("the userinfo endpoint answered with status {status} and type {media_type:?}")]
    UserinfoAnswer {
        /// The HTTP status.
        status: u16,
        /// The media type, cut short.
        media_type: String,
    },
    /// The userinfo is not signed, though it must be.
    #[error("the userinfo is not signed, as oauth2.require_signed_userinfo asks")]
    UserinfoUnsigned,
    /// The signed userinfo is not accepted.
    #[error("the userinfo is refused: {0}")]
    Userinfo(JwtError),
    /// The userinfo says something else than it must.
    #[error("the userinfo is refused: {0}")]
    UserinfoClaims(ClaimError),
}

impl LoginFailure {
    /// Whether the provider could not be reached, as opposed to what it said.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        match self {
            Self::Provider(error) => !matches!(
                error,
                ProviderError::Fetch(FetchError::TooLarge { .. }) | ProviderError::Metadata(_)
            ),
            Self::TooSlow => true,
            Self::TokenAnswer { status } | Self::UserinfoAnswer { status, .. } => is_passing(*status),
            _ => false,
        }
    }
}

impl Provider {
    /// Finishes a login: exchanges the code, verifies the ID token and asks for the userinfo. There is no
    /// way around any of these: what does not hold is refused.
    ///
    /// # Errors
    /// Which step failed, and why.
    pub async fn finish(
        &self,
        pending: &PendingLogin,
        code: &SecretString,
        client_secret: &SecretString,
        now: UnixTime,
    ) -> Result<LoggedIn, LoginFailure> {
        let finished = self.finish_in_time(pending, code, client_secret, now);
        tokio::time::timeout(LOGIN_TIMEOUT, finished).await.map_err(|_| LoginFailure::TooSlow)?
    }

    async fn finish_in_time(
        &self,
        pending: &PendingLogin,
        code: &SecretString,
        client_secret: &SecretString,
        now: UnixTime,
    ) -> Result<LoggedIn, LoginFailure> {
        let known = self.known().await?;
        let tokens = self.exchange(&known, pending, code, client_secret).await?;
        let claims: TokenClaims =
            self.claims(tokens.id_token.expose_secret()).await?.map_err(LoginFailure::IdToken)?;
        claims
            .check_id_token(self.issuer(), self.config(), &pending.nonce, now)
            .map_err(LoginFailure::IdTokenClaims)?;
        let required = &self.config().required_acr;
        if !required.is_empty() && !claims.acr.as_ref().is_some_and(|acr| required.contains(acr)) {
            return Err(LoginFailure::AcrNotMet);
        }
        let userinfo = self.userinfo(&known, &tokens.access_token, &claims.sub, now).await?;
        let identity = Identity {
            issuer: self.issuer().to_owned(),
            sub: claims.sub,
            email: userinfo.email,
            given_name: userinfo.given_name,
            usual_name: userinfo.usual_name,
            organization: userinfo.organization_label,
            siret: userinfo.siret,
        };
        Ok(LoggedIn { identity, id_token: tokens.id_token })
    }

    async fn claims<T: DeserializeOwned>(&self, token: &str) -> Result<Result<T, JwtError>, ProviderError> {
        match Unverified::parse(token, &self.config().signing_algorithms) {
            Ok(token) => self.verify(&token).await,
            Err(error) => Ok(Err(error)),
        }
    }

    async fn userinfo(
        &self,
        known: &Known,
        access_token: &SecretString,
        sub: &str,
        now: UnixTime,
    ) -> Result<UserinfoClaims, LoginFailure> {
        let answer = self
            .http()
            .get_with_bearer(&known.userinfo_endpoint, access_token.expose_secret())
            .await
            .map_err(ProviderError::Fetch)?;
        let claims: Value = match (answer.status, answer.media_type.as_str()) {
            (StatusCode::OK, "application/jwt") => {
                let token =
                    str::from_utf8(&answer.body).map_err(|_| LoginFailure::Userinfo(JwtError::Malformed))?;
                let claims: Value = self.claims(token.trim()).await?.map_err(LoginFailure::Userinfo)?;
                parse::<TokenClaims>(&claims)?
                    .check_userinfo(self.issuer(), self.config(), now)
                    .map_err(LoginFailure::UserinfoClaims)?;
                claims
            }
            (StatusCode::OK, "application/json") if self.config().require_signed_userinfo => {
                return Err(LoginFailure::UserinfoUnsigned);
            }
            (StatusCode::OK, "application/json") => {
                serde_json::from_slice(&answer.body).map_err(|_| LoginFailure::Userinfo(JwtError::Claims))?
            }
            (status, media_type) => {
                return Err(LoginFailure::UserinfoAnswer {
                    status: status.as_u16(),
                    media_type: cut(media_type),
                });
            }
        };
        // Section 5.3.2: without this an answer could be swapped for another person's.
        if claims.get("sub").and_then(Value::as_str) != Some(sub) {
            return Err(LoginFailure::UserinfoClaims(ClaimError::Subject));
        }
        parse(&claims)
    }
}

fn parse<T: DeserializeOwned>(claims: &Value) -> Result<T, LoginFailure> {
    T::deserialize(claims).map_err(|_| LoginFailure::Userinfo(JwtError::Claims))
}

/// Whether a status says that the server cannot answer now, and may in a moment.
fn is_passing(status: u16) -> bool {
    matches!(status, 429 | 502..=504)
}

/// What somebody else wrote is logged only in part and without control characters.
pub(super) fn cut(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(60).collect()
}
