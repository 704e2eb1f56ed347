use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::any::{AnyArguments, AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use tokio::time::timeout;

use super::pool::{Pool, PoolLimits};

/// How many connections read SQLite at the same time.
const SQLITE_READERS: u32 = 4;
/// SQLite lets one connection write at a time. Those who wait for their turn here wait less than those who ask
/// SQLite again and again, and this connection's cache is never out of date.
const SQLITE_WRITERS: u32 = 1;
const POSTGRES_CONNECTIONS: u32 = 10;
/// A file does not hang up. A server that restarts takes longer than this.
const SQLITE_TRUSTED_FOR: Duration = Duration::MAX;
const POSTGRES_TRUSTED_FOR: Duration = Duration::from_secs(1);
/// How long readiness waits for the database: whoever asks for it waits a few seconds at most.
const PING_TIMEOUT: Duration = Duration::from_secs(2);

static SQLITE_TABLES: Migrator = sqlx::migrate!("src/accounts/migrations/sqlite");
static POSTGRES_TABLES: Migrator = sqlx::migrate!("src/accounts/migrations/postgres");

/// Write-ahead logging with a sync at each checkpoint: a committed login survives the end of the process at
/// any moment. A power cut may take the last ones, whose people then log in again.
///
/// Who waits for another process's lock is told so before the time is up.
fn sqlite_settings(timeout: Duration) -> String {
    let busy = timeout.as_millis() * 4 / 5;
    format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; \
         PRAGMA busy_timeout = {busy}"
    )
}

/// The server ends a statement that waits for a lock, or works, for too long.
fn postgres_settings(timeout: Duration) -> String {
    format!("SET statement_timeout = {}", timeout.as_millis())
}

/// Why the database could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL is not one of a supported database.
    #[error(
        "this is not the URL of a database that api.database_url can name. Fix: write sqlite://FILE?mode=rwc or postgres://USER:PASSWORD@HOST/NAME"
    )]
    UnsupportedUrl,
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
    Silent(Duration),
    /// A statement failed.
    #[error("the database refused or did not answer")]
    Database(#[from] sqlx::Error),
}

/// The database of users, roles and tokens.
#[derive(Clone)]
pub struct Accounts {
    pub(super) readers: Pool,
    pub(super) writer: Pool,
}

impl Accounts {
    /// Opens the database, creating it and its tables when they are not there.
    ///
    /// # Errors
    /// When the URL is not supported, or the database cannot be opened or brought up to date.
    pub async fn open(url: &SecretString, limits: PoolLimits) -> Result<Self, StoreError> {
        let (kind, options) = parse(url)?;
        bring_up_to_date(kind, &options, limits.timeout).await?;
        match kind {
            Kind::Sqlite => {
                let settings = sqlite_settings(limits.timeout);
                let open = |connections| {
                    Pool::open(
                        options.clone(),
                        settings.clone(),
                        limits.timeout,
                        connections,
                        SQLITE_TRUSTED_FOR,
                    )
                };
                let readers = limits.connections.unwrap_or(SQLITE_READERS);
                Ok(Self { readers: open(readers).await?, writer: open(SQLITE_WRITERS).await? })
            }
            Kind::Postgres => {
                let settings = postgres_settings(limits.timeout);
                let connections = limits.connections.unwrap_or(POSTGRES_CONNECTIONS);
                let pool =
                    Pool::open(options, settings, limits.timeout, connections, POSTGRES_TRUSTED_FOR).await?;
                Ok(Self { readers: pool.clone(), writer: pool })
            }
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        timeout(PING_TIMEOUT, self.ask()).await.map_err(|_| StoreError::Silent(PING_TIMEOUT))?
    }

    async fn ask(&self) -> Result<(), StoreError> {
        let mut connection = self.readers.lease().await?;
        sqlx::query("SELECT id FROM roles LIMIT 1").fetch_optional(&mut *connection).await?;
        connection.give_back();
        Ok(())
    }

    /// Runs one statement that writes, and says how many rows it touched.
    pub(super) async fn write(&self, statement: Query<'_, Any, AnyArguments>) -> Result<u64, StoreError> {
        let mut connection = self.writer.lease().await?;
        let result = self.writer.within(statement.execute(&mut *connection)).await?;
        connection.give_back();
        Ok(result.rows_affected())
    }

    /// Closes the connections once those in use are given back.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// The databases there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// Its migrations.
    pub(super) fn tables(self) -> &'static Migrator {
        match self {
            Self::Sqlite => &SQLITE_TABLES,
            Self::Postgres => &POSTGRES_TABLES,
        }
    }
}

/// Which database a URL names, and how it is reached.
pub(super) fn parse(url: &SecretString) -> Result<(Kind, AnyConnectOptions), StoreError> {
    sqlx::any::install_default_drivers();
    let options: AnyConnectOptions = url.expose_secret().parse().map_err(|_| StoreError::UnsupportedUrl)?;
    match options.database_url.scheme() {
        "sqlite" => Ok((Kind::Sqlite, options)),
        "postgres" | "postgresql" => Ok((Kind::Postgres, options)),
        _ => Err(StoreError::UnsupportedUrl),
    }
}

/// Brings the tables up to date, without the limits of a request: it may take longer than any. A pool would try again
/// and again to connect, and then say no more than that it took too long, so somebody connects before.
async fn bring_up_to_date(kind: Kind, url: &AnyConnectOptions, limit: Duration) -> Result<(), StoreError> {
    let connected = timeout(limit, AnyConnection::connect_with(url)).await;
    let mut connection = connected.map_err(|_| StoreError::Silent(limit))?.map_err(StoreError::Open)?;
    if kind == Kind::Sqlite {
        let settings = AssertSqlSafe(sqlite_settings(limit));
        connection.execute(settings).await.map_err(StoreError::Open)?;
    }
    connection.close().await?;
    let pool = AnyPoolOptions::new().max_connections(1).connect_with(url.clone()).await?;
    kind.tables().run(&pool).await?;
    pool.close().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_have_the_same_migrations() {
        let numbers = |kind: Kind| -> Vec<(i64, String)> {
            kind.tables()
                .iter()
                .map(|migration| (migration.version, migration.description.to_string()))
                .collect()
        };
        assert_eq!(numbers(Kind::Sqlite), numbers(Kind::Postgres));
    }
}
