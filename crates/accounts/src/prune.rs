//! Removes expired sessions and old keys.

use std::collections::BTreeMap;

use sqlx::{AnyConnection, AssertSqlSafe};
use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;
use crate::new_key::IDEMPOTENCY;

impl Database {
    /// Removes the sessions that have expired, and the keys that ended more than `keep_ended` seconds ago. Returns how
    /// many tokens it removed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn prune_tokens(&self, keep_ended: i64, now: UnixTime) -> Result<u64, Error> {
        let now = now.seconds();
        // A request that made a key may be repeated for some time.
        let ended = now.saturating_sub(keep_ended.max(IDEMPOTENCY));
        let expired =
            "SELECT id FROM tokens WHERE kind = 'session' AND expires <= $1 ORDER BY expires LIMIT 100";
        let dead = "SELECT id FROM tokens WHERE kind = 'key' AND expires <= $1 ORDER BY expires LIMIT 100";
        let revoked = "SELECT id FROM tokens WHERE kind = 'key' AND revoked <= $1 ORDER BY revoked LIMIT 100";
        let mut removed = 0;
        for (select, before) in [(expired, now), (dead, ended), (revoked, ended)] {
            removed += self.remove_tokens(select, before).await?;
        }
        Ok(removed)
    }

    async fn remove_tokens(&self, select: &str, before: i64) -> Result<u64, Error> {
        let delete = format!(
            "DELETE FROM tokens WHERE id IN ({select}) RETURNING user_id, coalesce(last_used, created) AS seen"
        );
        let mut removed = 0;
        loop {
            // A few at a time, so that no login waits long for the lock. The order makes PostgreSQL use the index. The
            // number is not a parameter: with a parameter, PostgreSQL would read the whole table.
            let delete = AssertSqlSafe(delete.clone());
            let gone = self
                .transaction(async |transaction| {
                    let gone: Vec<(i64, i64)> =
                        sqlx::query_as(delete).bind(before).fetch_all(&mut *transaction).await?;
                    keep_when_seen(transaction, &gone).await?;
                    Ok::<_, Error>(gone.len())
                })
                .await?;
            if gone == 0 {
                return Ok(removed);
            }
            removed += gone as u64;
        }
    }
}

/// Keeps what removed tokens tell of when their owners were seen. Only of those that this process removed: meanwhile another one
/// removes others.
async fn keep_when_seen(connection: &mut AnyConnection, gone: &[(i64, i64)]) -> Result<(), sqlx::Error> {
    let mut owners = BTreeMap::new();
    for &(owner, seen) in gone {
        let last = owners.entry(owner).or_insert(seen);
        *last = seen.max(*last);
    }
    if owners.is_empty() {
        return Ok(());
    }
    let values: Vec<_> =
        (1..=owners.len()).map(|pair| format!("(${}, ${})", 2 * pair - 1, 2 * pair)).collect();
    let sql = format!(
        "UPDATE users SET last_seen = gone.column2 FROM (VALUES {}) AS gone
         WHERE users.id = gone.column1 AND coalesce(users.last_seen, 0) < gone.column2",
        values.join(", ")
    );
    let update = owners
        .into_iter()
        .fold(sqlx::query(AssertSqlSafe(sql)), |query, (owner, seen)| query.bind(owner).bind(seen));
    update.execute(connection).await.map(drop)
}
