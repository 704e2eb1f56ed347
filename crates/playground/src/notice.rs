//! What a page says about what happened just before.

use contract::{AccessReason, LoginErrorCode};

use crate::text::Lang;

/// Declares the notices: each with its code, its severity and its words.
macro_rules! notices {
    ($($(#[$about:meta])* $notice:ident = $code:literal, $severity:ident, $words:ident;)*) => {
        /// A closed list, so that nobody can put words of their own into a page. Its codes travel in a cookie.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Notice {
            /// A login came to nothing.
            Login(LoginErrorCode),
            /// A rule refused the person.
            Rule(AccessReason),
            $($(#[$about])* $notice,)*
        }

        impl Notice {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$notice,)*];

            /// The name it has in a cookie and in a log.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    Self::Login(code) => code.as_str(),
                    Self::Rule(reason) => reason.as_str(),
                    $(Self::$notice => $code,)*
                }
            }

            /// The notice of a code.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$notice),)*
                    code => {
                        let rule = AccessReason::parse(code).map(Self::Rule);
                        rule.or_else(|| LoginErrorCode::parse(code).map(Self::Login))
                    }
                }
            }

            /// How serious it is.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self {
                    Self::Login(_) | Self::Rule(_) => Severity::Error,
                    $(Self::$notice => Severity::$severity,)*
                }
            }

            /// The words.
            #[must_use]
            pub fn message(self, lang: Lang) -> &'static str {
                match self {
                    Self::Login(code) => lang.of(code.words()),
                    Self::Rule(reason) => lang.of(reason.words()),
                    $(Self::$notice => lang.$words(),)*
                }
            }
        }
    };
}

notices! {
    /// The envelope was expired, tampered with, or meant for another browser.
    LoginFailed = "login_failed", Error, login_failed;
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

impl Notice {
    /// What to say of a `login_error` of the api. A code of a later version is a failed login like others.
    #[must_use]
    pub fn from_login_error(code: &str) -> Self {
        LoginErrorCode::parse(code).map_or(Self::LoginFailed, Self::Login)
    }

    /// What to say of the rule that refused somebody. A rule of a later version is a refusal like others.
    #[must_use]
    pub fn from_reason(reason: &str) -> Self {
        Self::Rule(AccessReason::parse(reason).unwrap_or(AccessReason::Custom))
    }

    /// The words, and what of the person they are about.
    #[must_use]
    pub fn message_about(self, lang: Lang, own_value: Option<&str>) -> String {
        match (self, own_value) {
            (Self::Rule(reason), Some(value)) => {
                format!("{} {}", self.message(lang), lang.of(reason.words_about(value)))
            }
            _ => self.message(lang).to_owned(),
        }
    }

    /// Whether the page offers a way to be somebody else.
    #[must_use]
    pub fn offers_another_account(self) -> bool {
        match self {
            Self::Login(code) => code.offers_another_account(),
            Self::Rule(_) => true,
            _ => false,
        }
    }

    /// Whether it is about a logout.
    #[must_use]
    pub fn is_of_logout(self) -> bool {
        matches!(self, Self::LoggedOut | Self::LoggedOutHere | Self::LogoutUnconfirmed)
    }

    /// Whether it says that a login failed, which is no news to somebody who is logged in.
    #[must_use]
    pub fn is_moot_when_logged_in(self) -> bool {
        matches!(self, Self::LoginFailed | Self::Login(LoginErrorCode::LoginExpired) | Self::SessionEnded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_is_found_again_by_its_code() {
        let logins = LoginErrorCode::ALL.iter().copied().map(Notice::Login);
        let rules = AccessReason::ALL.iter().copied().map(Notice::Rule);
        for notice in Notice::ALL.iter().copied().chain(logins).chain(rules) {
            assert_eq!(Notice::parse(notice.code()), Some(notice));
        }
        assert_eq!(Notice::parse("<script>"), None);
    }

    #[test]
    fn a_login_error_can_only_say_that_a_login_failed() {
        assert_eq!(Notice::from_login_error("acr_not_met"), Notice::Login(LoginErrorCode::AcrNotMet));
        for code in ["logged_out", "still_connected", "of_a_later_version", ""] {
            assert_eq!(Notice::from_login_error(code), Notice::LoginFailed, "{code}");
        }
    }
}
