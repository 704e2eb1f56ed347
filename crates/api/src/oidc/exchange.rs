use openidconnect::core::CoreErrorResponseType;
use openidconnect::http::StatusCode;
use openidconnect::{
    AuthorizationCode, OAuth2TokenResponse as _, PkceCodeVerifier, RequestTokenError, TokenResponse as _,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use token_crypto::UnixTime;

use super::claims::{ClaimError, TokenClaims, UserinfoClaims};
use super::http::FetchError;
use super::jwt::{JwtError, Unverified};
use super::pending::PendingLogin;
use super::provider::{Known, Provider, ProviderError};
use crate::accounts::Identity;

/// The longest ID token that is passed on, in bytes: an envelope, a URL and the body of a logout must hold it.
const LONGEST_ID_TOKEN: usize = 16 * 1024;

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
    /// The provider says that the code is not or no longer valid.
    #[error("the provider does not accept the authorization code: it has expired or was used before")]
    CodeRefused,
    /// The provider refuses for another reason.
    #[error("the token endpoint refused: {0}")]
    TokenEndpoint(String),
    /// The answer of the token endpoint cannot be read, or has no ID token.
    #[error("the token endpoint's answer cannot be read or has no ID token")]
    TokenAnswer,
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
        let Self::Provider(error) = self else { return false };
        match error {
            ProviderError::Fetch(FetchError::Unreachable { .. })
            | ProviderError::FailedRecently
            | ProviderError::Status { .. } => true,
            ProviderError::Fetch(FetchError::TooLarge { .. }) | ProviderError::Metadata(_) => false,
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
        code: String,
        now: UnixTime,
    ) -> Result<LoggedIn, LoginFailure> {
        let known = self.known().await?;
        let tokens = self.exchange(&known, pending, code).await?;
        let id_token = &tokens.id_token;
        let claims: TokenClaims =
            self.verify(id_token.expose_secret()).await?.map_err(LoginFailure::IdToken)?;
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
            email: present(userinfo.email),
            given_name: present(userinfo.given_name),
            usual_name: present(userinfo.usual_name),
            organization: present(userinfo.organization_label),
            siret: present(userinfo.siret),
        };
        Ok(LoggedIn { identity, id_token: tokens.id_token })
    }

    async fn exchange(
        &self,
        known: &Known,
        pending: &PendingLogin,
        code: String,
    ) -> Result<Tokens, LoginFailure> {
        let request = known
            .client
            .exchange_code(AuthorizationCode::new(code))
            // The metadata was refused if it had no token endpoint.
            .map_err(|_| LoginFailure::TokenAnswer)?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.code_verifier.clone()));
        let answer = request.request_async(self.http()).await.map_err(|error| match error {
            RequestTokenError::Request(error) => LoginFailure::Provider(ProviderError::Fetch(error)),
            RequestTokenError::ServerResponse(answer) => match answer.error() {
                CoreErrorResponseType::InvalidGrant => LoginFailure::CodeRefused,
                other => LoginFailure::TokenEndpoint(cut(other.as_ref())),
            },
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => LoginFailure::TokenAnswer,
        })?;
        let id_token = answer.id_token().ok_or(LoginFailure::TokenAnswer)?.to_string();
        if id_token.len() > LONGEST_ID_TOKEN {
            return Err(LoginFailure::IdTokenTooLong);
        }
        Ok(Tokens { id_token: id_token.into(), access_token: answer.access_token().secret().clone().into() })
    }

    /// Verifies a signature with the provider's keys.
    pub(super) async fn verify<T: DeserializeOwned>(
        &self,
        token: &str,
    ) -> Result<Result<T, JwtError>, ProviderError> {
        let token = match Unverified::parse(token, &self.config().signing_algorithms) {
            Ok(token) => token,
            Err(error) => return Ok(Err(error)),
        };
        let key = self.key_of(&token).await?;
        Ok(key.and_then(|key| token.verify(&key)).map(super::jwt::Verified::into_claims))
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
        let media_type = answer.media_type();
        let claims: Value = match (answer.status, media_type.as_str()) {
            (StatusCode::OK, "application/jwt") => {
                let token =
                    str::from_utf8(&answer.body).map_err(|_| LoginFailure::Userinfo(JwtError::Malformed))?;
                let claims: Value = self.verify(token.trim()).await?.map_err(LoginFailure::Userinfo)?;
                parse::<TokenClaims>(&claims)?
                    .check_userinfo(self.issuer(), self.config(), now)
                    .map_err(LoginFailure::UserinfoClaims)?;
                claims
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

struct Tokens {
    id_token: SecretString,
    access_token: SecretString,
}

fn parse<T: DeserializeOwned>(claims: &Value) -> Result<T, LoginFailure> {
    T::deserialize(claims).map_err(|_| LoginFailure::Userinfo(JwtError::Claims))
}

/// An empty text says nothing.
fn present(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// What somebody else wrote is logged only in part and without control characters.
fn cut(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(60).collect()
}
