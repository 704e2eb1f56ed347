//! Logs on standard error: lines for people, or one JSON object a line. They never delay a request: when nobody reads them,
//! lines are dropped and counted. Many refusals cost few lines. Spans for a collector of traces go to it alone.

mod flood;

use std::io::IsTerminal as _;
use std::sync::OnceLock;

use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, Subscriber};
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::{Directive, FilterExt as _, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use self::flood::Flood;
use crate::settings::LogFormat;
use crate::spans;
use crate::traces::Traces;

/// The crates that may log below `info`. The `debug` and `trace` lines of other libraries may quote headers and bodies.
const OURS: [&str; 6] = ["accounts", "api", "contract", "oidc", "playground", "service"];

/// How many lines may wait for a slow reader, about 2 MB of them.
const WAITING_LINES: usize = 8_192;

static DROPPED: OnceLock<ErrorCounter> = OnceLock::new();

/// The logs of the program. When this value is dropped, the waiting lines are written, within a second.
#[must_use]
pub struct Logs(#[expect(dead_code, reason = "it writes the waiting lines when dropped")] WorkerGuard);

/// Sets up the logs for the whole program, and what takes the spans of its traces. `$RUST_LOG` chooses the level of the logs,
/// `info` by default. A second call changes nothing.
pub fn init(format: LogFormat, traces: &Traces) -> Logs {
    let level = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    let stderr = std::io::stderr();
    let ansi = stderr.is_terminal();
    let (writer, guard) = NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(WAITING_LINES)
        .thread_name("log")
        .finish(stderr);
    let dropped = writer.error_counter();
    let flood = Flood::default();
    // Fails only when logs are already set up, as in the tests of one program.
    if subscriber(format, level, ansi, writer, &flood, traces.layer()).try_init().is_ok() {
        let _ = DROPPED.set(dropped);
        flood.tell_regularly();
    }
    Logs(guard)
}

/// The number of lines that were dropped.
#[must_use]
pub fn dropped_lines() -> u64 {
    DROPPED.get().map_or(0, |counter| u64::try_from(counter.dropped_lines()).unwrap_or(u64::MAX))
}

fn subscriber<W>(
    format: LogFormat,
    level: EnvFilter,
    ansi: bool,
    writer: W,
    flood: &Flood,
    traces: Option<impl Layer<Registry> + Send + Sync + 'static>,
) -> impl Subscriber + Send + Sync
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let lines = match format {
        LogFormat::Json => {
            fmt::layer().json().flatten_event(true).with_span_list(false).with_writer(writer).boxed()
        }
        LogFormat::Text => fmt::layer().with_ansi(ansi).with_writer(writer).boxed(),
    };
    let may_be_written = filter_fn(may_be_logged).and(flood.clone());
    // Whatever `$RUST_LOG` says: where nobody wants these spans, they cost nothing.
    let spans = if traces.is_some() { LevelFilter::INFO } else { LevelFilter::OFF };
    let level = match format!("{}={spans}", spans::TARGET).parse::<Directive>() {
        Ok(directive) => level.add_directive(directive),
        Err(_) => level,
    };
    tracing_subscriber::registry().with(traces).with(lines.with_filter(may_be_written)).with(level)
}

fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    let origin = metadata.target().split("::").next().unwrap_or_default();
    if origin == spans::TARGET {
        return false;
    }
    *metadata.level() <= Level::INFO || OURS.contains(&origin)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing::{debug, error, info, trace, warn};
    use tracing_subscriber::layer::Identity;

    use super::*;
    use crate::collector::Collector;
    use crate::settings::Environment;
    use crate::traces::Program;

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

    /// The lines that these events log, with `$RUST_LOG` set to a level.
    fn logged(format: LogFormat, level: &str, events: impl FnOnce()) -> Vec<String> {
        logged_with(&Flood::default(), format, level, events)
    }

    fn logged_with(flood: &Flood, format: LogFormat, level: &str, events: impl FnOnce()) -> Vec<String> {
        logged_by(format, level, flood, None::<Identity>, events)
    }

    fn logged_by(
        format: LogFormat,
        level: &str,
        flood: &Flood,
        traces: Option<impl Layer<Registry> + Send + Sync + 'static>,
        events: impl FnOnce(),
    ) -> Vec<String> {
        let log = Log::default();
        let writer = log.clone();
        let subscriber =
            subscriber(format, EnvFilter::new(level), false, move || writer.clone(), flood, traces);
        tracing::subscriber::with_default(subscriber, events);
        let bytes = log.0.lock().unwrap();
        str::from_utf8(&bytes).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn other_libraries_say_nothing_below_info_whatever_the_level() {
        let lines = logged(LogFormat::Text, "trace", events_of_other_libraries);
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
        let lines = logged(LogFormat::Json, "trace", || {
            let _entered = tracing::trace_span!(target: "hyper::conn", "span", header = "s3cr3t").entered();
            info!(target: "api::app", "harmless");
        });
        assert_eq!(lines.len(), 1);
        assert!(!lines[0].contains("s3cr3t"), "{}", lines[0]);
    }

    #[test]
    fn spans_for_a_collector_are_not_in_the_log_and_cost_nothing_without_one() {
        let lines = logged(LogFormat::Json, "trace", || {
            let span = tracing::info_span!(target: spans::TARGET, "request", route = "s3cr3t");
            assert!(span.is_disabled());
            let _entered = span.entered();
            info!(target: spans::TARGET, "s3cr3t");
            info!(target: "api::app", "harmless");
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(!lines[0].contains("s3cr3t"), "{}", lines[0]);
    }

    #[test]
    fn a_line_names_its_request_whether_there_are_traces_or_not() {
        let collector = Collector::at("http://127.0.0.1:9".parse().unwrap());
        for collector in [None, collector] {
            let program = Program { name: "x", version: "x", environment: Environment::Development };
            let traces = Traces::new(collector.as_ref(), program).unwrap();
            let lines = logged_by(LogFormat::Json, "info", &Flood::default(), traces.layer(), || {
                let _request =
                    tracing::info_span!(target: "service::request", "request", id = "7eb0").entered();
                let ours = tracing::info_span!(target: spans::TARGET, "request").entered();
                assert_eq!(ours.is_disabled(), collector.is_none());
                let _call = tracing::info_span!(target: spans::TARGET, "call").entered();
                info!(target: "api", "logged in");
            });
            assert_eq!(lines.len(), 1, "{lines:?}");
            assert!(lines[0].contains(r#""span":{"id":"7eb0","name":"request"}"#), "{}", lines[0]);
        }
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
            assert_eq!(logged(LogFormat::Text, level, events).len(), count, "{level}");
        }
    }

    #[test]
    fn a_flood_of_warnings_costs_few_lines_which_say_how_many_there_were() {
        let flood = Flood::default();
        let lines = logged_with(&flood, LogFormat::Text, "info", || {
            for client in 0..10_000 {
                warn!(target: "api", client, "a client is refused");
                info!(target: "api", client, "harmless");
            }
            warn!(target: "api", "another warning");
            flood.tell();
            // What was told is not told again.
            flood.tell();
        });
        let count = |word: &str| lines.iter().filter(|line| line.contains(word)).count();
        assert_eq!(count("a client is refused"), usize::try_from(flood::MOST_LINES).unwrap());
        assert_eq!((count("harmless"), count("another warning")), (10_000, 1));
        let told: Vec<_> = lines.iter().filter(|line| line.contains("were left out")).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("lines=9980") && told[0].contains("of=\"api\""), "{told:?}");
    }

    #[test]
    fn each_line_may_be_a_json_object() {
        let lines = logged(LogFormat::Json, "info", || info!(target: "api", user = 7, "logged in"));
        assert_eq!(lines.len(), 1);
        assert!(lines[0].starts_with('{') && lines[0].ends_with('}'), "{}", lines[0]);
        assert!(lines[0].contains(r#""message":"logged in","user":7"#), "{}", lines[0]);
    }

    #[test]
    fn a_line_may_be_for_people() {
        let lines = logged(LogFormat::Text, "info", || info!(target: "api", user = 7, "logged in"));
        assert!(lines[0].ends_with(" INFO api: logged in user=7"), "{}", lines[0]);
    }
}
