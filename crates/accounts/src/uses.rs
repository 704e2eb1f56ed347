//! When and from where a token was last used, precise to ten minutes: there is at most one write in that time.

use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;

/// The precision, in seconds: a newer use is written only after this time.
const TRUE_TO: i64 = 600;
/// How long addresses are kept, in seconds: 30 days.
const ADDRESSES_KEPT: i64 = 30 * 24 * 3_600;

/// One use of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The token.
    pub token_id: i64,
    /// The time.
    pub at: UnixTime,
    /// The network it was used from, if known.
    pub address: Option<String>,
}

/// Whether a use at this time must be written, given the time of the last known use.
#[must_use]
pub fn is_due(last_used: Option<i64>, now: UnixTime) -> bool {
    last_used.is_none_or(|last| last <= now.seconds().saturating_sub(TRUE_TO))
}

impl Database {
    /// Writes uses, except those of tokens for which another process has just written one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn note_uses(&self, uses: &[Use]) -> Result<(), Error> {
        self.transaction(async |transaction| {
            for used in uses {
                sqlx::query(
                    "UPDATE tokens SET last_used = $2, last_address = COALESCE($3, last_address)
                     WHERE id = $1 AND (last_used IS NULL OR last_used <= $4)",
                )
                .bind(used.token_id)
                .bind(used.at.seconds())
                .bind(&used.address)
                .bind(used.at.seconds().saturating_sub(TRUE_TO))
                .execute(&mut *transaction)
                .await?;
            }
            Ok::<_, Error>(())
        })
        .await
    }

    /// Deletes the addresses that were kept long enough, some at a time, so that no login waits long for the lock. Returns how
    /// many. Those of sessions that live for less are deleted with the session.
    ///
    /// # Errors
    /// When the database does not answer. Then the rest is still there.
    pub async fn forget_addresses(&self, now: UnixTime) -> Result<u64, Error> {
        let before = now.seconds().saturating_sub(ADDRESSES_KEPT);
        let mut forgotten = 0;
        loop {
            let some = self
                .write(async |connection| {
                    sqlx::query(
                        "UPDATE tokens SET last_address = NULL WHERE id IN (SELECT id FROM tokens
                             WHERE last_used <= $1 AND last_address IS NOT NULL
                                 AND (kind = 'key' OR expires - created > 2592000)
                             ORDER BY last_used LIMIT 100)",
                    )
                    .bind(before)
                    .execute(connection)
                    .await
                })
                .await?
                .rows_affected();
            if some == 0 {
                return Ok(forgotten);
            }
            forgotten += some;
        }
    }
}
