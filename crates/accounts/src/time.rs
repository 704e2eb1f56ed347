use token_crypto::UnixTime;

/// A time as the database keeps it: whole seconds.
pub(crate) fn seconds(time: UnixTime) -> i64 {
    i64::try_from(time.0).unwrap_or(i64::MAX)
}

/// When a token expires that has no end.
pub(crate) const WITHOUT_END: i64 = i64::MAX;
