//! What may change in the record: old events go, and the addresses in them go earlier, or with the account that they are about.

use sqlx::{AnyConnection, AssertSqlSafe};
use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;
use crate::merged_accounts::{ids_of, list};
use crate::record::{Event, record};

impl Database {
    /// Removes events older than `keep` seconds, and addresses in events older than `keep_addresses` seconds. Returns how
    /// many events it removed. It removes some at a time, so that no login waits long for the lock.
    ///
    /// # Errors
    /// When the database does not answer. Then the rest has not changed.
    pub async fn prune_record(&self, keep: i64, keep_addresses: i64, now: UnixTime) -> Result<u64, Error> {
        let (before, without_address) =
            (now.seconds().saturating_sub(keep), now.seconds().saturating_sub(keep_addresses));
        let forget_addresses = "UPDATE audit SET client = NULL
             WHERE id IN (SELECT id FROM audit WHERE client IS NOT NULL AND at < $1 ORDER BY at LIMIT 500)";
        let remove =
            "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 ORDER BY at LIMIT 500)";
        let forget = async |connection: &mut AnyConnection| {
            Ok::<_, Error>(unlocked(connection, without_address, forget_addresses).await?)
        };
        while self.transaction(forget).await? > 0 {}
        let mut removed = 0;
        loop {
            let some = self
                .transaction(async |transaction| {
                    let some = unlocked(transaction, before, remove).await?;
                    if some > 0 {
                        let event = Event::success("audit.pruned").by_the_system().with("removed", some);
                        record(transaction, event, now).await?;
                    }
                    Ok::<_, Error>(some)
                })
                .await?;
            if some == 0 {
                return Ok(removed);
            }
            removed += some;
        }
    }
}

/// Removes the addresses from all events of an account, and of those that were merged into it.
pub(crate) async fn forget_addresses_of(
    connection: &mut AnyConnection,
    user_id: i64,
) -> Result<(), sqlx::Error> {
    let ids = list(&ids_of(connection, user_id).await?);
    let update =
        format!("UPDATE audit SET client = NULL WHERE user_id IN ({ids}) AND client IS NOT NULL AND at < $1");
    unlocked(connection, i64::MAX, update).await?;
    Ok(())
}

/// Changes events before a time by a statement, while the record lets that happen. Returns how many there were.
async fn unlocked(
    connection: &mut AnyConnection,
    before: i64,
    change: impl Into<String>,
) -> Result<u64, sqlx::Error> {
    sqlx::query("INSERT INTO audit_pruning (id, before) VALUES (1, $1)")
        .bind(before)
        .execute(&mut *connection)
        .await?;
    let changed = sqlx::query(AssertSqlSafe(change.into()))
        .bind(before)
        .execute(&mut *connection)
        .await?
        .rows_affected();
    sqlx::query("DELETE FROM audit_pruning").execute(connection).await?;
    Ok(changed)
}
