//! Deletes accounts for `api users delete` and `api users prune`.

use sqlx::AnyConnection;
use token_crypto::UnixTime;

use super::account::{Account, SELECT};
use super::lock::lock;
use crate::context::Context;
use crate::database::Database;
use crate::error::Error;
use crate::record::{Event, record};
use crate::record_pruning::forget_addresses_of;
use crate::sessions::{Whose, end};
use crate::url::Engine;

/// What ended with an account that was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// How many valid sessions.
    pub sessions: u64,
    /// How many active keys.
    pub keys: u64,
}

/// The SQL condition that nobody has logged in to an account, or used a key of it, since the time `$2`.
const INACTIVE: &str = "coalesce(users.last_seen, users.created) < $2 AND NOT EXISTS (
    SELECT 1 FROM tokens WHERE user_id = users.id AND coalesce(last_used, created) >= $2
)";

impl Database {
    /// Deletes an account with all that is stored about its person. The record keeps its id, without addresses. With `dry_run`,
    /// everything is tried and undone. Returns none when there is no such account.
    ///
    /// # Errors
    /// When the database does not answer. Then nothing has changed.
    pub async fn delete_account(
        &self,
        id: i64,
        dry_run: bool,
        now: UnixTime,
    ) -> Result<Option<Deleted>, Error> {
        self.transaction_or_trial(dry_run, async |transaction| {
            lock(self.engine(), transaction, &[id]).await?;
            let known: Option<i64> = sqlx::query_scalar("SELECT id FROM users WHERE id = $1")
                .bind(id)
                .fetch_optional(&mut *transaction)
                .await?;
            match known {
                Some(id) => Ok(Some(delete(transaction, id, "operator", now).await?)),
                None => Ok(None),
            }
        })
        .await
    }

    /// As [`Self::delete_account`], unless somebody has logged in to it, or used a key of it, since a time.
    ///
    /// # Errors
    /// When the database does not answer. Then nothing has changed.
    pub async fn delete_inactive(
        &self,
        id: i64,
        since: UnixTime,
        dry_run: bool,
        now: UnixTime,
    ) -> Result<Option<Deleted>, Error> {
        let select = format!("SELECT id FROM users WHERE id = $1 AND disabled = 0 AND {INACTIVE}");
        self.transaction_or_trial(dry_run, async |transaction| {
            lock(self.engine(), transaction, &[id]).await?;
            let is_inactive: Option<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(select))
                .bind(id)
                .bind(since.seconds())
                .fetch_optional(&mut *transaction)
                .await?;
            match is_inactive {
                Some(id) => Ok(Some(delete(transaction, id, "inactive", now).await?)),
                None => Ok(None),
            }
        })
        .await
    }

    /// The accounts to which nobody has logged in, and no key of which was used, since a time: in order of id, after the id
    /// `after`, at most `limit`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn inactive_accounts(
        &self,
        since: UnixTime,
        after: i64,
        limit: i64,
        now: UnixTime,
    ) -> Result<Vec<Account>, Error> {
        let select = format!("{SELECT} WHERE {INACTIVE} AND users.id > $3 ORDER BY users.id LIMIT $4");
        self.run(async |connection| {
            sqlx::query_as(sqlx::AssertSqlSafe(select))
                .bind(now.seconds())
                .bind(since.seconds())
                .bind(after)
                .bind(limit)
                .fetch_all(connection)
                .await
        })
        .await
    }

    /// Makes a SQLite database overwrite what was deleted, in its log too. Returns false when another program is reading, so that
    /// the log keeps it until later.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn overwrite_deleted(&self) -> Result<bool, Error> {
        match self.engine() {
            Engine::Postgres => Ok(true),
            Engine::Sqlite => {
                let (busy, _, _): (i64, i64, i64) = self
                    .write(async |connection| {
                        sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(connection).await
                    })
                    .await?;
                Ok(busy == 0)
            }
        }
    }
}

async fn delete(
    connection: &mut AnyConnection,
    id: i64,
    reason: &str,
    now: UnixTime,
) -> Result<Deleted, sqlx::Error> {
    let by = Context::current().ended_by();
    let sessions = end(connection, Whose::Sessions(id), &by, now).await?;
    let keys = end(connection, Whose::Keys(id), &by, now).await?;
    record(connection, Event::success("user.deleted").because(reason).of_user(id), now).await?;
    forget_addresses_of(connection, id).await?;
    // Tokens, stored claims and notes of merged accounts go with it.
    sqlx::query("DELETE FROM users WHERE id = $1").bind(id).execute(connection).await?;
    Ok(Deleted { sessions, keys })
}
