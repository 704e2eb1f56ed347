//! `api backup`: a copy of the database while it is in use.

use std::path::Path;
use std::process::ExitCode;

use accounts::BackupError;
use serde_json::json;

use super::runner::run;
use crate::cli::exit::Refusal;
use crate::cli::output::tell;

pub(crate) async fn command(config: &Path, file: &Path, json: bool) -> ExitCode {
    run(config, async |desk| match desk.database.backup(&desk.config.api.database_url, file).await {
        Ok(()) => {
            let done = vec![("file", json!(file.to_string_lossy()))];
            tell(json, done, [format!("The database is copied to {}.", file.display())]);
            Ok(())
        }
        Err(error @ BackupError::Postgres) => Err(Refusal::Misuse(error.to_string())),
        Err(error) => Err(Refusal::failed(&error)),
    })
    .await
}
