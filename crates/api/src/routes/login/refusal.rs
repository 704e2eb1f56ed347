use accounts::{Event, LoginError};
use contract::{AccessReason, LoginErrorCode, path};
use oidc::{AuthorizationErrorKind, BeginError, LoginFailure};
use secrecy::SecretString;
use serde_json::{Map, Value};
use token_crypto::{KeyRing, UnixTime};

use crate::access::Mailbox;

/// Why a login that ProConnect sent back came to nothing. Its message is safe to log.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("it took longer than oauth2.login_ttl")]
    Late,
    #[error(transparent)]
    Login(#[from] LoginFailure),
    #[error("the second question for a level of authentication cannot be asked: {0}")]
    SecondQuestion(#[from] BeginError),
    #[error("{0}")]
    Disabled(LoginError, SecretString),
    #[error(
        "the level of authentication (acr) is \"{acr}\", none that oauth2.access.acr asks of this identity provider"
    )]
    Level { acr: String, id_token: SecretString },
    #[error("the rule {} of oauth2.access", .0.reason.as_str())]
    Access(AccessRefusal),
    #[error(transparent)]
    Account(LoginError),
}

impl Refusal {
    /// What the application is told. Its message to the person depends on nothing else.
    pub(super) fn code(&self) -> LoginErrorCode {
        match self {
            Self::Late => LoginErrorCode::LoginExpired,
            Self::Login(failure) => match failure {
                LoginFailure::Authorization(error) => match error.kind {
                    AuthorizationErrorKind::AccessDenied => LoginErrorCode::AccessDenied,
                    AuthorizationErrorKind::NotAllowed => LoginErrorCode::NotAllowed,
                    AuthorizationErrorKind::AcrNotMet => LoginErrorCode::AcrNotMet,
                    AuthorizationErrorKind::Unavailable => LoginErrorCode::ProviderUnavailable,
                    AuthorizationErrorKind::Configuration => LoginErrorCode::Configuration,
                    AuthorizationErrorKind::Other => LoginErrorCode::ProviderError,
                },
                LoginFailure::AcrNotMet { .. } => LoginErrorCode::AcrNotMet,
                LoginFailure::CodeRefused { .. } => LoginErrorCode::LoginExpired,
                failure if failure.is_configuration() => LoginErrorCode::Configuration,
                failure if failure.is_unreachable() => LoginErrorCode::ProviderUnavailable,
                _ => LoginErrorCode::ProviderError,
            },
            Self::SecondQuestion(BeginError::Provider(error)) if error.is_lasting() => {
                LoginErrorCode::Configuration
            }
            Self::SecondQuestion(BeginError::Provider(_)) => LoginErrorCode::ProviderUnavailable,
            Self::Level { .. } => LoginErrorCode::AcrNotMet,
            Self::Disabled(..) => LoginErrorCode::AccountDisabled,
            Self::Access(_) => LoginErrorCode::AccessRefused,
            Self::SecondQuestion(BeginError::Random(_)) | Self::Account(_) => LoginErrorCode::Internal,
        }
    }

    /// What of the configuration to look at, where that is known.
    pub(super) fn fix(&self) -> Option<&'static str> {
        match self {
            Self::Late => Some("oauth2.login_ttl says how long a login may take"),
            Self::Login(failure) => failure.fix(),
            Self::Access(_) => Some("oauth2.access says who may enter; `api access check` says what holds"),
            Self::Level { .. } => Some("compare oauth2.access.acr with the level that came"),
            Self::SecondQuestion(_) | Self::Disabled(..) | Self::Account(_) => None,
        }
    }

    /// What the record tells of it.
    pub(super) fn event(&self) -> Event {
        let code = self.code();
        match code {
            LoginErrorCode::AccessDenied
            | LoginErrorCode::AcrNotMet
            | LoginErrorCode::NotAllowed
            | LoginErrorCode::AccountDisabled => Event::login_refused(code.as_str()),
            LoginErrorCode::AccessRefused => self.access_event(),
            LoginErrorCode::LoginExpired
            | LoginErrorCode::ProviderError
            | LoginErrorCode::ProviderUnavailable
            | LoginErrorCode::Configuration
            | LoginErrorCode::Internal => Event::login_failed(code.as_str()),
        }
    }

    /// What the record tells of a rule that refused somebody: what rules ask for, and never who it is.
    fn access_event(&self) -> Event {
        let Self::Access(refusal) = self else { return Event::login_refused(self.code().as_str()) };
        let told = |name| refusal.claims.get(name).cloned().unwrap_or_default();
        let email = refusal.claims.get("email").and_then(Value::as_str).and_then(Mailbox::parse);
        Event::login_refused(refusal.reason.as_str())
            .with("email_domain", email.map(|email| email.domain().to_owned()))
            .with("siret", told("siret"))
            .with("idp_id", told("idp_id"))
            .with("roles", told("roles"))
    }

    /// The ID token of somebody whom ProConnect knows and whom this service refuses.
    pub(super) fn id_token(&self) -> Option<&SecretString> {
        match self {
            Self::Disabled(_, id_token)
            | Self::Level { id_token, .. }
            | Self::Login(LoginFailure::AcrNotMet { id_token, .. })
            | Self::Access(AccessRefusal { id_token, .. }) => Some(id_token),
            _ => None,
        }
    }

    /// What the application is told, as the end of a query. The person's own value goes along only for the browser that began
    /// the login.
    pub(super) fn as_query(&self, binding: Option<&str>, keys: &KeyRing, now: UnixTime) -> String {
        let query = format!("{}={}", path::LOGIN_ERROR, self.code().as_str());
        let Self::Access(AccessRefusal { reason, own_value, .. }) = self else { return query };
        let query = format!("{query}&{}={}", path::REASON, reason.as_str());
        let (Some(value), Some(binding)) = (own_value, binding) else { return query };
        let sealed = token_crypto::Refusal::new(reason.as_str(), value, binding).seal(keys, now);
        format!("{query}&{}={}", path::REFUSAL, sealed.replace('=', "%3D"))
    }

    /// The one line about a login that is refused. What nobody but an operator can mend, whoever logs in, is an error.
    pub(super) fn log(&self) {
        let (code, reason, fix) = (self.code().as_str(), self as &dyn std::error::Error, self.fix());
        match self {
            Self::Account(_) => tracing::error!(code, reason, "a login failed here"),
            Self::Login(LoginFailure::TokenEndpoint { error, .. }) if error == "invalid_client" => {
                tracing::error!(code, reason, fix, "a login is refused");
            }
            _ => tracing::warn!(code, reason, fix, "a login is refused"),
        }
    }
}

/// Somebody whom a rule refuses.
#[derive(Debug)]
pub(super) struct AccessRefusal {
    /// The rule.
    pub(super) reason: AccessReason,
    /// What the provider says of them that it is about.
    pub(super) own_value: Option<String>,
    /// All that the provider says of them.
    pub(super) claims: Map<String, Value>,
    /// With which their session at the provider can be ended.
    pub(super) id_token: SecretString,
}
