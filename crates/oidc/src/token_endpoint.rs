use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value};
use service::client::{Method, StatusCode};
use url::form_urlencoded;

use crate::begin::PendingLogin;
use crate::calls::Endpoint;
use crate::failure::{LONGEST_ID_TOKEN, LoginFailure};
use crate::json;
use crate::metadata::Metadata;
use crate::provider::Provider;
use crate::provider_error::ProviderError;
use crate::quote::quoted;

/// What the provider gives for a code.
pub(crate) struct Tokens {
    pub(crate) access_token: SecretString,
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
            .request(Method::POST, metadata.token_endpoint.url().clone())
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let answer = self.calls().send(Endpoint::Token, request).await.map_err(ProviderError::Call)?;
        let unusable = |problem| LoginFailure::TokenAnswer {
            status: answer.status.as_u16(),
            media_type: quoted(&answer.media_type),
            problem,
        };
        if answer.media_type != "application/json" {
            return Err(unusable("is not application/json"));
        }
        if answer.status != StatusCode::OK {
            return Err(match json::object::<Refusal>(&answer.body) {
                Some(refusal) if refusal.error == "invalid_grant" => {
                    LoginFailure::CodeRefused { description: quoted(&refusal.error_description) }
                }
                Some(refusal) => LoginFailure::TokenEndpoint {
                    error: quoted(&refusal.error),
                    description: quoted(&refusal.error_description),
                },
                None => unusable("is no error of RFC 6749"),
            });
        }
        let fields = json::members(&answer.body).ok_or_else(|| unusable("is no JSON object"))?;
        let tokens = Tokens::read(&fields).map_err(unusable)?;
        if tokens.id_token.expose_secret().len() > LONGEST_ID_TOKEN {
            return Err(LoginFailure::IdTokenTooLong);
        }
        Ok(tokens)
    }
}

impl Provider {
    /// Asks the token endpoint whether it knows this client and its secret, with a code that nobody was given.
    ///
    /// # Errors
    /// When it refuses the client, or does not answer as it should.
    pub async fn check_client(&self, client_secret: &SecretString) -> Result<(), LoginFailure> {
        let metadata = self.metadata().await?;
        let code = SecretString::from("a-code-that-nobody-was-given");
        match self.exchange(&metadata, &PendingLogin::of_nobody(), &code, client_secret).await {
            Ok(_) | Err(LoginFailure::CodeRefused { .. }) => Ok(()),
            Err(failure) => Err(failure),
        }
    }
}

impl Tokens {
    /// Only a bearer token can be used without a proof (RFC 6749, section 7.1), and only printable characters
    /// make one (appendix A.12).
    fn read(fields: &Map<String, Value>) -> Result<Self, &'static str> {
        let string = |name: &str| fields.get(name).and_then(Value::as_str);
        let access_token = string("access_token").ok_or("has no access_token")?;
        if access_token.is_empty() || !access_token.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err("has an access_token that is empty or not printable");
        }
        if !string("token_type").ok_or("has no token_type")?.eq_ignore_ascii_case("bearer") {
            return Err("has another token_type than Bearer");
        }
        let id_token = string("id_token")
            .ok_or("has no id_token, so it does not say who logged in (is openid among oauth2.scope?)")?;
        Ok(Self { access_token: access_token.into(), id_token: id_token.into() })
    }
}
