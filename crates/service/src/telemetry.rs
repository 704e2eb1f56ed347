//! Logs on standard error: text for people in development, one JSON object a line in production.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

use crate::settings::Environment;

/// Whose logs may go below `info`. What other libraries say at `debug` and `trace` may quote headers and bodies.
const OURS: [&str; 3] = ["api", "playground", "service"];

/// Sets the logs up for the whole program. `$RUST_LOG` chooses the level, `info` by default. Does nothing
/// when it was called before.
pub fn init(environment: Environment) {
    let level = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    let only_ours = filter_fn(|metadata| {
        let origin = metadata.target().split("::").next().unwrap_or_default();
        *metadata.level() <= tracing::Level::INFO || OURS.contains(&origin)
    });
    let lines = if environment.is_production() {
        fmt::layer().json().flatten_event(true).with_writer(std::io::stderr).boxed()
    } else {
        fmt::layer()
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .with_writer(std::io::stderr)
            .boxed()
    };
    // Fails only when logs are set up already, as between the tests of one program.
    let _ = tracing_subscriber::registry().with(lines.with_filter(only_ours)).with(level).try_init();
}
