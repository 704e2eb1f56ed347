//! Opens the database and lends its connections.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use service::durations::{Durations, Snapshot};
use sqlx::AnyConnection;
use tokio::time::timeout;

use crate::error::Error;
use crate::file::{self, Identity};
use crate::migrations::{Tables, compare};
use crate::pool::{Pool, PoolLimits};
use crate::read_only::open_read_only;
use crate::upgrade::bring_up_to_date;
use crate::url::{DatabaseUrl, Engine};

/// How many connections read SQLite at the same time.
const SQLITE_READERS: u32 = 4;
/// SQLite lets one connection write at a time. Waiting here is faster than asking SQLite again and again, and the
/// cache of this one connection is never out of date.
const SQLITE_WRITERS: u32 = 1;
const POSTGRES_CONNECTIONS: u32 = 10;
/// How long an idle connection is trusted without a ping. A file never closes a connection. A server takes longer than a
/// second to restart.
const SQLITE_TRUSTED_FOR: Duration = Duration::MAX;
const POSTGRES_TRUSTED_FOR: Duration = Duration::from_secs(1);
/// How long readiness waits for the database: load balancers wait a few seconds at most.
const PING_TIMEOUT: Duration = Duration::from_secs(2);

/// Write-ahead logging with a sync at each checkpoint: a committed login survives the end of the process at
/// any moment. A power cut may lose the last ones; those people then log in again.
///
/// What is deleted is overwritten: it was about people.
///
/// A statement that waits for another process's lock fails before the deadline of the pool.
fn sqlite_settings(timeout: Duration) -> String {
    let busy = timeout.as_millis() * 4 / 5;
    format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; \
         PRAGMA secure_delete = ON; \
         PRAGMA busy_timeout = {busy}"
    )
}

/// The server ends a statement that waits for a lock, or runs, for too long.
fn postgres_settings(timeout: Duration) -> String {
    format!("SET statement_timeout = {}", timeout.as_millis())
}

/// The database of users, roles and tokens.
#[derive(Clone)]
pub struct Database {
    engine: Engine,
    readers: Pool,
    writer: Pool,
    /// The file of a SQLite database.
    file: Option<Arc<OpenFile>>,
    durations: Arc<Durations>,
}

/// The SQLite file that is open.
struct OpenFile {
    url: DatabaseUrl,
    path: PathBuf,
    timeout: Duration,
    identity: Mutex<Option<Identity>>,
}

impl Database {
    /// Opens the database, and creates it and its tables when they do not exist.
    ///
    /// # Errors
    /// When the database cannot be opened or brought up to date.
    pub async fn open(url: &DatabaseUrl, limits: PoolLimits) -> Result<Self, Error> {
        let durations = Arc::<Durations>::default();
        let pool = |settings: &str, connections, trusted_for| {
            let (options, durations) = (url.options.clone(), durations.clone());
            let settings = settings.to_owned();
            Pool::open(url.engine, options, settings, limits.timeout, connections, trusted_for, durations)
        };
        match url.engine {
            Engine::Sqlite => {
                let settings = sqlite_settings(limits.timeout);
                bring_up_to_date(url, Some(settings.clone()), limits.timeout).await?;
                let readers = limits.connections.unwrap_or(SQLITE_READERS);
                let file = url.file().map(|(path, _)| OpenFile {
                    identity: Mutex::new(file::identity(&path).unwrap_or_default()),
                    url: url.clone(),
                    path,
                    timeout: limits.timeout,
                });
                Ok(Self {
                    engine: url.engine,
                    readers: pool(&settings, readers, SQLITE_TRUSTED_FOR).await?,
                    writer: pool(&settings, SQLITE_WRITERS, SQLITE_TRUSTED_FOR).await?,
                    file: file.map(Arc::new),
                    durations,
                })
            }
            Engine::Postgres => {
                let settings = postgres_settings(limits.timeout);
                bring_up_to_date(url, None, limits.timeout).await?;
                let connections = limits.connections.unwrap_or(POSTGRES_CONNECTIONS);
                let pool = pool(&settings, connections, POSTGRES_TRUSTED_FOR).await?;
                Ok(Self { engine: url.engine, readers: pool.clone(), writer: pool, file: None, durations })
            }
        }
    }

    /// Whether the database can be reached, without changing or creating anything.
    ///
    /// # Errors
    /// When it cannot be reached. A SQLite file that does not exist but may be created is no error.
    pub async fn check(url: &DatabaseUrl, limits: PoolLimits) -> Result<(), Error> {
        if let Some((path, true)) = url.file()
            && file::identity(&path).is_ok_and(|there| there.is_none())
        {
            return Ok(());
        }
        let asked = async {
            let mut connection = open_read_only(url).await?;
            sqlx::query("SELECT 1").execute(&mut connection).await.map_err(|error| Error::open(url, &error))
        };
        timeout(limits.timeout, asked).await.map_err(|_| Error::TimedOut(limits.timeout))??;
        Ok(())
    }

    /// How its tables compare with those of this version, without changing or creating anything.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn tables(url: &DatabaseUrl, limits: PoolLimits) -> Result<Tables, Error> {
        if let Some((path, true)) = url.file()
            && file::identity(&path).is_ok_and(|there| there.is_none())
        {
            return Ok(Tables::None);
        }
        let asked = async { Ok(compare(&mut open_read_only(url).await?, url.engine).await?) };
        timeout(limits.timeout, asked).await.map_err(|_| Error::TimedOut(limits.timeout))?
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        if self.file.as_ref().is_some_and(|file| file.is_replaced()) {
            return Err(Error::Replaced);
        }
        let asked = self.run(async |connection| {
            sqlx::query("SELECT id FROM roles LIMIT 1").fetch_optional(connection).await
        });
        timeout(PING_TIMEOUT, asked).await.map_err(|_| Error::TimedOut(PING_TIMEOUT))??;
        Ok(())
    }

    /// Opens the file that the configuration names, when it is not the one that is open: somebody restored a backup, or
    /// moved the file. Returns whether it did.
    ///
    /// # Errors
    /// When that file does not exist or cannot be used.
    pub async fn follow_file(&self) -> Result<bool, Error> {
        let Some(file) = self.file.as_ref().filter(|file| file.is_replaced()) else { return Ok(false) };
        let there = file::identity(&file.path).ok().flatten().ok_or(Error::Replaced)?;
        // It may be of an older version.
        bring_up_to_date(&file.url, Some(sqlite_settings(file.timeout)), file.timeout).await?;
        self.readers.renew();
        self.writer.renew();
        *file.identity.lock().unwrap_or_else(PoisonError::into_inner) = Some(there);
        Ok(true)
    }

    /// How long its operations took, with the wait for a connection.
    #[must_use]
    pub fn durations(&self) -> Snapshot {
        self.durations.snapshot()
    }

    /// The kind of database, for the few statements that differ.
    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    /// Lends a connection for reading.
    pub(crate) async fn run<T>(
        &self,
        work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, Error> {
        self.readers.run(work).await
    }

    /// Lends a connection for reading, without a time limit.
    pub(crate) async fn run_unbounded<T>(
        &self,
        work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, Error> {
        self.readers.run_unbounded(work).await
    }

    /// Lends a connection for writing.
    pub(crate) async fn write<T>(
        &self,
        work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, Error> {
        self.writer.run(work).await
    }

    /// Lends a connection for a transaction that writes. An error rolls it back.
    pub(crate) async fn transaction<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.writer.transaction(work).await
    }

    /// Closes idle connections now, and those in use when they are returned.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl OpenFile {
    /// Whether the path now names no file, or another file than the one that is open.
    fn is_replaced(&self) -> bool {
        let open = *self.identity.lock().unwrap_or_else(PoisonError::into_inner);
        file::identity(&self.path).is_ok_and(|there| there != open)
    }
}
