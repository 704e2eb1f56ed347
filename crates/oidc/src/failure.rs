use std::time::Duration;

use secrecy::SecretString;

use crate::authorization::{AuthorizationError, AuthorizationErrorKind};
use crate::claims::ClaimError;
use crate::jws::JwsError;
use crate::provider_error::ProviderError;

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
    /// The browser brings the answer of another provider.
    #[error("iss of the callback is \"{given}\", not the provider, \"{expected}\" (RFC 9207)")]
    Issuer {
        /// What is there, cut and cleaned.
        given: String,
        /// The provider's issuer.
        expected: String,
    },
    /// The provider sent the browser back with an error.
    #[error(transparent)]
    Authorization(#[from] AuthorizationError),
    /// The browser brings neither a code nor an error.
    #[error("the callback has neither a code nor an error")]
    NoCode,
    /// Its answers took too long, though each came in time.
    #[error("the provider took more than {} seconds in all", LOGIN_TIMEOUT.as_secs())]
    TooSlow,
    /// The provider says that the code is not or no longer valid.
    #[error(
        "the provider does not accept the authorization code: it has expired, was used before or is of another request \
         ({description})"
    )]
    CodeRefused {
        /// What it says besides, cut and cleaned.
        description: String,
    },
    /// The token endpoint refuses for another reason.
    #[error("the token endpoint refused with the error \"{error}\" ({description})")]
    TokenEndpoint {
        /// Its code (RFC 6749, section 5.2), cut and cleaned.
        error: String,
        /// What it says besides, cut and cleaned.
        description: String,
    },
    /// The answer of the token endpoint cannot be read, or lacks a token.
    #[error("the token endpoint's answer, with status {status} and type {media_type:?}, {problem}")]
    TokenAnswer {
        /// The HTTP status.
        status: u16,
        /// The media type, cut short.
        media_type: String,
        /// What is wrong with it.
        problem: &'static str,
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
    #[error("the level of authentication (acr) is \"{acr}\", none of oauth2.required_acr")]
    AcrNotMet {
        /// The level.
        acr: String,
        /// The ID token, with which the session at the provider can be ended.
        id_token: SecretString,
    },
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
        match self {
            Self::Provider(ProviderError::Call(_)) => false,
            Self::Provider(error) => error.is_lasting(),
            Self::TokenEndpoint { error, .. } => is_about_client(error),
            Self::Authorization(error) => error.kind == AuthorizationErrorKind::Configuration,
            _ => false,
        }
    }

    /// What an operator has to look at, where that is known: a key of the configuration.
    #[must_use]
    pub fn fix(&self) -> Option<&'static str> {
        match self {
            Self::Provider(error) if error.is_lasting() => {
                Some("look at oauth2.server_metadata_url, and at what it answers")
            }
            Self::TokenEndpoint { error, .. } if error == "invalid_client" => {
                Some("oauth2.client_secret: give the secret that ProConnect has for oauth2.client_id")
            }
            Self::TokenEndpoint { .. } | Self::Authorization(_) if self.is_configuration() => Some(
                "compare oauth2.client_id, oauth2.redirect_uri and oauth2.scope with what ProConnect registered",
            ),
            Self::IdToken(JwsError::Algorithm { .. }) | Self::Userinfo(JwsError::Algorithm { .. }) => {
                Some("compare oauth2.signing_algorithms with what ProConnect registered")
            }
            Self::IdTokenClaims(ClaimError::Audience { .. })
            | Self::UserinfoClaims(ClaimError::Audience { .. }) => {
                Some("compare oauth2.client_id with what ProConnect registered")
            }
            Self::IdTokenClaims(error) | Self::UserinfoClaims(error) if error.is_of_clocks() => {
                Some("set this machine's clock, or raise oauth2.leeway")
            }
            Self::AcrNotMet { .. } => Some("compare oauth2.required_acr with the level that came"),
            Self::UserinfoUnsigned => {
                Some("have ProConnect sign the userinfo, or leave out oauth2.require_signed_userinfo")
            }
            _ => None,
        }
    }

    /// Whether the provider was unreachable, as opposed to giving an answer that is refused.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        match self {
            Self::Provider(error) => !error.is_lasting(),
            Self::TooSlow => true,
            Self::TokenAnswer { status, .. } | Self::UserinfoAnswer { status, .. } => is_temporary(*status),
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
