use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// The form of `POST /v1/oauth2/introspect` (RFC 7662, section 2.1). Other parameters are passed over.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IntrospectionRequest {
    /// The token to ask about.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, example = "sk-psl0123456789abcdefghijklmnopqrst2WLFGD")
    )]
    pub token: SecretString,
}

/// What is known of a token (RFC 7662, section 2.2). What is unknown is absent. Times are Unix seconds.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenInformation {
    /// Whether it lets anybody in. When not, nothing else is said.
    pub active: bool,
    /// What ProConnect calls the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The e-mail address, else the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// `Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// When it expires; absent for a key without end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// The origin of this service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// The token's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// What the role permits, with spaces between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// First name and name in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The role's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub siret: Option<String>,
    /// The level of authentication of the login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// `session` or `key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The account's id, which is the key to a person: addresses change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i64>,
}
