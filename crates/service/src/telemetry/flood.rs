//! Keeps a flood short in the log: of warnings and errors from one place in the code, the first of each span of time are
//! written, and the others counted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use tracing::callsite::Identifier;
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Filter};

/// How many lines of one place in the code may be written in each span of time.
pub(super) const MOST_LINES: u32 = 20;
/// That span of time.
pub(super) const SPAN: Duration = Duration::from_secs(10);

/// What one place in the code has said since the span began.
struct Said {
    began: Instant,
    lines: u32,
    left_out: u64,
    metadata: &'static Metadata<'static>,
}

/// Counts what each place says. A clone counts the same.
#[derive(Clone, Default)]
pub(super) struct Flood(Arc<Mutex<HashMap<Identifier, Said>>>);

impl Flood {
    /// Whether a line of this place may be written now; if not, it is counted.
    fn takes(&self, metadata: &'static Metadata<'static>, now: Instant) -> bool {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let said =
            places.entry(metadata.callsite()).or_insert(Said { began: now, lines: 0, left_out: 0, metadata });
        if now.saturating_duration_since(said.began) >= SPAN {
            (said.began, said.lines) = (now, 0);
        }
        let takes = said.lines < MOST_LINES;
        if takes {
            said.lines += 1;
        } else {
            said.left_out += 1;
        }
        takes
    }

    /// What was left out since the last call: how many lines of which place.
    fn left_out(&self) -> Vec<(u64, &'static Metadata<'static>)> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left_out = places.values_mut().filter(|said| said.left_out > 0);
        left_out.map(|said| (std::mem::take(&mut said.left_out), said.metadata)).collect()
    }

    /// Says how many lines were left out, now.
    pub(super) fn tell(&self) {
        for (lines, metadata) in self.left_out() {
            let (origin, line) = (metadata.file().unwrap_or_default(), metadata.line().unwrap_or_default());
            let of = metadata.target();
            tracing::warn!(lines, of, at = %format_args!("{origin}:{line}"), "more lines of this kind were left out");
        }
    }

    /// Says so again and again, on a thread of its own, as long as logs are written.
    pub(super) fn tell_regularly(&self) {
        let places = Arc::downgrade(&self.0);
        let told = thread::Builder::new().name("log-floods".to_owned()).spawn(move || {
            loop {
                thread::sleep(SPAN);
                let Some(places) = Weak::upgrade(&places) else { return };
                Self(places).tell();
            }
        });
        if let Err(error) = told {
            tracing::warn!(%error, "lines that are left out of the log will not be counted in it: no thread can be started");
        }
    }
}

impl<S: Subscriber> Filter<S> for Flood {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    // Otherwise nothing that the level forbids or lets through could be remembered.
    fn callsite_enabled(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::always()
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        let metadata = event.metadata();
        *metadata.level() > Level::WARN || self.takes(metadata, Instant::now())
    }
}
