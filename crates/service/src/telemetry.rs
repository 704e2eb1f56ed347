//! Logs on standard error: text for people in development, one JSON object a line in production. They never delay a request:
//! when nobody reads them, lines are dropped and counted.

use std::io::IsTerminal as _;
use std::sync::OnceLock;

use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, Subscriber};
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

use crate::settings::Environment;

/// The crates that may log below `info`. The `debug` and `trace` lines of other libraries may quote headers and bodies.
const OURS: [&str; 6] = ["accounts", "api", "contract", "oidc", "playground", "service"];

/// How many lines may wait for a slow reader, about 2 MB of them.
const WAITING_LINES: usize = 8_192;

static DROPPED: OnceLock<ErrorCounter> = OnceLock::new();

/// The logs of the program. When this value is dropped, the waiting lines are written, within a second.
#[must_use]
pub struct Logs(#[expect(dead_code, reason = "it writes the waiting lines when dropped")] WorkerGuard);

/// Sets up the logs for the whole program. `$RUST_LOG` chooses the level, `info` by default. A second call changes
/// nothing.
pub fn init(environment: Environment) -> Logs {
    let level = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    let stderr = std::io::stderr();
    let ansi = stderr.is_terminal();
    let (writer, guard) = NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(WAITING_LINES)
        .thread_name("log")
        .finish(stderr);
    let dropped = writer.error_counter();
    // Fails only when logs are already set up, as in the tests of one program.
    if subscriber(environment, level, ansi, writer).try_init().is_ok() {
        let _ = DROPPED.set(dropped);
    }
    Logs(guard)
}

/// The number of lines that were dropped.
#[must_use]
pub fn dropped_lines() -> u64 {
    DROPPED.get().map_or(0, |counter| u64::try_from(counter.dropped_lines()).unwrap_or(u64::MAX))
}

fn subscriber<W>(
    environment: Environment,
    level: EnvFilter,
    ansi: bool,
    writer: W,
) -> impl Subscriber + Send + Sync
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let lines = if environment.is_production() {
        fmt::layer().json().flatten_event(true).with_span_list(false).with_writer(writer).boxed()
    } else {
        fmt::layer().with_ansi(ansi).with_writer(writer).boxed()
    };
    tracing_subscriber::registry().with(lines.with_filter(filter_fn(may_be_logged))).with(level)
}

fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    let origin = metadata.target().split("::").next().unwrap_or_default();
    *metadata.level() <= Level::INFO || OURS.contains(&origin)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing::{debug, error, info, trace, warn};

    use super::*;

    /// What was logged, for a test to read.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The lines that these events log in an environment, with `$RUST_LOG` set to a level.
    fn logged(environment: Environment, level: &str, events: impl FnOnce()) -> Vec<String> {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = subscriber(environment, EnvFilter::new(level), false, move || writer.clone());
        tracing::subscriber::with_default(subscriber, events);
        let bytes = log.0.lock().unwrap();
        str::from_utf8(&bytes).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn other_libraries_say_nothing_below_info_whatever_the_level() {
        let lines = logged(Environment::Development, "trace", events_of_other_libraries);
        assert_eq!(lines.len(), 3, "{lines:#?}");
        assert!(lines.iter().all(|line| line.contains("harmless")), "{lines:#?}");
    }

    fn events_of_other_libraries() {
        trace!(target: "hyper::proto", "s3cr3t");
        debug!(target: "sqlx::query", "s3cr3t");
        debug!(target: "apis", "s3cr3t");
        debug!(target: "api_client::http", "s3cr3t");
        trace!(target: "tower::api", "s3cr3t");
        debug!(target: "", "s3cr3t");
        info!(target: "hyper", "harmless");
        warn!(target: "sqlx::pool", "harmless");
        error!(target: "tower::service", "harmless");
        let span = tracing::debug_span!(target: "hyper::conn", "span", header = "s3cr3t");
        let _entered = span.enter();
    }

    #[test]
    fn what_other_libraries_note_in_spans_is_not_in_our_lines() {
        let lines = logged(Environment::Production, "trace", || {
            let _entered = tracing::trace_span!(target: "hyper::conn", "span", header = "s3cr3t").entered();
            info!(target: "api::app", "harmless");
        });
        assert_eq!(lines.len(), 1);
        assert!(!lines[0].contains("s3cr3t"), "{}", lines[0]);
    }

    #[test]
    fn our_own_programs_say_what_the_level_lets_them() {
        let events = || {
            trace!(target: "api::oidc", "1");
            trace!(target: "playground", "2");
            debug!(target: "service::server", "3");
            debug!("4, from this very module");
            info!(target: "api", "5");
        };
        for (level, count) in [("trace", 5), ("debug", 3), ("info", 1), ("error", 0), ("info,api=trace", 2)] {
            assert_eq!(logged(Environment::Development, level, events).len(), count, "{level}");
        }
    }

    #[test]
    fn in_production_each_line_is_a_json_object() {
        let lines = logged(Environment::Production, "info", || info!(target: "api", user = 7, "logged in"));
        assert_eq!(lines.len(), 1);
        assert!(lines[0].starts_with('{') && lines[0].ends_with('}'), "{}", lines[0]);
        assert!(lines[0].contains(r#""message":"logged in","user":7"#), "{}", lines[0]);
    }

    #[test]
    fn in_development_a_line_is_for_people() {
        let lines = logged(Environment::Development, "info", || info!(target: "api", user = 7, "logged in"));
        assert!(lines[0].ends_with(" INFO api: logged in user=7"), "{}", lines[0]);
    }
}
