//! A pool of connections to one database, with a deadline for everything.

use std::mem;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use service::durations::Durations;
use service::spans;
use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tracing::Span;
use tracing::field::Empty;

use crate::error::Error;
use crate::url::Engine;

/// The pause before the next attempt to reach an unreachable server.
const RETRY_AFTER: Duration = Duration::from_millis(100);

/// The limits of one process: connections and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLimits {
    /// How many connections. Defaults to 10 for PostgreSQL, whose usual limit of 100 is for all replicas together, and
    /// to 4 for reading SQLite, in addition to the one that writes.
    pub connections: Option<u32>,
    /// How long to wait for a connection, and then for the answer.
    pub timeout: Duration,
}

impl Default for PoolLimits {
    fn default() -> Self {
        Self { connections: None, timeout: Duration::from_secs(5) }
    }
}

/// Connections to one database. sqlx's own pool pings a connection before and after every use, which doubles the cost of
/// a statement, and the ping at release has no deadline (transact-rs/sqlx #4349).
#[derive(Clone)]
pub(crate) struct Pool(Arc<Inner>);

struct Inner {
    engine: Engine,
    url: AnyConnectOptions,
    /// The SQL that every new connection runs first.
    settings: String,
    timeout: Duration,
    /// A connection that was idle for longer is pinged before it is used.
    trusted_for: Duration,
    /// How long each operation took, with the wait for a connection.
    durations: Arc<Durations>,
    /// One permit for each connection that may be open.
    places: Arc<Semaphore>,
    /// Idle connections; the one that was returned last is lent first.
    idle: Mutex<Vec<Idle>>,
    /// Increases when older connections must not be used any more.
    generation: AtomicU64,
}

struct Idle {
    connection: AnyConnection,
    since: Instant,
}

impl Pool {
    /// Creates a pool for so many connections, and opens the first one.
    pub(crate) async fn open(
        engine: Engine,
        url: AnyConnectOptions,
        settings: String,
        timeout: Duration,
        connections: u32,
        trusted_for: Duration,
        durations: Arc<Durations>,
    ) -> Result<Self, Error> {
        let pool = Self(Arc::new(Inner {
            engine,
            url,
            settings,
            timeout,
            trusted_for,
            durations,
            places: Arc::new(Semaphore::new(connections as usize)),
            idle: Mutex::default(),
            generation: AtomicU64::default(),
        }));
        match pool.lease().await {
            Ok(lease) => lease.give_back(),
            Err(error) => return Err(error),
        }
        Ok(pool)
    }

    /// Replaces every connection: closes idle ones now, and those in use when they are returned.
    pub(crate) fn renew(&self) {
        self.0.generation.fetch_add(1, Ordering::Relaxed);
        self.0.idle().clear();
    }

    /// Lends a connection for one operation, with a time limit.
    pub(crate) async fn run<T>(
        &self,
        work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, Error> {
        let timed = self.timed();
        let result = async {
            let mut lease = self.lease().await?;
            let result = self.within(work(&mut lease)).await?;
            lease.give_back();
            Ok(result)
        };
        timed.note(result.await)
    }

    /// Lends a connection for one operation, without a time limit.
    pub(crate) async fn run_unbounded<T>(
        &self,
        work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, Error> {
        let mut lease = self.lease().await?;
        let result = work(&mut lease).await?;
        lease.give_back();
        Ok(result)
    }

    /// Lends a connection for a transaction, with a time limit. An error of `work` rolls it back.
    pub(crate) async fn transaction<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        let timed = self.timed();
        let result = async {
            let mut lease = self.lease().await?;
            let done = self.within(async {
                let mut transaction = lease.begin().await?;
                let result = work(&mut transaction).await;
                match result {
                    Ok(_) => transaction.commit().await?,
                    Err(_) => transaction.rollback().await?,
                }
                Ok(result)
            });
            let result = done.await?;
            lease.give_back();
            Ok(result)
        };
        timed.note(result.await)?
    }

    /// Counts the time until this value is dropped, and shows it in a trace.
    fn timed(&self) -> Timed<'_> {
        let engine = self.0.engine.as_str();
        let span = tracing::info_span!(
            target: spans::TARGET,
            "database",
            "otel.name" = engine,
            "otel.kind" = "client",
            "otel.status_code" = Empty,
            "db.system.name" = engine,
        );
        Timed { durations: &self.0.durations, started: Instant::now(), span }
    }

    /// Takes a connection for one operation.
    async fn lease(&self) -> Result<Lease, Error> {
        self.within(async {
            let place = self.0.places.clone().acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
            let generation = self.0.generation.load(Ordering::Relaxed);
            let connection = self.0.connection().await?;
            Ok(Lease { connection, generation, pool: self.clone(), place })
        })
        .await
    }

    /// The answer of the database, or an error when it takes too long. A server that lost its power never answers.
    async fn within<T>(&self, answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, Error> {
        timeout(self.0.timeout, answer).await.map_or_else(
            |_| {
                // If one connection is dead, assume the others are too.
                self.0.idle().clear();
                Err(Error::TimedOut(self.0.timeout))
            },
            |answer| Ok(answer?),
        )
    }

    /// Refuses new leases and closes idle connections.
    pub(crate) async fn close(&self) {
        self.0.places.close();
        let idle = mem::take(&mut *self.0.idle());
        for Idle { connection, .. } in idle {
            if let Err(error) = connection.close().await {
                tracing::debug!(%error, "a connection to the database could not be closed properly");
            }
        }
    }
}

/// An operation that is being timed. One that fails, or whose client disconnects, counts too.
struct Timed<'a> {
    durations: &'a Durations,
    started: Instant,
    span: Span,
}

impl Timed<'_> {
    /// Notes in a trace whether the database failed.
    fn note<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        result.inspect_err(|_| {
            self.span.record("otel.status_code", "ERROR");
        })
    }
}

impl Drop for Timed<'_> {
    fn drop(&mut self) {
        self.durations.observe(self.started.elapsed());
    }
}

impl Inner {
    async fn connection(&self) -> Result<AnyConnection, sqlx::Error> {
        loop {
            let idle = self.idle().pop();
            let Some(Idle { mut connection, since }) = idle else { break };
            if since.elapsed() < self.trusted_for || connection.ping().await.is_ok() {
                return Ok(connection);
            }
        }
        let mut connection = self.connect().await?;
        connection.execute(AssertSqlSafe(self.settings.clone())).await?;
        Ok(connection)
    }

    /// Retries while the server is unreachable: during a short outage a request waits as long as it would wait for any
    /// connection.
    async fn connect(&self) -> Result<AnyConnection, sqlx::Error> {
        loop {
            match AnyConnection::connect_with(&self.url).await {
                Err(error) if is_unreachable(&error) => {
                    tracing::debug!(%error, "the database is unreachable");
                    sleep(RETRY_AFTER).await;
                }
                connected => return connected,
            }
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a server is unreachable, accepts no more connections, or is starting or stopping.
fn is_unreachable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => matches!(error.code().as_deref(), Some("53300" | "57P03")),
        _ => false,
    }
}

/// A connection in use. It becomes idle again when it is returned. When its use was interrupted, by an error, a timeout
/// or a client that disconnected, it is dropped and so closed: its answer may never come, and a transaction that could
/// not be committed may still be open.
struct Lease {
    connection: AnyConnection,
    generation: u64,
    pool: Pool,
    /// Released last, after the connection is idle or closed.
    place: OwnedSemaphorePermit,
}

impl Lease {
    fn give_back(self) {
        let Self { connection, generation, pool: Pool(pool), place } = self;
        let is_current = generation == pool.generation.load(Ordering::Relaxed);
        if is_current && !pool.places.is_closed() {
            pool.idle().push(Idle { connection, since: Instant::now() });
        }
        drop(place);
    }
}

impl Deref for Lease {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.connection
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }
}
