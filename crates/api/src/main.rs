//! The program `api`.

use std::process::ExitCode;

use api::cli::Cli;
use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    Cli::parse().run().await
}
