//! What a page says about what happened just before.

use contract::{AccessReason, LoginErrorCode};

use crate::text::Lang;

/// Declares the notices: each with its code, its severity and its words.
macro_rules! notices {
    ($($(#[$about:meta])* $notice:ident = $code:literal, $severity:ident, $words:ident;)*) => {
        /// A closed list, so that nobody can put words of their own into a page. Its codes travel in a cookie.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Notice { $($(#[$about])* $notice,)* }

        impl Notice {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$notice,)*];

            /// The name it has in a cookie and in a log.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$notice => $code,)* }
            }

            /// The notice of a code.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$notice),)* _ => None }
            }

            /// How serious it is.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$notice => Severity::$severity,)* }
            }

            /// The words.
            #[must_use]
            pub fn message(self, lang: Lang) -> &'static str {
                match self { $(Self::$notice => lang.$words(),)* }
            }
        }
    };
}

notices! {
    /// The envelope was expired, tampered with, or meant for another browser.
    LoginFailed = "login_failed", Error, login_failed;
    /// ProConnect or the agent refused.
    AccessDenied = "access_denied", Error, access_denied;
    /// The login was not as strong as required.
    AcrNotMet = "acr_not_met", Error, acr_not_met;
    /// The agent is not among those the service is for.
    NotAllowed = "not_allowed", Error, not_allowed;
    /// The login took too long.
    LoginExpired = "login_expired", Error, login_expired;
    /// ProConnect, or the agent's organisation behind it, failed.
    ProviderError = "provider_error", Error, provider_error;
    /// ProConnect is unreachable.
    ProviderUnavailable = "provider_unavailable", Error, provider_unavailable;
    /// ProConnect refuses what this service asks for.
    Configuration = "configuration", Error, configuration;
    /// The account was disabled in the API.
    AccountDisabled = "account_disabled", Error, account_disabled;
    /// The address, the organisation or the identity provider may not enter.
    Denied = "denied", Error, denied;
    /// The e-mail address is of none of the domains.
    EmailDomainRefused = "email_domain", Error, email_domain_refused;
    /// The e-mail address is none of those listed.
    EmailRefused = "email", Error, email_refused;
    /// The organisation is none of those listed.
    OrganizationRefused = "organization", Error, organization_refused;
    /// The identity provider is none of those listed.
    IdentityProviderRefused = "identity_provider", Error, identity_provider_refused;
    /// The organisation has none of the roles.
    RoleRefused = "role", Error, role_refused;
    /// `ProConnect` could not find out which roles it has.
    RoleUnknown = "role_unknown", Error, role_unknown;
    /// No operator prepared an account for the person.
    NotPrepared = "not_prepared", Error, not_prepared;
    /// Another rule.
    AccessRefused = "access_refused", Error, access_refused;
    /// The API failed.
    Internal = "internal", Error, internal;
    /// The API no longer accepts the session's token.
    SessionEnded = "session_ended", Information, session_ended;
    /// Somebody who is logged in opened a login link, which changed nothing.
    StillConnected = "still_connected", Information, still_connected;
    /// Logged out, and ProConnect confirmed it.
    LoggedOut = "logged_out", Success, logged_out;
    /// Logged out here; nothing is known of ProConnect.
    LoggedOutHere = "logged_out_here", Information, logged_out_here;
    /// Logged out here, but ProConnect did not follow.
    LogoutUnconfirmed = "logout_unconfirmed", Warning, logout_unconfirmed;
    /// A key has another name.
    KeyRenamed = "key_renamed", Success, key_renamed;
    /// A key lets nobody in any more.
    KeyRevoked = "key_revoked", Success, key_revoked;
    /// The key that was shown a moment ago is shown no more.
    KeyShownNoMore = "key_shown_no_more", Information, key_shown_no_more;
    /// The same form was sent before, and made a key.
    KeyAlreadyMade = "key_already_made", Information, key_already_made;
    /// There are as many active keys as may be.
    TooManyKeys = "too_many_keys", Error, too_many_keys;
    /// The operator lets nobody make keys.
    KeysDisabled = "keys_disabled", Warning, keys_disabled;
    /// The key has been replaced before.
    KeyAlreadyReplaced = "key_already_replaced", Warning, key_already_replaced;
    /// The key was revoked before.
    KeyWasRevoked = "key_was_revoked", Warning, key_was_revoked;
    /// A session was ended.
    OneSessionEnded = "one_session_ended", Success, one_session_ended;
    /// All other sessions were ended.
    OtherSessionsEnded = "other_sessions_ended", Success, other_sessions_ended;
    /// All other sessions and the keys were ended.
    SessionsAndKeysEnded = "sessions_and_keys_ended", Success, sessions_and_keys_ended;
    /// The api asks to wait.
    TooManyRequests = "too_many_requests", Error, too_many_requests;
    /// The api refused what a form of ours sent; to send it anew may help.
    NotDone = "not_done", Error, not_done;
}

/// How serious a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Something failed.
    Error,
    /// It worked, but not wholly.
    Warning,
    /// All is well.
    Success,
    /// Good to know.
    Information,
}

impl From<LoginErrorCode> for Notice {
    fn from(code: LoginErrorCode) -> Self {
        match code {
            LoginErrorCode::AccessDenied => Self::AccessDenied,
            LoginErrorCode::AcrNotMet => Self::AcrNotMet,
            LoginErrorCode::NotAllowed => Self::NotAllowed,
            LoginErrorCode::LoginExpired => Self::LoginExpired,
            LoginErrorCode::ProviderError => Self::ProviderError,
            LoginErrorCode::ProviderUnavailable => Self::ProviderUnavailable,
            LoginErrorCode::Configuration => Self::Configuration,
            LoginErrorCode::AccountDisabled => Self::AccountDisabled,
            LoginErrorCode::AccessRefused => Self::AccessRefused,
            LoginErrorCode::Internal => Self::Internal,
        }
    }
}

impl From<AccessReason> for Notice {
    fn from(reason: AccessReason) -> Self {
        match reason {
            AccessReason::Denied => Self::Denied,
            AccessReason::EmailDomain => Self::EmailDomainRefused,
            AccessReason::Email => Self::EmailRefused,
            AccessReason::Organization => Self::OrganizationRefused,
            AccessReason::IdentityProvider => Self::IdentityProviderRefused,
            AccessReason::Role => Self::RoleRefused,
            AccessReason::RoleUnknown => Self::RoleUnknown,
            AccessReason::NotPrepared => Self::NotPrepared,
            AccessReason::Custom => Self::AccessRefused,
        }
    }
}

impl Notice {
    /// What to say of a `login_error` of the api. A code of a later version is a failed login like others.
    #[must_use]
    pub fn from_login_error(code: &str) -> Self {
        LoginErrorCode::parse(code).map_or(Self::LoginFailed, Self::from)
    }

    /// What to say of the rule that refused somebody. A rule of a later version is a refusal like others.
    #[must_use]
    pub fn from_reason(reason: &str) -> Self {
        AccessReason::parse(reason).map_or(Self::AccessRefused, Self::from)
    }

    /// The words, and what of the person they are about.
    #[must_use]
    pub fn message_about(self, lang: Lang, own_value: Option<&str>) -> String {
        let about = own_value.and_then(|value| {
            Some(match self {
                Self::EmailDomainRefused => lang.your_domain(value),
                Self::EmailRefused | Self::NotPrepared => lang.your_address(value),
                Self::OrganizationRefused | Self::RoleUnknown => lang.your_siret(value),
                Self::IdentityProviderRefused => lang.your_identity_provider(value),
                Self::RoleRefused => lang.your_category(value),
                Self::Denied | Self::AccessRefused => lang.proconnect_said(value),
                _ => return None,
            })
        });
        about.map_or_else(|| self.message(lang).to_owned(), |about| format!("{} {about}", self.message(lang)))
    }

    /// Whether ProConnect knew the person whom this service refuses: it would log the same one in again without a question, so
    /// the page offers a way to be somebody else.
    #[must_use]
    pub fn offers_another_account(self) -> bool {
        matches!(
            self,
            Self::AccountDisabled
                | Self::AcrNotMet
                | Self::NotAllowed
                | Self::Denied
                | Self::EmailDomainRefused
                | Self::EmailRefused
                | Self::OrganizationRefused
                | Self::IdentityProviderRefused
                | Self::RoleRefused
                | Self::RoleUnknown
                | Self::NotPrepared
                | Self::AccessRefused
        )
    }

    /// Whether it is about a logout.
    #[must_use]
    pub fn is_of_logout(self) -> bool {
        matches!(self, Self::LoggedOut | Self::LoggedOutHere | Self::LogoutUnconfirmed)
    }

    /// Whether it says that a login failed, which is no news to somebody who is logged in.
    #[must_use]
    pub fn is_moot_when_logged_in(self) -> bool {
        matches!(self, Self::LoginFailed | Self::LoginExpired | Self::SessionEnded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_is_found_again_by_its_code() {
        for notice in Notice::ALL {
            assert_eq!(Notice::parse(notice.code()), Some(*notice));
        }
        assert_eq!(Notice::parse("<script>"), None);
    }

    #[test]
    fn a_login_error_can_only_say_that_a_login_failed() {
        assert_eq!(Notice::from_login_error("acr_not_met"), Notice::AcrNotMet);
        for code in ["logged_out", "still_connected", "of_a_later_version", ""] {
            assert_eq!(Notice::from_login_error(code), Notice::LoginFailed, "{code}");
        }
    }
}
