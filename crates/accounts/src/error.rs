use std::time::Duration;

/// Why the database could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be opened at start-up.
    #[error(
        "the database cannot be opened ({0}). Fix: check that the file's folder is there and writable, or that the server runs and lets this user in"
    )]
    Open(#[source] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error(
        "the tables cannot be brought up to date ({0}). Fix: start the version of this program that last used them, or a later one"
    )]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// No answer came in time.
    #[error("the database did not answer within {} seconds", .0.as_secs())]
    TimedOut(Duration),
    /// A statement failed.
    #[error("the database refused or did not answer")]
    Statement(#[from] sqlx::Error),
}
