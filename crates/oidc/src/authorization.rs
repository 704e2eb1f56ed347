/// The `error` of an authorization response (RFC 6749, section 4.1.2.1), as far as people see a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationError {
    /// The person, or their organisation, refused.
    AccessDenied,
    /// ProConnect does not let this person use this service.
    NotAllowed,
    /// The required level of authentication was not reached.
    AcrNotMet,
    /// The provider cannot answer now.
    Unavailable,
    /// Anything else.
    Other,
}

impl AuthorizationError {
    /// Tells the errors apart by their code and, where ProConnect uses one code for several, by its description.
    #[must_use]
    pub fn from_response(error: &str, description: &str) -> Self {
        match error {
            "access_denied" if description.contains("ACR") => Self::AcrNotMet,
            "access_denied"
                if description.contains("invalid identity")
                    || description.contains("configuration limitation") =>
            {
                Self::NotAllowed
            }
            "access_denied" => Self::AccessDenied,
            "unmet_authentication_requirements" => Self::AcrNotMet,
            "temporarily_unavailable" => Self::Unavailable,
            _ => Self::Other,
        }
    }
}
