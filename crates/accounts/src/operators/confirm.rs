//! Confirms an account for `api users prepare`, when the person has logged in before.

use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;
use crate::record::{Event, record};

impl Database {
    /// Confirms the account of a person who has logged in with this address, as if an operator had prepared it. Returns the ids of
    /// all such accounts: it confirms the account when there is only one.
    ///
    /// # Errors
    /// When the database does not answer. Then nothing has changed.
    pub async fn confirm_account(&self, email: &str, now: UnixTime) -> Result<Vec<i64>, Error> {
        self.transaction(async |transaction| {
            // On SQLite, only a transaction that begins with a write waits for others.
            sqlx::query(
                "UPDATE users SET updated = updated WHERE sub IS NOT NULL AND lower(email) = lower($1)",
            )
            .bind(email)
            .execute(&mut *transaction)
            .await?;
            let known: Vec<(i64, String, i64)> = sqlx::query_as(
                "SELECT id, email, prepared FROM users
                 WHERE sub IS NOT NULL AND lower(email) = lower($1) ORDER BY id",
            )
            .bind(email)
            .fetch_all(&mut *transaction)
            .await?;
            // PostgreSQL also folds letters outside ASCII.
            let same: Vec<(i64, bool)> = known
                .into_iter()
                .filter(|(_, theirs, _)| theirs.eq_ignore_ascii_case(email))
                .map(|(id, _, prepared)| (id, prepared != 0))
                .collect();
            if let [(id, false)] = same[..] {
                sqlx::query("UPDATE users SET prepared = 1, updated = $2 WHERE id = $1")
                    .bind(id)
                    .bind(now.seconds())
                    .execute(&mut *transaction)
                    .await?;
                record(transaction, Event::success("user.prepared").of_user(id), now).await?;
            }
            Ok::<_, Error>(same.into_iter().map(|(id, _)| id).collect())
        })
        .await
    }
}
