/// What became of a role, a user or a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// `role`, `user` or `key`.
    pub what: &'static str,
    /// Its id there.
    pub original: i64,
    /// Its id here, of a user or a key that is here now.
    pub id: Option<i64>,
    /// What became of it.
    pub outcome: MoveOutcome,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveOutcome {
    /// It is here now.
    Imported,
    /// It was here before, and has not changed.
    Known,
    /// A role of that name was here before, with other permissions, and has not changed.
    OtherPermissions,
    /// It stays behind: a user without subject and address, and without a key that moves.
    Nobody,
    /// It stays behind: a key that has expired.
    Expired,
    /// It stays behind: a key that the master key does not make again.
    NotRecognised,
    /// It stays behind: a key of a user who stays behind.
    WithoutOwner,
}

impl MoveOutcome {
    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Known => "known",
            Self::OtherPermissions => "other_permissions",
            Self::Nobody => "nobody",
            Self::Expired => "expired",
            Self::NotRecognised => "not_recognised",
            Self::WithoutOwner => "without_owner",
        }
    }
}
