//! `api import-opengatellm`: what moves from the original.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use accounts::{DatabaseUrl, Import, ImportError, MoveOutcome, Moved};
use clap::Args;
use secrecy::SecretString;
use serde_json::json;

use super::issuer;
use super::runner::{Desk, run};
use crate::cli::exit::Refusal;
use crate::cli::output::Output;

#[derive(Args)]
pub(crate) struct Original {
    /// The database of OpenGateLLM, which is only read. A password may be in PGPASSWORD or ~/.pgpass instead
    #[arg(long, value_name = "URL")]
    from: SecretString,
    /// The issuer of the subjects that it stores: to the letter what ProConnect calls itself (`issuer` in its metadata)
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// Also move its keys, which go on working until they end
    #[arg(long)]
    with_keys: bool,
    /// A file with the `auth.master_key` of OpenGateLLM, with which its keys are made again
    #[arg(long, value_name = "FILE", requires = "with_keys")]
    master_key_file: Option<PathBuf>,
    /// Only say what would move
    #[arg(long)]
    dry_run: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

pub(crate) async fn command(file: &Path, original: Original) -> ExitCode {
    run(file, async |desk| import(desk, &original).await).await
}

async fn import(desk: &Desk, original: &Original) -> Result<(), Refusal> {
    let from = DatabaseUrl::parse(&original.from)
        .map_err(|_| Refusal::Misuse(ImportError::NoPostgres.to_string()))?;
    let master_key = original.master_key_file.as_deref().map(master_key).transpose()?;
    issuer::check(&original.issuer)?;
    issuer::warn_if_foreign(desk, &original.issuer);
    let import = Import {
        from: &from,
        issuer: &original.issuer,
        with_keys: original.with_keys,
        master_key: master_key.as_ref(),
        dry_run: original.dry_run,
    };
    let moved = desk.database.import(&import, desk.now).await.map_err(|error| match error {
        ImportError::NoPostgres | ImportError::NoMasterKey => Refusal::Misuse(error.to_string()),
        error => Refusal::failed(&error),
    })?;
    show(&moved, original);
    if moved.is_empty() {
        return Err(Refusal::Nothing("there is nothing to move".to_owned()));
    }
    Ok(())
}

fn master_key(file: &Path) -> Result<SecretString, Refusal> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Refusal::Misuse(format!("{} cannot be read ({error}). Fix: check the path", file.display()))
    })?;
    match text.trim() {
        "" => Err(Refusal::Misuse(format!("{} is empty. Fix: put auth.master_key in it", file.display()))),
        key => Ok(key.into()),
    }
}

fn show(moved: &[Moved], original: &Original) {
    let mut output = Output::new(original.json);
    // People read what needs their attention; programs read all of it.
    let is_shown = |moved: &&Moved| original.json || moved.outcome != MoveOutcome::Imported;
    for Moved { what, original, id, outcome } in moved.iter().filter(is_shown) {
        output.row(vec![
            ("what", json!(what)),
            ("original", json!(original)),
            ("id", json!(id)),
            ("outcome", json!(outcome.as_str())),
        ]);
    }
    let count = |what| {
        moved.iter().filter(|moved| moved.what == what && moved.outcome == MoveOutcome::Imported).count()
    };
    let [roles, users, keys] = ["role", "user", "key"].map(count);
    let done = if original.dry_run { "would be moved" } else { "are moved" };
    output.sum_up(&format!("{roles} roles, {users} users and {keys} keys {done}."));
}
