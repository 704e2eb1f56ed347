//! The program `playground` itself, as an operator runs it.

use std::path::Path;
use std::process::Command;

use test_programs::Serving;

use super::Browser;

pub(crate) fn program() -> Command {
    let mut command = test_programs::program(env!("CARGO_BIN_EXE_playground"));
    command.current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
}

/// Starts it with a configuration, at the most detailed log level.
pub(crate) fn serve(config: &Path) -> Serving {
    Serving::start(program().arg("--config").arg(config).env("RUST_LOG", "trace"))
}

pub(crate) fn browser_of(serving: &Serving) -> Browser {
    Browser::at(serving.base().trim_start_matches("http://").parse().unwrap())
}
