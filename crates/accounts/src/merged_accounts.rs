//! The table `merged_accounts`: accounts that are gone because an operator merged them into others.

use sqlx::AnyConnection;

use crate::database::Database;
use crate::error::Error;

/// The ids whose events are of an account: its own, and those of the accounts that were merged into it.
pub(crate) async fn ids_of(connection: &mut AnyConnection, user_id: i64) -> Result<Vec<i64>, sqlx::Error> {
    let merged: Vec<i64> = sqlx::query_scalar("SELECT old_id FROM merged_accounts WHERE user_id = $1")
        .bind(user_id)
        .fetch_all(connection)
        .await?;
    Ok(std::iter::once(user_id).chain(merged).collect())
}

/// `1, 2, 3`
pub(crate) fn list(ids: &[i64]) -> String {
    ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}

/// Notes that `old` was merged into `new`, with the accounts that had been merged into `old`.
pub(crate) async fn note(connection: &mut AnyConnection, old: i64, new: i64) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE merged_accounts SET user_id = $2 WHERE user_id = $1")
        .bind(old)
        .bind(new)
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO merged_accounts (old_id, user_id) VALUES ($1, $2)")
        .bind(old)
        .bind(new)
        .execute(connection)
        .await?;
    Ok(())
}

impl Database {
    /// The account that an account was merged into.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn merged_into(&self, id: i64) -> Result<Option<i64>, Error> {
        self.run(async |connection| {
            sqlx::query_scalar("SELECT user_id FROM merged_accounts WHERE old_id = $1")
                .bind(id)
                .fetch_optional(connection)
                .await
        })
        .await
    }
}
