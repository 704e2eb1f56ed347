use token_crypto::UnixTime;

/// A time as the database keeps it: whole seconds.
pub(crate) fn seconds(time: UnixTime) -> i64 {
    i64::try_from(time.0).unwrap_or(i64::MAX)
}
