use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use token_crypto::UnixTime;

use crate::authorization_response::AuthorizationResponse;
use crate::begin::PendingLogin;
use crate::claims::TokenClaims;
use crate::failure::{LOGIN_TIMEOUT, LoginFailure};
use crate::provider::{Provider, VerifyError};
use crate::quote::quoted;

/// Who the provider says has logged in. Only a login makes one, after every check.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The provider's issuer identifier.
    pub issuer: String,
    /// The subject: what the issuer calls this person, for ever.
    pub sub: String,
    /// What the userinfo says of the person, and `acr` and `amr` of the ID token.
    pub claims: Map<String, Value>,
}

/// A login that the provider confirmed.
pub struct LoggedIn {
    /// Who it is.
    pub identity: Identity,
    /// The ID token, a hint for a later logout.
    pub id_token: SecretString,
}

impl Provider {
    /// Finishes a login: exchanges the code, verifies the ID token and asks for the userinfo. No check can be skipped:
    /// what does not hold is refused.
    ///
    /// # Errors
    /// Which step failed, and why.
    pub async fn log_in(
        &self,
        pending: &PendingLogin,
        response: AuthorizationResponse,
        client_secret: &SecretString,
        now: UnixTime,
    ) -> Result<LoggedIn, LoginFailure> {
        let verified = async {
            let metadata = self.metadata().await;
            // An error is told even when the provider is unreachable now; a code is of no use then.
            let code = response.code(metadata.as_ref().ok().map(|metadata| &*metadata.issuer))?;
            let metadata = metadata?;
            let tokens = self.exchange(&metadata, pending, &code, client_secret).await?;
            let claims = self.verify(tokens.id_token.expose_secret(), LOGIN_TIMEOUT).await.map_err(
                |error| match error {
                    VerifyError::Provider(error) => error.into(),
                    VerifyError::Token(error) => LoginFailure::IdToken(error),
                },
            )?;
            let token = TokenClaims::read(&claims).map_err(LoginFailure::IdTokenClaims)?;
            let sub = token
                .check_id_token(self.parties(&metadata), self.settings(), &pending.nonce, now)
                .map_err(LoginFailure::IdTokenClaims)?
                .to_owned();
            let required = &self.settings().required_acr;
            if !required.is_empty() && !token.acr.as_ref().is_some_and(|acr| required.contains(acr)) {
                return Err(LoginFailure::AcrNotMet {
                    acr: quoted(token.acr.as_deref().unwrap_or_default()),
                    id_token: tokens.id_token,
                });
            }
            let mut claims = self.userinfo(&metadata, &tokens.access_token, &sub, now).await?;
            // How the person logged in is said by the ID token alone.
            claims.insert("acr".to_owned(), token.acr.into());
            claims.insert("amr".to_owned(), token.amr);
            let identity = Identity { issuer: metadata.issuer.clone(), sub, claims };
            Ok(LoggedIn { identity, id_token: tokens.id_token })
        };
        tokio::time::timeout(LOGIN_TIMEOUT, verified).await.map_err(|_| LoginFailure::TooSlow)?
    }
}
