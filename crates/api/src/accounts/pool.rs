use std::ops::{Deref, DerefMut};
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, Executor as _};
use tokio::time::timeout;

use super::store::StoreError;

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

/// Connections to one database.
#[derive(Clone)]
pub(super) struct Pool {
    connections: AnyPool,
    timeout: Duration,
}

impl Pool {
    /// Opens a pool whose connections all begin with some settings. `options` has what else is to be set.
    pub(super) async fn open(
        url: AnyConnectOptions,
        options: AnyPoolOptions,
        settings: String,
        timeout: Duration,
    ) -> Result<Self, StoreError> {
        let options =
            options.acquire_timeout(timeout).after_connect(move |connection: &mut AnyConnection, _| {
                let settings = AssertSqlSafe(settings.clone());
                Box::pin(async move { connection.execute(settings).await.map(|_| ()) })
            });
        let connections = options.connect_with(url).await.map_err(StoreError::Open)?;
        Ok(Self { connections, timeout })
    }

    /// A connection for one thing to be done.
    pub(super) async fn lease(&self) -> Result<Lease, StoreError> {
        Ok(Lease { connection: self.connections.acquire().await?, is_done: false })
    }

    /// What the database answers, if it does in time. A server that vanished without a word never does.
    pub(super) async fn within<T>(
        &self,
        answer: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        Ok(timeout(self.timeout, answer).await.map_err(|_| StoreError::Silent(self.timeout))??)
    }

    pub(super) async fn close(&self) {
        self.connections.close().await;
    }
}

/// A connection in use. It goes back to the pool when it is given back. When its use was cut short, by an error, by
/// time or because nobody waits for it any more, it is closed: what it is waiting for may never come.
pub(super) struct Lease {
    connection: PoolConnection<Any>,
    is_done: bool,
}

impl Lease {
    pub(super) fn give_back(mut self) {
        self.is_done = true;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if !self.is_done {
            self.connection.close_on_drop();
        }
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
