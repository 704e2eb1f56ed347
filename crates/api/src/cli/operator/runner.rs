//! What every command begins with: the configuration, the database, and who runs it.

use std::path::Path;
use std::process::ExitCode;

use accounts::{Context, Database};
use rustix::process::getuid;
use service::reload::Reload as _;
use token_crypto::UnixTime;

use crate::cli::exit::{self, Refusal, refuse};
use crate::config::Config;
use crate::state::system_clock;

/// What a command works with.
pub(super) struct Desk {
    pub(super) config: Config,
    pub(super) database: Database,
    pub(super) now: UnixTime,
}

/// Does something with the database of a configuration. The record tells the system user who had it done.
pub(super) async fn run(file: &Path, work: impl AsyncFnOnce(&Desk) -> Result<(), Refusal>) -> ExitCode {
    let config = match Config::read(file) {
        Ok(config) => config,
        Err(problems) => return refuse(&problems),
    };
    let database = match Database::open(&config.api.database_url, config.api.database_pool).await {
        Ok(database) => database,
        Err(error) => return exit::code(Err(error.into())),
    };
    let desk = Desk { config, database, now: system_clock() };
    let context = Context { operator: Some(system_user()), ..Context::default() };
    let done = context.scope(work(&desk)).await;
    desk.database.close().await;
    exit::code(done)
}

/// The name of the system user who runs the command: whoever called sudo, else the user of the process.
fn system_user() -> String {
    let id = getuid().as_raw();
    let named = |name: Option<String>| name.filter(|name| !name.trim().is_empty());
    named(std::env::var("SUDO_USER").ok()).or_else(|| named(name_of(id))).unwrap_or_else(|| id.to_string())
}

fn name_of(id: u32) -> Option<String> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == id.to_string()).then(|| name.to_owned())
    })
}
