//! Points in time. This crate has no clock: its callers pass the time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How far in the future the time of a token may be, because the clocks of two servers differ.
pub const MAX_SKEW: Duration = Duration::from_secs(60);

/// A point in time, in whole seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(pub u64);

impl UnixTime {
    /// This moment plus a duration, cut to whole seconds.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.as_secs()))
    }

    /// The same as a signed number, for databases and JSON.
    #[must_use]
    pub fn seconds(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }
}

impl From<SystemTime> for UnixTime {
    /// A clock set before 1970 counts as 1970.
    fn from(time: SystemTime) -> Self {
        Self(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
    }
}
