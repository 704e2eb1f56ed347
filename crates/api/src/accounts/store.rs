use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, Connection as _, Executor as _};

/// How long a request waits for a connection before it is told that the database does not answer.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How many connections read SQLite at the same time.
const SQLITE_READERS: u32 = 4;
/// SQLite lets one connection write at a time. Those who wait for their turn here wait less than those who ask
/// SQLite again and again, and this connection's cache is never out of date.
const SQLITE_WRITERS: u32 = 1;
/// How many connections one api has to PostgreSQL, whose usual limit of 100 is for all replicas together.
const POSTGRES_CONNECTIONS: u32 = 10;

/// Write-ahead logging with a sync at each checkpoint: a committed login survives the end of the process at
/// any moment. A power cut may take the last ones, whose people then log in again.
const SQLITE_SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
     PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 4000;";
/// A statement that waits for a lock or an answer longer than this fails.
const POSTGRES_SETTINGS: &str = "SET statement_timeout = '10s'; SET lock_timeout = '5s'";

/// Why the database could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL is not one of a supported database.
    #[error(
        "api.database_url is not the URL of a supported database. Fix: write sqlite://FILE?mode=rwc or postgres://USER:PASSWORD@HOST/NAME"
    )]
    UnsupportedUrl,
    /// The database cannot be opened at start-up.
    #[error(
        "the database cannot be opened ({0}). Fix: check that the file's folder is there and writable, or that the server of api.database_url runs and lets this user in"
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
    pub(super) readers: AnyPool,
    pub(super) writer: AnyPool,
}

impl Accounts {
    /// Opens the database, creating it and its tables when they are not there.
    ///
    /// # Errors
    /// When the URL is not supported, or the database cannot be opened or brought up to date.
    pub async fn open(url: &SecretString) -> Result<Self, StoreError> {
        let url = url.expose_secret();
        sqlx::any::install_default_drivers();
        let options: AnyConnectOptions = url.parse().map_err(|_| StoreError::UnsupportedUrl)?;
        match url.split(':').next() {
            Some("sqlite") => Self::open_sqlite(options).await,
            Some("postgres" | "postgresql") => Self::open_postgres(options).await,
            _ => Err(StoreError::UnsupportedUrl),
        }
    }

    async fn open_sqlite(options: AnyConnectOptions) -> Result<Self, StoreError> {
        // A pool would try again and again, and then say no more than that it took too long.
        let mut probe = AnyConnection::connect_with(&options).await.map_err(StoreError::Open)?;
        probe.execute(SQLITE_SETTINGS).await.map_err(StoreError::Open)?;
        probe.close().await.map_err(StoreError::Open)?;
        // A file does not hang up: there is nothing to find out before each use.
        let pool = |connections| pool(connections, SQLITE_SETTINGS).test_before_acquire(false);
        let writer = pool(SQLITE_WRITERS).connect_with(options.clone()).await.map_err(StoreError::Open)?;
        sqlx::migrate!("src/accounts/migrations/sqlite").run(&writer).await?;
        let readers = pool(SQLITE_READERS).connect_with(options).await.map_err(StoreError::Open)?;
        Ok(Self { readers, writer })
    }

    async fn open_postgres(options: AnyConnectOptions) -> Result<Self, StoreError> {
        let pool = pool(POSTGRES_CONNECTIONS, POSTGRES_SETTINGS);
        let pool = pool.connect_with(options).await.map_err(StoreError::Open)?;
        sqlx::migrate!("src/accounts/migrations/postgres").run(&pool).await?;
        Ok(Self { readers: pool.clone(), writer: pool })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT id FROM roles LIMIT 1").fetch_optional(&self.readers).await?;
        Ok(())
    }

    /// Closes the connections once those in use are given back.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// A pool whose connections all begin with some settings.
fn pool(connections: u32, settings: &'static str) -> AnyPoolOptions {
    AnyPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT).after_connect(
        move |connection: &mut AnyConnection, _| {
            Box::pin(async move { connection.execute(settings).await.map(|_| ()) })
        },
    )
}
