//! The command line.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use secrecy::{ExposeSecret as _, SecretString};
use service::reload::Reload as _;
use service::settings::{Document, Problem, config_path};

use crate::accounts::transfer;
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
    /// Copy users, roles and API tokens into an empty database, from SQLite to PostgreSQL or back
    ///
    /// Stop the api first. All of it is copied or nothing, every row is compared, and the source is only read. Done
    /// again, it changes nothing. Then name the new database in the configuration.
    MigrateDatabase(Endpoints),
}

/// The two databases. A URL with a password is better given in a file, as the list of processes shows the command line.
#[derive(Args)]
struct Endpoints {
    /// The database to read, written as in the configuration
    #[arg(long, value_name = "URL", required_unless_present = "from_file")]
    from: Option<SecretString>,
    /// A file that holds the URL of the database to read
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    from_file: Option<PathBuf>,
    /// The database to fill; its tables are made when they are not there
    #[arg(long, value_name = "URL", required_unless_present = "to_file")]
    to: Option<SecretString>,
    /// A file that holds the URL of the database to fill
    #[arg(long, value_name = "FILE", conflicts_with = "to")]
    to_file: Option<PathBuf>,
}

impl Cli {
    /// Does what the command line says.
    pub async fn run(self) -> ExitCode {
        match self.command.unwrap_or(Command::Serve) {
            Command::GenerateKey => {
                println!("{}", token_crypto::generate_key().expose_secret());
                ExitCode::SUCCESS
            }
            Command::MigrateDatabase(endpoints) => migrate(endpoints).await,
            Command::CheckConfig => check(&config_path(self.config)),
            Command::Serve => serve(config_path(self.config)).await,
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
    if config.secrets.keys.has_placeholder() {
        eprintln!("warning: oauth2.encryption_key is \"changeme\", which works in development only");
    }
    println!("The configuration is valid.");
    ExitCode::SUCCESS
}

fn refuse(problems: &dyn Display) -> ExitCode {
    eprintln!("{problems}");
    ExitCode::from(MISUSE)
}

async fn migrate(endpoints: Endpoints) -> ExitCode {
    let urls = url("from", endpoints.from, endpoints.from_file)
        .and_then(|from| Ok((from, url("to", endpoints.to, endpoints.to_file)?)));
    let (from, to) = match urls {
        Ok(urls) => urls,
        Err(problem) => return refuse(&problem),
    };
    match transfer(&from, &to).await {
        Ok(tables) => {
            println!("{:8}{:>12}{:>12}{:>12}", "table", "source", "copied", "target");
            for table in tables {
                println!("{:8}{:>12}{:>12}{:>12}", table.table, table.rows, table.copied, table.target);
            }
            println!("Every row of the source was compared with the target's: all are the same.");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The URL that was given as it is or in a file.
fn url(name: &str, given: Option<SecretString>, file: Option<PathBuf>) -> Result<SecretString, Problem> {
    let problem =
        |problem: String, fix: &str| Problem { path: format!("--{name}-file"), problem, fix: fix.into() };
    let Some(file) = file else { return Ok(given.unwrap_or_default()) };
    let text = std::fs::read_to_string(file)
        .map_err(|error| problem(format!("cannot be read ({error})"), "name a readable file"))?;
    match text.trim() {
        "" => Err(problem("is empty".to_owned(), "put the URL of the database in it")),
        url => Ok(url.into()),
    }
}

async fn serve(file: PathBuf) -> ExitCode {
    let config = match Config::read(&file) {
        Ok(config) => config,
        Err(problems) => return refuse(&problems),
    };
    service::telemetry::init(config.api.environment);
    let served = match App::new(config).await {
        Ok(app) => app.serve(file).await,
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
