//! The key `keep_alive` of both servers.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::problem::Noted;
use super::section::Section;
use crate::server::DEFAULT_KEEP_ALIVE;

const KEY: &str = "keep_alive";
const RANGE: RangeInclusive<Duration> = Duration::from_secs(5)..=Duration::from_secs(3_600);

/// Reads `keep_alive`: how long a connection may be idle.
///
/// # Errors
/// When it is wrong.
pub fn keep_alive(section: &mut Section<'_>) -> Result<Duration, Noted> {
    let given = section.or(KEY, DEFAULT_KEEP_ALIVE);
    let fix = "give 5s to 1h, and more than the proxy in front keeps an idle connection";
    section.check(KEY, given, |given| RANGE.contains(given), "is out of range", fix)
}
