use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use token_crypto::UnixTime;

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
        code: &SecretString,
        client_secret: &SecretString,
        now: UnixTime,
    ) -> Result<LoggedIn, LoginFailure> {
        let verified = async {
            let metadata = self.metadata().await?;
            let tokens = self.exchange(&metadata, pending, code, client_secret).await?;
            let token: TokenClaims =
                self.verify(tokens.id_token.expose_secret()).await.map_err(|error| match error {
                    VerifyError::Provider(error) => error.into(),
                    VerifyError::Token(error) => LoginFailure::IdToken(error),
                })?;
            token
                .check_id_token(self.settings(), &pending.nonce, now)
                .map_err(LoginFailure::IdTokenClaims)?;
            let required = &self.settings().required_acr;
            if !required.is_empty() && !token.acr.as_ref().is_some_and(|acr| required.contains(acr)) {
                return Err(LoginFailure::AcrNotMet(quoted(token.acr.as_deref().unwrap_or_default())));
            }
            let mut claims = self.userinfo(&metadata, &tokens.access_token, &token.sub, now).await?;
            // How the person logged in is said by the ID token alone.
            claims.insert("acr".to_owned(), token.acr.into());
            claims.insert("amr".to_owned(), token.amr);
            let identity = Identity { issuer: self.settings().issuer().to_owned(), sub: token.sub, claims };
            Ok(LoggedIn { identity, id_token: tokens.id_token })
        };
        tokio::time::timeout(LOGIN_TIMEOUT, verified).await.map_err(|_| LoginFailure::TooSlow)?
    }
}
