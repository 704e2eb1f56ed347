use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use service::client::{Method, StatusCode};
use url::form_urlencoded;

use crate::begin::PendingLogin;
use crate::failure::{LONGEST_ID_TOKEN, LoginFailure};
use crate::json;
use crate::metadata::{Metadata, ProviderError};
use crate::provider::Provider;
use crate::quote::quoted;

/// What the provider gives for a code.
#[derive(Deserialize)]
pub(crate) struct Tokens {
    pub(crate) access_token: SecretString,
    token_type: String,
    pub(crate) id_token: SecretString,
}

/// RFC 6749, section 5.2.
#[derive(Deserialize)]
struct Refusal {
    error: String,
    #[serde(default)]
    error_description: String,
}

impl Provider {
    /// Exchanges the code for tokens (RFC 6749, section 4.1.3; OpenID Connect Core 1.0, section 3.1.3). The
    /// client is authenticated by `client_secret_post`, the only way ProConnect knows.
    pub(crate) async fn exchange(
        &self,
        metadata: &Metadata,
        pending: &PendingLogin,
        code: &SecretString,
        client_secret: &SecretString,
    ) -> Result<Tokens, LoginFailure> {
        let settings = self.settings();
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code.expose_secret())
            .append_pair("redirect_uri", settings.redirect_uri.as_str())
            .append_pair("code_verifier", &pending.code_verifier)
            .append_pair("client_id", &settings.client_id)
            .append_pair("client_secret", client_secret.expose_secret())
            .finish();
        let request = self
            .client()
            .request(Method::POST, metadata.token_endpoint.clone())
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let answer = self.client().send(request).await.map_err(ProviderError::Call)?;
        let unreadable = LoginFailure::TokenAnswer { status: answer.status.as_u16() };
        if answer.media_type != "application/json" {
            return Err(unreadable);
        }
        if answer.status != StatusCode::OK {
            return Err(match json::object::<Refusal>(&answer.body) {
                Some(refusal) if refusal.error == "invalid_grant" => LoginFailure::CodeRefused,
                Some(refusal) => LoginFailure::TokenEndpoint {
                    error: quoted(&refusal.error),
                    description: quoted(&refusal.error_description),
                },
                None => unreadable,
            });
        }
        let tokens = json::object(&answer.body).filter(Tokens::are_well_formed).ok_or(unreadable)?;
        if tokens.id_token.expose_secret().len() > LONGEST_ID_TOKEN {
            return Err(LoginFailure::IdTokenTooLong);
        }
        Ok(tokens)
    }
}

impl Tokens {
    /// Only a bearer token can be used without a proof (RFC 6749, section 7.1), and only printable characters
    /// make one (appendix A.12).
    fn are_well_formed(&self) -> bool {
        let access_token = self.access_token.expose_secret().as_bytes();
        self.token_type.eq_ignore_ascii_case("bearer")
            && !access_token.is_empty()
            && access_token.iter().all(|byte| matches!(byte, b' '..=b'~'))
    }
}
