//! `api rename-issuer`: for the day ProConnect changes its address.

use std::path::Path;
use std::process::ExitCode;

use accounts::RenameError;
use clap::Args;
use serde_json::json;

use super::issuer;
use super::runner::run;
use crate::cli::exit::Refusal;
use crate::cli::output::tell;

#[derive(Args)]
pub(crate) struct Issuers {
    /// The issuer that accounts have: to the letter, as `api users list` shows it
    #[arg(long, value_name = "URL")]
    from: String,
    /// The issuer that they get: to the letter what ProConnect calls itself (`issuer` in its metadata)
    #[arg(long, value_name = "URL")]
    to: String,
    /// Only say how many accounts there are
    #[arg(long)]
    dry_run: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) async fn command(file: &Path, issuers: Issuers) -> ExitCode {
    run(file, async |desk| {
        let Issuers { from, to, dry_run, json } = &issuers;
        issuer::check(to)?;
        if from == to {
            return Err(Refusal::Misuse("both are the same issuer".to_owned()));
        }
        issuer::warn_if_foreign(desk, to);
        let renamed = desk.database.rename_issuer(from, to, *dry_run, desk.now).await;
        let accounts = renamed.map_err(|error| match error {
            RenameError::Both(_) => Refusal::Failed(error.to_string()),
            RenameError::Database(error) => error.into(),
        })?;
        if accounts == 0 {
            return Err(Refusal::Nothing(format!("no account has the issuer {from}")));
        }
        let done = vec![
            ("from", json!(from)),
            ("to", json!(to)),
            ("accounts", json!(accounts)),
            ("dry_run", json!(dry_run)),
        ];
        let have = if *dry_run { "would have" } else { "have" };
        tell(*json, done, [format!("{accounts} accounts {have} the issuer {to}.")]);
        Ok(())
    })
    .await
}
