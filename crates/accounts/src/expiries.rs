//! Records which sessions and keys have expired: nobody does anything at that moment.

use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;

/// The order in which tokens are looked at: by their end, then by their id.
type Place = (i64, i64);

impl Database {
    /// Records the sessions and keys that have expired after `since`, each once, whichever process does it. Returns how
    /// many. It records some at a time, so that no login waits long for the lock.
    ///
    /// # Errors
    /// When the database does not answer. Then the rest is not recorded.
    pub async fn record_expiries(&self, since: UnixTime, now: UnixTime) -> Result<u64, Error> {
        let mut from = (since.seconds(), i64::MAX);
        let end = (now.seconds(), i64::MAX);
        let mut recorded = 0;
        loop {
            let next = self.some_further(from, end).await?;
            recorded += self.record_between(from, next.unwrap_or(end)).await?;
            let Some(next) = next else { return Ok(recorded) };
            from = next;
        }
    }

    /// The place 500 tokens further; none when there are fewer before `end`.
    async fn some_further(&self, from: Place, end: Place) -> Result<Option<Place>, Error> {
        self.run(async |connection| {
            sqlx::query_as(
                "SELECT expires, id FROM tokens WHERE (expires, id) > ($1, $2) AND (expires, id) <= ($3, $4)
                 ORDER BY expires, id LIMIT 1 OFFSET 499",
            )
            .bind(from.0)
            .bind(from.1)
            .bind(end.0)
            .bind(end.1)
            .fetch_optional(connection)
            .await
        })
        .await
    }

    /// The limit leaves none out. With it PostgreSQL knows how few they are, and does not read the whole record to find theirs.
    async fn record_between(&self, from: Place, to: Place) -> Result<u64, Error> {
        let recorded = self
            .write(async |connection| {
                sqlx::query(
                    "INSERT INTO audit (at, event, outcome, actor_kind, user_id, token_id)
                     SELECT expires, CASE kind WHEN 'key' THEN 'key.expired' ELSE 'session.expired' END, 'success', 'system',
                         user_id, id
                     FROM (SELECT id, kind, user_id, expires, revoked, replaced_by FROM tokens
                         WHERE (expires, id) > ($1, $2) AND (expires, id) <= ($3, $4) ORDER BY expires, id LIMIT 500) AS ended
                     WHERE (revoked IS NULL OR revoked > expires) AND replaced_by IS NULL
                         AND NOT EXISTS (SELECT 1 FROM audit WHERE audit.token_id = ended.id
                             AND audit.event IN ('session.expired', 'key.expired'))
                     ON CONFLICT DO NOTHING",
                )
                .bind(from.0)
                .bind(from.1)
                .bind(to.0)
                .bind(to.1)
                .execute(connection)
                .await
            })
            .await?;
        Ok(recorded.rows_affected())
    }
}
