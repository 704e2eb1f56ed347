//! Why the provider cannot be used: because it does not answer, which may pass, or because of what it says, which may not.

use service::client::CallError;

/// Why the provider cannot be used. Its message is safe to log.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It does not answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// It answers with an error.
    #[error("{what} answered with status {status}")]
    Status {
        /// What was asked for.
        what: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// What it says of itself cannot be used.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The last attempt, a moment ago, failed.
    #[error("a moment ago: {cause}")]
    FailedRecently {
        /// Why.
        cause: String,
        /// Whether waiting would not have helped.
        is_lasting: bool,
    },
}

/// What is wrong with what the provider says of itself.
#[derive(Debug, thiserror::Error)]
pub enum MetadataError {
    /// The metadata is no JSON object.
    #[error("the provider's metadata is no JSON object")]
    NotJson,
    /// It lacks what a login needs.
    #[error("the provider's metadata has no {0}")]
    Missing(&'static str),
    /// A field cannot be used.
    #[error("{name} of the provider's metadata is {problem}: {value}")]
    Field {
        /// Which.
        name: &'static str,
        /// What is there, cut and cleaned.
        value: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// It is that of another provider than was asked for.
    #[error("the provider's metadata names the issuer \"{named}\", and \"{asked}\" was asked for")]
    Issuer {
        /// The issuer it names, cut and cleaned.
        named: String,
        /// The issuer that its URL stands for.
        asked: String,
    },
    /// The keys are no JSON Web Key Set.
    #[error("the provider's keys are no JSON Web Key Set")]
    Keys,
    /// There is no key to check signatures with.
    #[error("the provider has no RS256 or ES256 key that can be used; it has: {published}")]
    NoKey {
        /// The keys that it has.
        published: String,
    },
}

impl ProviderError {
    /// Whether waiting would not help: somebody has to change a configuration, here or there.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::Call(error) => matches!(error, CallError::TooLarge { .. }),
            Self::Status { status, .. } => !is_temporary(*status),
            Self::Metadata(_) => true,
            Self::FailedRecently { is_lasting, .. } => *is_lasting,
        }
    }

    /// The whole story in one line, for whoever meets the failure again in a moment.
    pub(crate) fn again(&self) -> Self {
        let source = std::error::Error::source(self).map(|cause| format!(": {cause}"));
        let cause = match self {
            Self::FailedRecently { cause, .. } => cause.clone(),
            _ => format!("{self}{}", source.unwrap_or_default()),
        };
        Self::FailedRecently { cause, is_lasting: self.is_lasting() }
    }
}

/// Whether a status says that the server cannot answer now, and may in a moment.
fn is_temporary(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}
