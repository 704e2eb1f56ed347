//! The clock of this machine, which decides how long everything is valid.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// 2024-01-01T00:00:00Z. No program of this project existed before.
const EARLIEST: Duration = Duration::from_secs(1_704_067_200);

/// The clock is not set. Certificates, tokens and sessions would all be refused, or never expire.
#[derive(Debug, thiserror::Error)]
#[error("the clock of this machine is not set: it says {} seconds after 1970. Fix: set it, and keep it right with `timedatectl set-ntp true`", .0.as_secs())]
pub struct NotSet(Duration);

/// Refuses a clock that was not set since the machine started, as on one without a battery.
///
/// # Errors
/// When it says a time before this program existed.
pub fn check() -> Result<(), NotSet> {
    check_at(SystemTime::now())
}

fn check_at(now: SystemTime) -> Result<(), NotSet> {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    if now < EARLIEST { Err(NotSet(now)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_of_1970_or_before_is_refused_and_one_of_today_is_not() {
        for early in
            [UNIX_EPOCH, UNIX_EPOCH - Duration::from_secs(1), UNIX_EPOCH + EARLIEST - Duration::from_secs(1)]
        {
            let refused = check_at(early).unwrap_err().to_string();
            assert!(refused.contains("the clock") && refused.contains("Fix: set it"), "{refused}");
        }
        assert!(check_at(UNIX_EPOCH + EARLIEST).is_ok());
        assert!(check().is_ok());
    }
}
