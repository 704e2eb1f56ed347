use std::mem;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use super::store::StoreError;

/// How long a server that is away is left alone before it is tried again.
const RETRY_AFTER: Duration = Duration::from_millis(100);

/// How much of the database one process takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLimits {
    /// How many connections. Without a word, 10 to PostgreSQL, whose usual limit of 100 is for all replicas
    /// together, and 4 that read SQLite, beside the one that writes.
    pub connections: Option<u32>,
    /// How long to wait for a connection, and then for what it is asked.
    pub timeout: Duration,
}

impl Default for PoolLimits {
    fn default() -> Self {
        Self { connections: None, timeout: Duration::from_secs(5) }
    }
}

/// Connections to one database. sqlx's own pool asks each connection whether it is well before and after every use,
/// which doubles what a statement costs, and waits for the answer for ever.
#[derive(Clone)]
pub(super) struct Pool(Arc<Inner>);

struct Inner {
    url: AnyConnectOptions,
    /// What every connection begins with.
    settings: String,
    timeout: Duration,
    /// A connection that has rested longer is asked whether it is still there.
    trusted_for: Duration,
    /// As many as there may be connections.
    places: Arc<Semaphore>,
    /// The one used last is used first.
    resting: Mutex<Vec<Resting>>,
}

struct Resting {
    connection: AnyConnection,
    since: Instant,
}

impl Pool {
    /// Opens the first of so many connections.
    pub(super) async fn open(
        url: AnyConnectOptions,
        settings: String,
        timeout: Duration,
        connections: u32,
        trusted_for: Duration,
    ) -> Result<Self, StoreError> {
        let pool = Self(Arc::new(Inner {
            url,
            settings,
            timeout,
            trusted_for,
            places: Arc::new(Semaphore::new(connections as usize)),
            resting: Mutex::default(),
        }));
        match pool.lease().await {
            Ok(lease) => lease.give_back(),
            Err(StoreError::Database(error)) => return Err(StoreError::Open(error)),
            Err(error) => return Err(error),
        }
        Ok(pool)
    }

    /// A connection for one thing to be done.
    pub(super) async fn lease(&self) -> Result<Lease, StoreError> {
        self.within(async {
            let place = self.0.places.clone().acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
            let connection = self.0.connection().await?;
            Ok(Lease { connection, pool: self.clone(), place })
        })
        .await
    }

    /// What the database answers, if it does in time. A server that vanished without a word never does.
    pub(super) async fn within<T>(
        &self,
        answer: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        timeout(self.0.timeout, answer).await.map_or_else(
            |_| {
                // What became of one connection became of the others.
                self.0.resting().clear();
                Err(StoreError::Silent(self.0.timeout))
            },
            |answer| Ok(answer?),
        )
    }

    /// Lets nobody in any more, and takes leave of the connections that rest.
    pub(super) async fn close(&self) {
        self.0.places.close();
        let resting = mem::take(&mut *self.0.resting());
        for Resting { connection, .. } in resting {
            if let Err(error) = connection.close().await {
                tracing::debug!(%error, "a connection to the database did not end in order");
            }
        }
    }
}

impl Inner {
    async fn connection(&self) -> Result<AnyConnection, sqlx::Error> {
        loop {
            let resting = self.resting().pop();
            let Some(Resting { mut connection, since }) = resting else { break };
            if since.elapsed() < self.trusted_for || connection.ping().await.is_ok() {
                return Ok(connection);
            }
        }
        let mut connection = self.connect().await?;
        connection.execute(AssertSqlSafe(self.settings.clone())).await?;
        Ok(connection)
    }

    /// Tries again while the server is away: who meets a short outage waits, as long as for any connection.
    async fn connect(&self) -> Result<AnyConnection, sqlx::Error> {
        loop {
            match AnyConnection::connect_with(&self.url).await {
                Err(error) if is_away(&error) => {
                    tracing::debug!(%error, "the database is away");
                    sleep(RETRY_AFTER).await;
                }
                connected => return connected,
            }
        }
    }

    fn resting(&self) -> MutexGuard<'_, Vec<Resting>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a server cannot be reached, takes no more connections, or is about to start or to stop.
fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => matches!(error.code().as_deref(), Some("53300" | "57P03")),
        _ => false,
    }
}

/// A connection in use. It rests again when it is given back. When its use was cut short, by an error, by time or
/// because nobody waits for it any more, it is dropped and so closed: what it is waiting for may never come, and a
/// transaction that could not be committed may still be open.
pub(super) struct Lease {
    connection: AnyConnection,
    pool: Pool,
    /// Given up last, when the connection rests or is closed.
    place: OwnedSemaphorePermit,
}

impl Lease {
    pub(super) fn give_back(self) {
        let Self { connection, pool: Pool(pool), place } = self;
        if !pool.places.is_closed() {
            pool.resting().push(Resting { connection, since: Instant::now() });
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
