//! Copies a SQLite database for `api backup`.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::database::Database;
use crate::error::Error;
use crate::url::DatabaseUrl;

/// Why there is no backup. No part of the file remains.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database is PostgreSQL, which has its own tool.
    #[error("the database is PostgreSQL. Fix: use pg_dump, which copies a live database whole")]
    Postgres,
    /// The file cannot be made.
    #[error(
        "{0} cannot be made ({1}). Fix: name a file that is not there yet, in a folder that this user may write to"
    )]
    File(PathBuf, #[source] std::io::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Database {
    /// Copies a whole SQLite database into a new file that only its owner can read, while the database is in use.
    ///
    /// # Errors
    /// When the database is PostgreSQL, or the file exists or cannot be created.
    pub async fn backup(&self, url: &DatabaseUrl, file: &Path) -> Result<(), BackupError> {
        if url.file().is_none() {
            return Err(BackupError::Postgres);
        }
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(file)
            .map_err(|error| BackupError::File(file.to_owned(), error))?;
        let name = file.display().to_string();
        let copied = self
            .run_unbounded(async |connection| {
                sqlx::query("VACUUM INTO $1").bind(name).execute(connection).await
            })
            .await;
        if let Err(error) = copied {
            let _ = std::fs::remove_file(file);
            return Err(error.into());
        }
        Ok(())
    }
}
