use std::time::Duration;

use service::settings::{Noted, Section};

/// How long something lives, which is not for no time at all; `fix` says what to write instead.
pub(super) fn lifetime(
    section: &mut Section<'_>,
    key: &str,
    default: Duration,
    fix: &str,
) -> Result<Duration, Noted> {
    let lifetime = section.or(key, default);
    section.check(key, lifetime, |lifetime| !lifetime.is_zero(), "is zero", fix)
}
