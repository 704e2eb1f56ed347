use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::exposed::exposed;

/// The form of `POST /v1/oauth2/revoke` (RFC 7009, section 2.1). Other parameters, such as `token_type_hint`, are passed over.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevocationRequest {
    /// The token to end.
    #[cfg_attr(feature = "openapi", schema(value_type = String, min_length = 1, example = "sk-psl0123456789abcdefghijklmnopqrst2WLFGD"))]
    #[serde(serialize_with = "exposed")]
    pub token: SecretString,
    /// Why, as the list of sessions and the record tell it; by default because its holder asked.
    #[cfg_attr(feature = "openapi", schema(value_type = RevocationReason))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<RevocationReason>,
}

/// Why a holder ends a token.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RevocationReason {
    /// Another login in the same browser takes its place.
    Login,
}
