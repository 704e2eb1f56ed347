//! What a page has to tell about what happened just before.

use crate::text::Lang;

/// A closed list, so that nobody can put words of their own into a page. Its codes travel in a cookie, and
/// some of them in the `login_error` of the api.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The envelope was expired, tampered with, or meant for another browser.
    LoginFailed,
    /// ProConnect or the agent refused.
    AccessDenied,
    /// The login was not as strong as required.
    AcrNotMet,
    /// The agent is not among those the service is for.
    NotAllowed,
    /// The login took too long.
    LoginExpired,
    /// ProConnect, or the agent's organisation behind it, failed.
    ProviderError,
    /// ProConnect could not be reached.
    ProviderUnavailable,
    /// The account was disabled in the API.
    AccountDisabled,
    /// The API failed.
    Internal,
    /// The API no longer accepts the session's token.
    SessionEnded,
    /// A login link was opened by somebody who is logged in, and was of no use.
    StillConnected,
    /// Logged out, and ProConnect confirmed it.
    LoggedOut,
    /// Logged out here; nothing is known of ProConnect.
    LoggedOutHere,
    /// Logged out here, but ProConnect did not follow.
    LogoutUnconfirmed,
}

/// How urgent a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something failed.
    Error,
    /// It worked, but not wholly.
    Warning,
    /// All is well.
    Success,
    /// Good to know.
    Information,
}

impl Notice {
    const ALL: [Self; 14] = [
        Self::LoginFailed,
        Self::AccessDenied,
        Self::AcrNotMet,
        Self::NotAllowed,
        Self::LoginExpired,
        Self::ProviderError,
        Self::ProviderUnavailable,
        Self::AccountDisabled,
        Self::Internal,
        Self::SessionEnded,
        Self::StillConnected,
        Self::LoggedOut,
        Self::LoggedOutHere,
        Self::LogoutUnconfirmed,
    ];

    /// The name it has in a cookie, in a log and, for a failed login, in the api's `login_error`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::LoginFailed => "login_failed",
            Self::AccessDenied => "access_denied",
            Self::AcrNotMet => "acr_not_met",
            Self::NotAllowed => "not_allowed",
            Self::LoginExpired => "login_expired",
            Self::ProviderError => "provider_error",
            Self::ProviderUnavailable => "provider_unavailable",
            Self::AccountDisabled => "account_disabled",
            Self::Internal => "internal",
            Self::SessionEnded => "session_ended",
            Self::StillConnected => "still_connected",
            Self::LoggedOut => "logged_out",
            Self::LoggedOutHere => "logged_out_here",
            Self::LogoutUnconfirmed => "logout_unconfirmed",
        }
    }

    /// The notice of a code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.code() == code)
    }

    /// What to say of a `login_error` of the api. A code of a later version is a failed login like others.
    #[must_use]
    pub fn of_login_error(code: &str) -> Self {
        Self::of_code(code)
            .filter(|notice| {
                matches!(
                    notice,
                    Self::AccessDenied
                        | Self::AcrNotMet
                        | Self::NotAllowed
                        | Self::LoginExpired
                        | Self::ProviderError
                        | Self::ProviderUnavailable
                        | Self::AccountDisabled
                        | Self::Internal
                )
            })
            .unwrap_or(Self::LoginFailed)
    }

    /// How urgent it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::LoggedOut | Self::LoggedOutHere => Kind::Success,
            Self::StillConnected => Kind::Information,
            Self::LogoutUnconfirmed => Kind::Warning,
            _ => Kind::Error,
        }
    }

    /// The words.
    #[must_use]
    pub fn message(self, lang: Lang) -> &'static str {
        match self {
            Self::LoginFailed => lang.login_failed(),
            Self::AccessDenied => lang.access_denied(),
            Self::AcrNotMet => lang.acr_not_met(),
            Self::NotAllowed => lang.not_allowed(),
            Self::LoginExpired => lang.login_expired(),
            Self::ProviderError => lang.provider_error(),
            Self::ProviderUnavailable => lang.provider_unavailable(),
            Self::AccountDisabled => lang.account_disabled(),
            Self::Internal => lang.internal(),
            Self::SessionEnded => lang.session_ended(),
            Self::StillConnected => lang.still_connected(),
            Self::LoggedOut => lang.logged_out(),
            Self::LoggedOutHere => lang.logged_out_here(),
            Self::LogoutUnconfirmed => lang.logout_unconfirmed(),
        }
    }

    /// Whether it tells of a logout.
    #[must_use]
    pub fn is_of_logout(self) -> bool {
        matches!(self, Self::LoggedOut | Self::LoggedOutHere | Self::LogoutUnconfirmed)
    }

    /// Whether it says that a login came to nothing, which is no news to somebody who is logged in.
    #[must_use]
    pub fn is_moot_when_logged_in(self) -> bool {
        matches!(self, Self::LoginFailed | Self::SessionEnded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_is_found_again_by_its_code() {
        for notice in Notice::ALL {
            assert_eq!(Notice::of_code(notice.code()), Some(notice));
        }
        assert_eq!(Notice::of_code("<script>"), None);
    }

    #[test]
    fn a_login_error_can_only_say_that_a_login_failed() {
        assert_eq!(Notice::of_login_error("acr_not_met"), Notice::AcrNotMet);
        for code in ["logged_out", "still_connected", "of_a_later_version", ""] {
            assert_eq!(Notice::of_login_error(code), Notice::LoginFailed, "{code}");
        }
    }
}
