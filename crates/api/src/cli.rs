//! The command line.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use secrecy::ExposeSecret as _;
use service::settings::{Document, config_path};

use crate::app::App;
use crate::config::Config;

/// A configuration that cannot be used, or a command line that cannot be read.
const MISUSE: u8 = 2;

const CONFIG_HELP: &str = "The configuration file [default: $CONFIG_FILE, else ./config.yml]";

/// Lets French public agents log in with ProConnect and leave with an API token.
#[derive(Parser)]
#[command(name = "api", version)]
pub struct Cli {
    #[arg(long, global = true, value_name = "FILE", help = CONFIG_HELP)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve (what happens without a command too)
    Serve,
    /// Say everything that is wrong in the configuration file, or that nothing is
    CheckConfig,
    /// Print a new encryption key for the api and the playground to share
    GenerateKey,
}

impl Cli {
    /// Does what the command line says.
    pub async fn run(self) -> ExitCode {
        match self.command.unwrap_or(Command::Serve) {
            Command::GenerateKey => {
                println!("{}", token_crypto::generate_key().expose_secret());
                ExitCode::SUCCESS
            }
            Command::CheckConfig => check(&config_path(self.config)),
            Command::Serve => match Config::read(&config_path(self.config)) {
                Ok(config) => serve(config).await,
                Err(problems) => refuse(&problems),
            },
        }
    }
}

/// Says what is wrong in the api's sections, and whether the two programs of one file understand each other.
fn check(path: &Path) -> ExitCode {
    let document = match Document::read(path) {
        Ok(document) => document,
        Err(problems) => return refuse(&problems),
    };
    let mismatch = document.key_mismatch();
    let config = match Config::from_document(document) {
        Ok(config) => config,
        Err(problems) => return refuse(&problems),
    };
    if let Some(mismatch) = mismatch {
        return refuse(&mismatch);
    }
    if config.oauth2.uses_placeholder {
        eprintln!("warning: oauth2.encryption_key is \"changeme\", which works in development only");
    }
    println!("The configuration is valid.");
    ExitCode::SUCCESS
}

fn refuse(problems: &dyn Display) -> ExitCode {
    eprintln!("{problems}");
    ExitCode::from(MISUSE)
}

async fn serve(config: Config) -> ExitCode {
    service::telemetry::init(config.api.environment);
    let served = match App::new(config).await {
        Ok(app) => app.serve().await,
        Err(error) => Err(error),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "stopped");
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
