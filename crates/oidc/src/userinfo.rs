use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use service::client::{Answer, Method, StatusCode};
use token_crypto::UnixTime;

use crate::calls::Endpoint;
use crate::claims::{ClaimError, Parties, TokenClaims};
use crate::failure::{LOGIN_TIMEOUT, LoginFailure};
use crate::json;
use crate::jws::JwsError;
use crate::metadata::Metadata;
use crate::provider::{Provider, VerifyError};
use crate::provider_error::ProviderError;
use crate::quote::quoted;

impl Provider {
    /// The claims of the userinfo endpoint (OpenID Connect Core 1.0, section 5.3), verified, about this subject.
    pub(crate) async fn userinfo(
        &self,
        metadata: &Metadata,
        access_token: &SecretString,
        sub: &str,
        now: UnixTime,
    ) -> Result<Map<String, Value>, LoginFailure> {
        let request = self
            .client()
            .request(Method::GET, metadata.userinfo_endpoint.url().clone())
            .bearer_auth(access_token.expose_secret());
        let answer = self.calls().send(Endpoint::Userinfo, request).await.map_err(ProviderError::Call)?;
        let claims = match (answer.status, answer.media_type.as_str()) {
            (StatusCode::OK, "application/jwt") => {
                let parties = self.parties(metadata);
                self.signed(&answer, parties, now).await?
            }
            (StatusCode::OK, "application/json") if self.settings().require_signed_userinfo => {
                return Err(LoginFailure::UserinfoUnsigned);
            }
            (StatusCode::OK, "application/json") => {
                json::members(&answer.body).ok_or(LoginFailure::Userinfo(JwsError::Claims))?
            }
            (status, media_type) => {
                let (status, media_type) = (status.as_u16(), quoted(media_type));
                return Err(LoginFailure::UserinfoAnswer { status, media_type });
            }
        };
        // Section 5.3.2: without this, an answer could be swapped for another person's.
        if claims.get("sub").and_then(Value::as_str) != Some(sub) {
            return Err(LoginFailure::UserinfoClaims(ClaimError::Subject));
        }
        Ok(claims)
    }

    async fn signed(
        &self,
        answer: &Answer,
        parties: Parties<'_>,
        now: UnixTime,
    ) -> Result<Map<String, Value>, LoginFailure> {
        let token = str::from_utf8(&answer.body).map_err(|_| LoginFailure::Userinfo(JwsError::Malformed))?;
        let claims = self.verify(token.trim(), LOGIN_TIMEOUT).await.map_err(|error| match error {
            VerifyError::Provider(error) => error.into(),
            VerifyError::Token(error) => LoginFailure::Userinfo(error),
        })?;
        TokenClaims::read(&claims)
            .and_then(|token| token.check_userinfo(parties, self.settings(), now))
            .map_err(LoginFailure::UserinfoClaims)?;
        Ok(claims)
    }
}
