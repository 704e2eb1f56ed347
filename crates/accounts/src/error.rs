//! The errors of this crate. Their messages are safe to log: they contain no password and no data of people.

use std::time::Duration;

use crate::url::DatabaseUrl;

/// Why the database could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be opened at start-up.
    #[error("the database, {database}, cannot be opened ({cause}). Fix: {fix}")]
    Open {
        /// Its name, without a password.
        database: String,
        /// The cause.
        cause: String,
        /// What to do.
        fix: &'static str,
    },
    /// The tables could not be brought up to date.
    #[error("the tables of the database, {database}, cannot be brought up to date ({cause}). Fix: {fix}")]
    Migrate {
        /// Its name, without a password.
        database: String,
        /// The cause.
        cause: String,
        /// What to do.
        fix: &'static str,
    },
    /// The file of the database was moved or replaced: the open file is not the one that the configuration names.
    #[error("the database's file was moved or replaced")]
    Replaced,
    /// No answer came in time.
    #[error("the database did not answer within {} seconds", .0.as_secs())]
    TimedOut(Duration),
    /// A statement failed.
    #[error("the database refused or did not answer")]
    Statement(#[from] sqlx::Error),
}

/// What to do when SQLite finds no room.
const FULL: &str = "make room on the disk of this file, and start again";
/// What to do when SQLite may only read.
const READ_ONLY: &str =
    "let this user write the file and its folder, on a file system that is not mounted read-only";

impl Error {
    /// The error for a database that cannot be opened.
    pub(crate) fn open(url: &DatabaseUrl, cause: &sqlx::Error) -> Self {
        let code = match cause {
            sqlx::Error::Database(error) => error.code().unwrap_or_default().into_owned(),
            _ => String::new(),
        };
        let fix = match (url.file(), code.as_str()) {
            (Some((path, false)), "14") if !path.exists() => {
                "write api.database_url with ?mode=rwc at its end, so that the file is made"
            }
            (Some(_), "13") => FULL,
            (Some(_), "26") => "name a SQLite database in api.database_url, or restore it from a backup",
            (Some(_), _) => {
                "let this user read and write the file and its folder, or name another in api.database_url"
            }
            (None, "28P01" | "28000") => {
                "correct the user or the password in api.database_url, or let this user in"
            }
            (None, "3D000") => "create this database on the server, or correct its name in api.database_url",
            (None, _) => {
                "check that the server runs, and that api.database_url names it and a user that it lets in"
            }
        };
        Self::Open { database: url.to_string(), cause: cause.to_string(), fix }
    }

    /// The error for a database whose tables cannot be brought up to date.
    pub(crate) fn migrate(url: &DatabaseUrl, cause: &sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError;
        let text = cause.to_string();
        let fix = match cause {
            MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) => {
                "start the version of this program that last used them, or a later one"
            }
            MigrateError::Dirty(_) => "restore the database from the backup made before the last upgrade",
            _ if text.contains("permission denied") => {
                "let this user create tables: GRANT CREATE ON SCHEMA public TO its name, once for each upgrade"
            }
            _ if text.contains("disk is full") => FULL,
            _ if text.contains("readonly") => READ_ONLY,
            _ if text.contains("is locked") => "stop the program that holds the database, and start again",
            _ => "see to what the database says, and start again: nothing was changed",
        };
        Self::Migrate { database: url.to_string(), cause: text, fix }
    }
}
