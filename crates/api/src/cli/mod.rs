//! The command line: one file for each command.

mod check_config;
mod doctor;
mod exit;
mod generate_key;
mod migrate_database;
mod operator;
mod output;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use service::address::Address;
use service::health;
use service::settings::config_path;

use crate::config::DEFAULT_PORT;

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
    CheckConfig {
        /// Also ask the provider and the database, which changes nothing at either
        #[arg(long)]
        online: bool,
    },
    /// Find what is wrong with the configuration, the database, the provider and the playground, and say what to do
    ///
    /// Nothing is changed. Exit code: 0 when nothing fails, 1 when something is to be looked at under --strict, 2 when
    /// something fails.
    #[command(after_help = "Example: api doctor --json --strict")]
    Doctor(doctor::Options),
    /// Say whether the api of this configuration answers: exit code 0, else 1
    #[command(after_help = "Example: api health --config /etc/passerelle/config.yml")]
    Health,
    /// Print a new encryption key for the api and the playground to share
    GenerateKey,
    /// List and change people's accounts
    #[command(subcommand)]
    Users(operator::users::Users),
    /// List and change roles
    #[command(subcommand)]
    Roles(operator::roles::Roles),
    /// List and revoke people's keys
    #[command(subcommand)]
    Keys(operator::keys::Keys),
    /// List and end people's sessions
    #[command(subcommand)]
    Sessions(operator::sessions::Sessions),
    /// Try out who may enter, and end what those have who no longer may
    #[command(subcommand)]
    Access(operator::access::Access),
    /// Read the record of what happened
    Audit(operator::audit::Audit),
    /// Copy a SQLite database whole while it is in use, into a new file for its owner alone
    #[command(after_help = "Example: api backup /var/backups/passerelle-2026-11-26.db")]
    Backup {
        /// The file to make
        file: PathBuf,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Give the accounts of one issuer another: for the day ProConnect changes its address
    ///
    /// Do it when the api is about to start with the new metadata: a login in between makes a second account. When a subject has
    /// accounts at both issuers, nothing is changed and their ids are told.
    #[command(
        after_help = "Example: api rename-issuer --from https://auth.agentconnect.gouv.fr/api/v2 --to https://auth.proconnect.gouv.fr/api/v2 --dry-run"
    )]
    RenameIssuer(operator::rename_issuer::Issuers),
    /// Move users, roles, permissions and keys from the database of OpenGateLLM, which is only read
    ///
    /// All of it or nothing; done again, only what is new. Budgets, limits and usage cannot move.
    #[command(
        after_help = "Example: api import-opengatellm --from postgres://opengatellm@localhost/opengatellm --issuer https://fca.integ01.dev-agentconnect.fr/api/v2 --with-keys --master-key-file master.key --dry-run"
    )]
    ImportOpengatellm(operator::import::Original),
    /// Copy users, roles, API tokens and the record into an empty database, from SQLite to PostgreSQL or back
    ///
    /// Stop the api first. All of it is copied or nothing, every row is compared, and the source is only read. Done
    /// again, it changes nothing. Then name the new database in the configuration.
    #[command(
        after_help = "Example: api migrate-database --from sqlite:///var/lib/passerelle/passerelle.db --to-file postgres-url"
    )]
    MigrateDatabase(migrate_database::Endpoints),
}

impl Cli {
    /// Does what the command line says.
    pub async fn run(self) -> ExitCode {
        match self.command.unwrap_or(Command::Serve) {
            Command::GenerateKey => generate_key::run(),
            Command::Health => {
                health::command(&config_path(self.config), "api", Address::local(DEFAULT_PORT)).await
            }
            Command::MigrateDatabase(endpoints) => migrate_database::run(endpoints).await,
            Command::CheckConfig { online } => check_config::run(&config_path(self.config), online).await,
            Command::Doctor(options) => doctor::run(&config_path(self.config), options).await,
            Command::Users(users) => operator::users::command(&config_path(self.config), users).await,
            Command::Roles(roles) => operator::roles::command(&config_path(self.config), roles).await,
            Command::Keys(keys) => operator::keys::command(&config_path(self.config), keys).await,
            Command::Sessions(sessions) => {
                operator::sessions::command(&config_path(self.config), sessions).await
            }
            Command::Access(access) => operator::access::command(&config_path(self.config), access).await,
            Command::Audit(audit) => operator::audit::command(&config_path(self.config), audit).await,
            Command::ImportOpengatellm(original) => {
                operator::import::command(&config_path(self.config), original).await
            }
            Command::RenameIssuer(issuers) => {
                operator::rename_issuer::command(&config_path(self.config), issuers).await
            }
            Command::Backup { file, json } => {
                operator::backup::command(&config_path(self.config), &file, json).await
            }
            Command::Serve => serve::run(config_path(self.config)).await,
        }
    }
}
