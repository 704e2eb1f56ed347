use secrecy::{ExposeSecret as _, SecretString};

use crate::authorization::AuthorizationError;
use crate::failure::LoginFailure;
use crate::quote::quoted;

/// What the browser brings back from the provider (RFC 6749, section 4.1.2; RFC 9207).
#[derive(Debug, Default)]
pub struct AuthorizationResponse {
    /// The authorization code.
    pub code: Option<SecretString>,
    /// The issuer identifier.
    pub iss: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
    /// The same, for people.
    pub error_description: Option<String>,
}

impl AuthorizationResponse {
    /// The code, when it comes from this issuer and there is no error beside it.
    pub(crate) fn code(self, issuer: Option<&str>) -> Result<SecretString, LoginFailure> {
        if let (Some(given), Some(expected)) = (&self.iss, issuer)
            && given != expected
        {
            return Err(LoginFailure::Issuer { given: quoted(given), expected: expected.to_owned() });
        }
        if let Some(error) = self.error {
            let description = self.error_description.as_deref().unwrap_or_default();
            return Err(AuthorizationError::from_response(&error, description).into());
        }
        self.code.filter(|code| !code.expose_secret().is_empty()).ok_or(LoginFailure::NoCode)
    }
}
