//! The time of one test. A test runs on one thread, and so do its api and its provider.

use std::cell::Cell;
use std::time::{Duration, SystemTime};

use token_crypto::UnixTime;

/// 2026-01-01T00:00:00Z
pub(crate) const START: u64 = 1_767_225_600;

thread_local! {
    static NOW: Cell<u64> = const { Cell::new(START) };
}

pub(crate) fn now() -> UnixTime {
    UnixTime(NOW.get())
}

pub(crate) fn reset() {
    NOW.set(START);
}

pub(crate) fn advance(duration: Duration) {
    NOW.set(NOW.get() + duration.as_secs());
}

/// Uses the time of the machine, which separate programs use too.
pub(crate) fn follow_machine() {
    NOW.set(UnixTime::from(SystemTime::now()).0);
}
