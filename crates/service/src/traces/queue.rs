//! Where spans wait to be sent.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use tokio::sync::Notify;

/// How many spans may wait, about 2 MB of them.
const MOST: usize = 4_096;
/// How many are sent at once.
pub(super) const BATCH: usize = 512;

static LOST: AtomicU64 = AtomicU64::new(0);

/// The number of spans that no collector took.
#[must_use]
pub fn lost_spans() -> u64 {
    LOST.load(Ordering::Relaxed)
}

/// Counts spans that no collector took.
pub(super) fn lose(spans: u64) {
    LOST.fetch_add(spans, Ordering::Relaxed);
}

/// Spans that wait to be sent. A clone holds the same. It is written by hand, because that of the library counts nothing that the
/// program could read, and sends from a thread on which our HTTP client cannot run.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    spans: Mutex<Vec<SpanData>>,
    has_batch: Notify,
}

impl Queue {
    /// Waits until there are enough spans to be sent at once.
    pub(super) async fn has_batch(&self) {
        self.0.has_batch.notified().await;
    }

    /// The spans that have waited longest, as many as are sent at once; empty when none waits.
    pub(super) fn next_batch(&self) -> Vec<SpanData> {
        let mut spans = self.spans();
        let length = spans.len().min(BATCH);
        spans.drain(..length).collect()
    }

    fn spans(&self) -> MutexGuard<'_, Vec<SpanData>> {
        self.0.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SpanProcessor for Queue {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        let mut spans = self.spans();
        if spans.len() >= MOST {
            return lose(1);
        }
        spans.push(span);
        // Once: whoever sends takes all of them.
        if spans.len() == BATCH {
            self.0.has_batch.notify_one();
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}
