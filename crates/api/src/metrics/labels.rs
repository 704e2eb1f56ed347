//! What the values of labels are called.

use accounts::Refused;

/// Declares an enum of the values of a label: each variant with its documentation and its word.
macro_rules! labels {
    ($(#[$about:meta])* pub enum $name:ident { $($(#[$meaning:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$meaning])* $variant,)* }

        impl $name {
            /// Every value.
            pub(super) const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its word.
            pub(super) fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

labels! {
    /// Where a token was checked.
    pub enum Surface {
        /// It came with a request to this api.
        Bearer = "bearer",
        /// A proxy asked whose it is.
        Verify = "verify",
        /// A service asked whose it is.
        Introspect = "introspect",
    }
}

labels! {
    /// What was found of a token.
    pub enum Checked {
        /// It lets its owner in.
        Ok = "ok",
        /// Nobody has it.
        Unknown = "unknown",
        /// It has not the form of a token.
        Malformed = "malformed",
        /// It has expired.
        Expired = "expired",
        /// It was ended.
        Revoked = "revoked",
        /// Its account is disabled.
        Disabled = "disabled",
        /// It is valid, and not for this.
        Denied = "denied",
    }
}

labels! {
    /// Who was refused because they ask for too much.
    pub enum Limited {
        /// Somebody who begins or finishes logins.
        Login = "login",
        /// Somebody who sends wrong tokens.
        Bearer = "bearer",
        /// A proxy's client that sends wrong tokens.
        Verify = "verify",
    }
}

labels! {
    /// Who revoked keys, as far as this process does it.
    pub enum RevokedBy {
        /// Their owner.
        Owner = "owner",
        /// Their owner, with the logout.
        Logout = "logout",
        /// Whoever had them.
        Holder = "holder",
    }
}

impl From<Refused> for Checked {
    fn from(why: Refused) -> Self {
        match why {
            Refused::Unknown => Self::Unknown,
            Refused::Expired => Self::Expired,
            Refused::Revoked => Self::Revoked,
            Refused::Disabled => Self::Disabled,
        }
    }
}
