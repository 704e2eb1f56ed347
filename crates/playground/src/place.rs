//! Where pages are that others lead to: those of people who are logged in, and the way to another account.

use crate::text::Lang;

/// Where somebody who was refused goes to be somebody else.
pub const SWITCH: &str = "/switch";

/// A page that the navigation leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Who is logged in.
    Account,
    /// The person's keys.
    Keys,
    /// The person's sessions.
    Sessions,
    /// What happened to their account.
    History,
    /// A request to the API.
    Try,
}

impl Place {
    /// All of them, in the order of the navigation.
    pub const ALL: [Self; 5] = [Self::Account, Self::Keys, Self::Sessions, Self::History, Self::Try];

    /// Where it is.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Account => "/",
            Self::Keys => "/keys",
            Self::Sessions => "/sessions",
            Self::History => "/history",
            Self::Try => "/try",
        }
    }

    /// What the navigation calls it.
    #[must_use]
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Self::Account => lang.my_account(),
            Self::Keys => lang.api_keys(),
            Self::Sessions => lang.my_sessions(),
            Self::History => lang.history(),
            Self::Try => lang.try_api(),
        }
    }
}
