//! The playground's server.

use std::process::ExitCode;

fn main() -> ExitCode {
    playground::server::cli::run()
}
