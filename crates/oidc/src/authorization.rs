use crate::quote::quoted;

/// An error that the provider sent the browser back with (RFC 6749, section 4.1.2.1; OpenID Connect Core 1.0, section
/// 3.1.2.6). Its message is safe to log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the provider sent the browser back with the error \"{error}\" ({description})")]
pub struct AuthorizationError {
    /// What it means to people.
    pub kind: AuthorizationErrorKind,
    error: String,
    description: String,
}

/// The errors of an authorization response, as far as people see a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationErrorKind {
    /// The person, or their organisation, refused.
    AccessDenied,
    /// ProConnect does not let this person use this service.
    NotAllowed,
    /// The required level of authentication was not reached.
    AcrNotMet,
    /// The provider cannot answer now.
    Unavailable,
    /// The provider refuses what this service asks for.
    Configuration,
    /// Anything else.
    Other,
}

impl AuthorizationError {
    /// Tells the errors apart by their code and, where ProConnect uses one code for several, by its description.
    pub(crate) fn from_response(error: &str, description: &str) -> Self {
        Self { kind: kind(error, description), error: quoted(error), description: quoted(description) }
    }
}

fn kind(error: &str, description: &str) -> AuthorizationErrorKind {
    match error {
        "access_denied" if description.contains("ACR") => AuthorizationErrorKind::AcrNotMet,
        "access_denied"
            if description.contains("invalid identity")
                || description.contains("configuration limitation") =>
        {
            AuthorizationErrorKind::NotAllowed
        }
        "access_denied" => AuthorizationErrorKind::AccessDenied,
        "unmet_authentication_requirements" => AuthorizationErrorKind::AcrNotMet,
        "temporarily_unavailable" => AuthorizationErrorKind::Unavailable,
        "invalid_request"
        | "invalid_scope"
        | "invalid_client"
        | "unauthorized_client"
        | "unsupported_response_type"
        | "request_not_supported"
        | "invalid_redirect_uri" => AuthorizationErrorKind::Configuration,
        _ => AuthorizationErrorKind::Other,
    }
}
