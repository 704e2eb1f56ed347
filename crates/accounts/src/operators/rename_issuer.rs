//! Gives accounts another issuer for `api rename-issuer`.

use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;
use crate::merged_accounts::list;
use crate::record::{Event, record};

/// Why no issuer was renamed. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum RenameError {
    /// Some subjects have an account at both issuers.
    #[error(
        "some people have an account at both issuers: {}. Fix: merge each pair with `api users merge OLD NEW`, then rename",
        pairs(.0)
    )]
    Both(Vec<(i64, i64)>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<sqlx::Error> for RenameError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

fn pairs(ids: &[(i64, i64)]) -> String {
    ids.iter().map(|(old, new)| list(&[*old, *new]).replace(", ", " and ")).collect::<Vec<_>>().join(", ")
}

impl Database {
    /// Gives every account of the issuer `from` the issuer `to`. With `dry_run`, it is tried and undone. Returns how many accounts
    /// there are.
    ///
    /// # Errors
    /// When a subject has an account at both issuers, or the database does not answer. Then nothing has changed.
    pub async fn rename_issuer(
        &self,
        from: &str,
        to: &str,
        dry_run: bool,
        now: UnixTime,
    ) -> Result<u64, RenameError> {
        self.transaction_or_trial(dry_run, async |transaction| {
            // On SQLite, only a transaction that begins with a write waits for others.
            sqlx::query("UPDATE users SET updated = updated WHERE issuer = $1")
                .bind(from)
                .execute(&mut *transaction)
                .await?;
            let both: Vec<(i64, i64)> = sqlx::query_as(
                "SELECT old.id, new.id FROM users AS old JOIN users AS new ON new.sub = old.sub
                 WHERE old.issuer = $1 AND new.issuer = $2 AND old.id <> new.id ORDER BY old.id",
            )
            .bind(from)
            .bind(to)
            .fetch_all(&mut *transaction)
            .await?;
            if !both.is_empty() {
                return Err(RenameError::Both(both));
            }
            let renamed = sqlx::query("UPDATE users SET issuer = $2 WHERE issuer = $1")
                .bind(from)
                .bind(to)
                .execute(&mut *transaction)
                .await?
                .rows_affected();
            if renamed > 0 {
                let event = Event::success("issuer.renamed").with("from", from).with("to", to);
                record(transaction, event.with("accounts", renamed), now).await?;
            }
            Ok(renamed)
        })
        .await
    }
}
