//! Durations on the command line.

use std::time::Duration;

use service::settings::parse_duration;

/// A duration, as it is typed.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "write a whole number and a unit, such as 12h or 7d".to_owned())
}
