//! The command line.

use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use service::reload::Reload as _;
use service::settings::config_path;
use service::{runtime, telemetry};
use tokio::net::TcpListener;

use super::app::App;
use super::config::Config;

/// The page where an agent logs in with ProConnect.
#[derive(Debug, Parser)]
#[command(name = "playground", version)]
struct Cli {
    /// The configuration file (by default `$CONFIG_FILE`, else `config.yml`)
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check the configuration and the site's files, then exit
    CheckConfig,
}

/// What cannot be put right without the operator.
const MISCONFIGURED: u8 = 2;

/// Runs the program.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let file = config_path(cli.config);
    let config = match Config::read(&file) {
        Ok(config) => config,
        Err(problems) => return fail(MISCONFIGURED, &problems),
    };
    telemetry::init(config.environment);
    let listen = config.listen;
    let app = match App::new(config) {
        Ok(app) => app,
        Err(error) => return fail(MISCONFIGURED, &error),
    };
    if let Some(Command::CheckConfig) = cli.command {
        println!("the configuration and the site's files are in order");
        return ExitCode::SUCCESS;
    }
    match runtime::run(serve(app, listen, file)).flatten() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(1, &format!("cannot serve on {listen}: {error}")),
    }
}

async fn serve(app: App, listen: SocketAddr, file: PathBuf) -> io::Result<()> {
    app.serve(TcpListener::bind(listen).await?, file).await
}

fn fail(code: u8, problem: &dyn Display) -> ExitCode {
    eprintln!("{problem}");
    ExitCode::from(code)
}
