//! The program `api`.

use std::process::ExitCode;

use api::cli::Cli;
use clap::Parser as _;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match service::runtime::new() {
        Ok(runtime) => runtime.block_on(cli.run()),
        Err(error) => {
            eprintln!("the program cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}
