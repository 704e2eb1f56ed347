//! The command line.

use std::error::Error;
use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use service::address::{Address, ListenError};
use service::listener::Listener;
use service::reload::Reload as _;
use service::settings::{Document, Problem, Problems, config_path, on_another_host};
use service::stdio::complain;
use service::traces::{Program, Traces};
use service::{clock, health, runtime, telemetry};

use super::app::App;
use super::config::{Config, DEFAULT_PORT};

const CONFIG_HELP: &str = "The configuration file [default: $CONFIG_FILE, else ./config.yml]";

/// The page where an agent logs in with ProConnect.
#[derive(Debug, Parser)]
#[command(name = "playground", version)]
struct Cli {
    #[arg(long, global = true, value_name = "FILE", help = CONFIG_HELP)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve (what happens without a command too)
    Serve,
    /// Say everything that is wrong in the configuration file or the site's files, or that nothing is
    CheckConfig,
    /// Say whether the playground of this configuration answers: exit code 0, else 1
    #[command(after_help = "Example: playground health --config /etc/passerelle/config.yml")]
    Health,
}

/// What cannot be put right without the operator.
const MISCONFIGURED: u8 = 2;

/// Runs the program.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let file = config_path(cli.config);
    if let Some(Command::Health) = cli.command {
        return runtime::run(health::command(&file, "playground", Address::local(DEFAULT_PORT)))
            .unwrap_or_else(|error| fail(1, &format_args!("the program cannot run: {error}")));
    }
    if let Some(Command::CheckConfig) = cli.command {
        return check_config(&file).unwrap_or_else(|problem| fail(MISCONFIGURED, &*problem));
    }
    let config = match Config::read(&file) {
        Ok(config) => config,
        Err(problems) => return fail(MISCONFIGURED, &problems),
    };
    let program = Program {
        name: "passerelle-playground",
        version: env!("CARGO_PKG_VERSION"),
        environment: config.environment,
    };
    let traces = match Traces::new(config.traces.as_ref(), program) {
        Ok(traces) => traces,
        Err(error) => return fail(1, &error),
    };
    let _logs = telemetry::init(config.log_format, &traces);
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        environment = %config.environment,
        file = %file.display(),
        public_url = config.public_url.as_str(),
        api = config.api_url.as_str(),
        "starting"
    );
    for warning in config.values.warnings() {
        tracing::warn!("{warning}");
    }
    if let Err(error) = clock::check() {
        return fail(1, &error);
    }
    let listen = config.listen.clone();
    let app = match App::new(config) {
        Ok(app) => app,
        Err(error) => return fail(MISCONFIGURED, &error),
    };
    match runtime::run(traces.of(serve(app, listen, file))) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => fail(1, &error),
        Err(error) => fail(1, &format_args!("the program cannot run: {error}")),
    }
}

/// Says what is wrong in the playground's section, and whether the two programs of one file understand each other.
fn check_config(file: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let document = Document::read(file)?;
    let hosts = document.redirect_uri().zip(document.api_public_url());
    let hosts = hosts.and_then(|(redirect_uri, api)| on_another_host(&redirect_uri, &api));
    let between: Vec<Problem> = document.key_mismatch().into_iter().chain(hosts).collect();
    let config = Config::from_document(document)?;
    if !between.is_empty() {
        return Err(Problems(between).into());
    }
    for warning in config.values.warnings() {
        complain(&format_args!("warning: {warning}"));
    }
    App::new(config)?;
    println!("The configuration is valid, and the site's files are there.");
    Ok(ExitCode::SUCCESS)
}

/// Why the playground does not serve.
#[derive(Debug, thiserror::Error)]
enum ServeError {
    #[error(transparent)]
    Listen(#[from] ListenError),
    #[error("the server ended: {0}")]
    Serve(#[from] io::Error),
}

async fn serve(app: App, listen: Address, file: PathBuf) -> Result<(), ServeError> {
    let listener = Listener::open(&listen).await?;
    Ok(app.serve(listener, file).await?)
}

fn fail(code: u8, problem: &dyn Display) -> ExitCode {
    complain(problem);
    ExitCode::from(code)
}
