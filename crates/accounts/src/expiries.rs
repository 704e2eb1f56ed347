//! Records which sessions and keys have expired: nobody does anything at that moment.

use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;

/// The order in which tokens are looked at: by their end, then by their id.
type Place = (i64, i64);

/// Selects the tokens after the place `$1, $2` that have expired at `$3`, at most 100, in their order.
///
/// In two parts, as SQLite reads everything that ends in the second `$1` for `(expires, id) > ($1, $2)`. The limits also tell
/// PostgreSQL how few they are: it would read the whole record to find theirs.
macro_rules! next {
    () => {
        "SELECT * FROM (
             SELECT * FROM (SELECT * FROM tokens WHERE expires = $1 AND id > $2 ORDER BY id LIMIT 100) AS same_second
             UNION ALL
             SELECT * FROM (SELECT * FROM tokens WHERE expires > $1 AND expires <= $3 ORDER BY expires, id LIMIT 100) AS later
         ) AS either ORDER BY expires, id LIMIT 100"
    };
}

impl Database {
    /// Records the sessions and keys that have expired after `since`, each once, whichever process does it. Returns how
    /// many. It records some at a time, so that no login waits long for the lock.
    ///
    /// # Errors
    /// When the database does not answer. Then the rest is not recorded.
    pub async fn record_expiries(&self, since: UnixTime, now: UnixTime) -> Result<u64, Error> {
        let mut from = (since.seconds(), i64::MAX);
        let mut recorded = 0;
        loop {
            let last = self.last_of_next(from, now).await?;
            recorded += self.record_until(last.unwrap_or((now.seconds(), i64::MAX)), from, now).await?;
            let Some(last) = last else { return Ok(recorded) };
            from = last;
        }
    }

    /// The place of the 100th token after `from`; none when there are fewer.
    async fn last_of_next(&self, from: Place, now: UnixTime) -> Result<Option<Place>, Error> {
        self.run(async |connection| {
            sqlx::query_as(concat!(
                "SELECT expires, id FROM (",
                next!(),
                ") AS next ORDER BY expires, id LIMIT 1 OFFSET 99"
            ))
            .bind(from.0)
            .bind(from.1)
            .bind(now.seconds())
            .fetch_optional(connection)
            .await
        })
        .await
    }

    /// Records those after `from` and until `last`: when some of them are removed meanwhile, the next 100 go further than `last`.
    async fn record_until(&self, last: Place, from: Place, now: UnixTime) -> Result<u64, Error> {
        let recorded = self
            .write(async |connection| {
                sqlx::query(concat!(
                    "INSERT INTO audit (at, event, outcome, actor_kind, user_id, token_id)
                     SELECT expires, CASE kind WHEN 'key' THEN 'key.expired' ELSE 'session.expired' END, 'success', 'system',
                         user_id, id
                     FROM (",
                    next!(),
                    ") AS ended
                     WHERE (expires, id) <= ($4, $5) AND (revoked IS NULL OR revoked > expires) AND replaced_by IS NULL
                         AND NOT EXISTS (SELECT 1 FROM audit WHERE audit.token_id = ended.id
                             AND audit.event IN ('session.expired', 'key.expired'))
                     ON CONFLICT DO NOTHING",
                ))
                .bind(from.0)
                .bind(from.1)
                .bind(now.seconds())
                .bind(last.0)
                .bind(last.1)
                .execute(connection)
                .await
            })
            .await?;
        Ok(recorded.rows_affected())
    }
}
