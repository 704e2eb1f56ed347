//! Removes expired sessions and old keys.

use sqlx::AssertSqlSafe;
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
        // What a token tells of when its owner was seen is kept.
        let note = format!(
            "UPDATE users SET last_seen = gone.seen
             FROM (SELECT user_id, max(coalesce(last_used, created)) AS seen FROM tokens WHERE id IN ({select})
                 GROUP BY user_id) AS gone
             WHERE users.id = gone.user_id AND coalesce(users.last_seen, 0) < gone.seen"
        );
        let delete = format!("DELETE FROM tokens WHERE id IN ({select})");
        let mut removed = 0;
        loop {
            // A few at a time, so that no login waits long for the lock. The order makes PostgreSQL use the index. The
            // number is not a parameter: with a parameter, PostgreSQL would read the whole table.
            let (note, delete) = (AssertSqlSafe(note.clone()), AssertSqlSafe(delete.clone()));
            let deleted = self
                .transaction(async |transaction| {
                    sqlx::query(note).bind(before).execute(&mut *transaction).await?;
                    Ok::<_, Error>(sqlx::query(delete).bind(before).execute(transaction).await?)
                })
                .await?;
            if deleted.rows_affected() == 0 {
                return Ok(removed);
            }
            removed += deleted.rows_affected();
        }
    }
}
