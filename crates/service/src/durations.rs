//! How long something took, counted in buckets without a lock. The api shows these counts to Prometheus.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The upper bounds of the buckets, in seconds: from a query of SQLite to a provider that times out.
pub const BOUNDS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// A histogram of durations.
#[derive(Debug, Default)]
pub struct Durations {
    /// How many were in each bucket alone; the last one has no upper bound.
    buckets: [AtomicU64; BOUNDS.len() + 1],
    nanoseconds: AtomicU64,
}

/// The counts at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Each upper bound, and how many were in that bucket alone.
    pub buckets: Vec<(f64, u64)>,
    /// How many in all.
    pub count: u64,
    /// How many seconds in all.
    pub seconds: f64,
}

impl Durations {
    /// Counts one.
    pub fn observe(&self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        let bucket = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        if let Some(count) = self.buckets.get(bucket) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    /// The counts now. The number of all is the sum of the buckets, so that they always agree.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let counts = self.buckets.iter().map(|count| count.load(Ordering::Relaxed));
        let bounds = BOUNDS.iter().copied().chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> = bounds.zip(counts).collect();
        let count = buckets.iter().map(|(_, count)| count).sum();
        let seconds = Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed)).as_secs_f64();
        Snapshot { buckets, count, seconds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_duration_is_in_the_first_bucket_that_holds_it() {
        let durations = Durations::default();
        for milliseconds in [0, 5, 6, 10_000, 60_000] {
            durations.observe(Duration::from_millis(milliseconds));
        }
        let Snapshot { buckets, count, seconds } = durations.snapshot();
        let filled: Vec<(f64, u64)> = buckets.into_iter().filter(|(_, count)| *count > 0).collect();
        assert_eq!(filled, [(0.0005, 1), (0.005, 1), (0.01, 1), (10.0, 1), (f64::INFINITY, 1)]);
        assert_eq!((count, seconds), (5, 70.011));
    }
}
