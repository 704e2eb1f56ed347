//! Transactions that may be tried and undone, for `--dry-run`.

use sqlx::AnyConnection;

use crate::database::Database;
use crate::error::Error;

/// Why a transaction was undone.
enum Undone<T, E> {
    /// It was only tried, with this result.
    Tried(T),
    /// It failed.
    Failed(E),
}

impl<T, E: From<Error>> From<Error> for Undone<T, E> {
    fn from(error: Error) -> Self {
        Self::Failed(error.into())
    }
}

impl Database {
    /// Lends a connection for a transaction that writes. An error rolls it back, and with `dry_run` everything is rolled back.
    pub(crate) async fn transaction_or_trial<T, E: From<Error>>(
        &self,
        dry_run: bool,
        work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        let done = self
            .transaction(async |transaction| match work(transaction).await {
                Ok(done) if dry_run => Err(Undone::Tried(done)),
                Ok(done) => Ok(done),
                Err(error) => Err(Undone::Failed(error)),
            })
            .await;
        match done {
            Ok(done) | Err(Undone::Tried(done)) => Ok(done),
            Err(Undone::Failed(error)) => Err(error),
        }
    }
}
