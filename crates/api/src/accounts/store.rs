use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, Executor as _};

/// How long a request waits for a connection before it is told that the database does not answer.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Writers queue for SQLite's one lock anyway; more connections only help readers.
const MAX_CONNECTIONS: u32 = 8;

/// Write-ahead logging with a sync at each checkpoint: a committed login survives the end of the process at
/// any moment. A power cut may take the last ones, whose people then log in again.
const SQLITE_SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
     PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 4000;";

/// Why the database could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL is not one of a supported database.
    #[error("api.database_url is not the URL of a supported database. Fix: write sqlite://FILE?mode=rwc")]
    UnsupportedUrl,
    /// The database cannot be opened at start-up.
    #[error(
        "the database cannot be opened ({0}). Fix: check that the folder of api.database_url exists and is writable"
    )]
    Open(#[source] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("the tables cannot be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A statement failed.
    #[error("the database refused or did not answer")]
    Database(#[from] sqlx::Error),
}

/// The database of users, roles and tokens.
#[derive(Clone)]
pub struct Accounts {
    pub(super) pool: AnyPool,
}

impl Accounts {
    /// Opens the database, creating it and its tables when they are not there.
    ///
    /// # Errors
    /// When the URL is not supported, or the database cannot be opened or brought up to date.
    pub async fn open(url: &SecretString) -> Result<Self, StoreError> {
        let url = url.expose_secret();
        if !url.starts_with("sqlite:") {
            return Err(StoreError::UnsupportedUrl);
        }
        sqlx::any::install_default_drivers();
        let options: AnyConnectOptions = url.parse().map_err(|_| StoreError::UnsupportedUrl)?;
        let pool = AnyPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .after_connect(|connection: &mut AnyConnection, _| {
                Box::pin(async move { connection.execute(SQLITE_SETTINGS).await.map(|_| ()) })
            })
            .connect_with(options)
            .await
            .map_err(StoreError::Open)?;
        sqlx::migrate!("src/accounts/migrations/sqlite").run(&pool).await?;
        Ok(Self { pool })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT id FROM roles LIMIT 1").fetch_optional(&self.pool).await?;
        Ok(())
    }

    /// Closes the connections once those in use are given back.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
