//! The program `api`.

use std::process::ExitCode;

use api::cli::Cli;
use clap::Parser as _;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match service::runtime::run(cli.run()) {
        Ok(code) => code,
        Err(error) => {
            service::stdio::complain(&format_args!("the program cannot run: {error}"));
            ExitCode::FAILURE
        }
    }
}
