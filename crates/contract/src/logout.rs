use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::exposed::exposed;

/// The body of `POST /v1/oauth2/logout`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogoutRequest {
    /// The ID token of the login. It may have expired.
    #[cfg_attr(feature = "openapi", schema(value_type = String, min_length = 1, example = "eyJhbGciOiJFUzI1NiJ9.…"))]
    #[serde(serialize_with = "exposed")]
    pub proconnect_token: SecretString,
    /// Where ProConnect sends the browser afterwards; its origin is among `oauth2.allowed_domains`.
    #[cfg_attr(feature = "openapi", schema(example = "https://playground.example.gouv.fr/logged-out"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_logout_redirect_uri: Option<String>,
    /// Comes back with `post_logout_redirect_uri`.
    #[cfg_attr(feature = "openapi", schema(example = "Qd3vXr8bYk1tPzWc5hJn7A"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Whether the person's keys end, too. By default they go on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keys: bool,
}

/// The answer to a logout that revoked the API token.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogoutAnswer {
    /// Whether ProConnect confirmed the logout.
    pub status: LogoutStatus,
    /// The same, as a sentence.
    #[cfg_attr(feature = "openapi", schema(example = "Successfully logged out from ProConnect"))]
    #[serde(default)]
    pub message: String,
    /// Where the browser ends its session with ProConnect; `null` when ProConnect offers no such address.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "https://auth.example.gouv.fr/api/v2/session/end?client_id=…")
    )]
    pub logout_url: Option<String>,
}

/// Whether ProConnect confirmed a logout.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum LogoutStatus {
    /// ProConnect confirmed it.
    Success,
    /// ProConnect is unreachable, refused, or offers no logout.
    Warning,
}
