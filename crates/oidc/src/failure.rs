use std::time::Duration;

use service::client::CallError;

use crate::claims::ClaimError;
use crate::jws::JwsError;
use crate::metadata::ProviderError;

/// How long all answers of the provider to one login may take together.
pub(crate) const LOGIN_TIMEOUT: Duration = Duration::from_secs(25);
/// The longest ID token that is passed on, in bytes: an envelope, a URL and the body of a logout must hold it.
pub(crate) const LONGEST_ID_TOKEN: usize = 16 * 1024;

/// Why a login fails after the provider sent the browser back. Its message is safe to log.
#[derive(Debug, thiserror::Error)]
pub enum LoginFailure {
    /// The provider cannot be used.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// Its answers took too long, though each came in time.
    #[error("the provider took more than {} seconds in all", LOGIN_TIMEOUT.as_secs())]
    TooSlow,
    /// The provider says that the code is not or no longer valid.
    #[error("the provider does not accept the authorization code: it has expired or was used before")]
    CodeRefused,
    /// The token endpoint refuses for another reason.
    #[error("the token endpoint refused with the error \"{error}\" ({description})")]
    TokenEndpoint {
        /// Its code (RFC 6749, section 5.2), cut and cleaned.
        error: String,
        /// What it says besides, cut and cleaned.
        description: String,
    },
    /// The answer of the token endpoint cannot be read, or lacks a token.
    #[error("the token endpoint's answer, with status {status}, cannot be read or lacks a token")]
    TokenAnswer {
        /// The HTTP status.
        status: u16,
    },
    /// The ID token fits in no envelope.
    #[error("the ID token is longer than {LONGEST_ID_TOKEN} bytes")]
    IdTokenTooLong,
    /// The ID token is not a token of the provider.
    #[error("the ID token is refused: {0}")]
    IdToken(JwsError),
    /// The ID token has a claim that breaks a rule.
    #[error("the ID token is refused: {0}")]
    IdTokenClaims(ClaimError),
    /// The level of authentication is none of those required: the level that came, cut and cleaned.
    #[error("the level of authentication (acr) is \"{0}\", none of oauth2.required_acr")]
    AcrNotMet(String),
    /// The userinfo endpoint refuses, or its answer has an unexpected form.
    #[error("the userinfo endpoint answered with status {status} and type {media_type:?}")]
    UserinfoAnswer {
        /// The HTTP status.
        status: u16,
        /// The media type, cut short.
        media_type: String,
    },
    /// The userinfo is not signed, though it must be.
    #[error("the userinfo is not signed, as oauth2.require_signed_userinfo asks")]
    UserinfoUnsigned,
    /// The userinfo is not a token of the provider, or not JSON.
    #[error("the userinfo is refused: {0}")]
    Userinfo(JwsError),
    /// The userinfo has a claim that breaks a rule.
    #[error("the userinfo is refused: {0}")]
    UserinfoClaims(ClaimError),
}

impl LoginFailure {
    /// Whether the provider refuses what this service asks for, whoever logs in.
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        matches!(self, Self::TokenEndpoint { error, .. } if is_about_client(error))
    }

    /// Whether the provider was unreachable, as opposed to giving an answer that is refused.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        match self {
            Self::Provider(error) => {
                !matches!(error, ProviderError::Call(CallError::TooLarge { .. }) | ProviderError::Metadata(_))
            }
            Self::TooSlow => true,
            Self::TokenAnswer { status } | Self::UserinfoAnswer { status, .. } => is_temporary(*status),
            _ => false,
        }
    }
}

/// Errors of the token endpoint that say something about this client, whoever logs in (RFC 6749, section 5.2).
fn is_about_client(error: &str) -> bool {
    matches!(
        error,
        "invalid_client"
            | "unauthorized_client"
            | "unsupported_grant_type"
            | "invalid_scope"
            | "invalid_request"
    )
}

/// Whether a status says that the server cannot answer now, and may in a moment.
fn is_temporary(status: u16) -> bool {
    matches!(status, 429 | 502..=504)
}
