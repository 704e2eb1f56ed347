use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// The form of `POST /v1/oauth2/introspect` (RFC 7662, section 2.1). Other parameters are passed over.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IntrospectionRequest {
    /// The token to ask about.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, min_length = 1, example = "sk-psl0123456789abcdefghijklmnopqrst2WLFGD")
    )]
    pub token: SecretString,
}

/// What is known of a token (RFC 7662, section 2.2). What is unknown is absent. Times are Unix seconds.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenInformation {
    /// Whether it lets anybody in. When not, nothing else is said.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub active: bool,
    /// What ProConnect calls the person.
    #[cfg_attr(feature = "openapi", schema(example = "b1c6a2e0-6f3d-4a7e-9c58-2d1f0e9b7a43"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The e-mail address, else the name.
    #[cfg_attr(feature = "openapi", schema(example = "agent@example.gouv.fr"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// `Bearer`.
    #[cfg_attr(feature = "openapi", schema(example = "Bearer"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// When it expires; absent for a key without end.
    #[cfg_attr(feature = "openapi", schema(example = 1_797_776_000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// When it was made.
    #[cfg_attr(feature = "openapi", schema(example = 1_790_000_000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// The origin of this service.
    #[cfg_attr(feature = "openapi", schema(example = "https://api.example.gouv.fr"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// The token's id.
    #[cfg_attr(feature = "openapi", schema(example = "7"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// What the role permits, with spaces between.
    #[cfg_attr(feature = "openapi", schema(example = "chat search"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The e-mail address.
    #[cfg_attr(feature = "openapi", schema(example = "agent@example.gouv.fr"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// First name and name in use.
    #[cfg_attr(feature = "openapi", schema(example = "Camille Exemple"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The role's name.
    #[cfg_attr(feature = "openapi", schema(example = "Freemium"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The organisation.
    #[cfg_attr(feature = "openapi", schema(example = "Direction interministérielle du numérique"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// Its number.
    #[cfg_attr(feature = "openapi", schema(example = "13002526500013"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub siret: Option<String>,
    /// The level of authentication of the login.
    #[cfg_attr(feature = "openapi", schema(example = "eidas1"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// `session` or `key`.
    #[cfg_attr(feature = "openapi", schema(example = "key"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The account's id, which is the key to a person: addresses change.
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i64>,
}
