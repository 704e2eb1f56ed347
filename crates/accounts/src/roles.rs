//! The table `roles`: names and permissions.

use sqlx::AnyConnection;
use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;

impl Database {
    /// Returns the id of a role, and creates the role when it does not exist.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ensure_role(&self, name: &str, now: UnixTime) -> Result<i64, Error> {
        self.write(async |connection| {
            sqlx::query("INSERT INTO roles (name, created) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
                .bind(name)
                .bind(now.seconds())
                .execute(&mut *connection)
                .await?;
            sqlx::query_scalar("SELECT id FROM roles WHERE name = $1").bind(name).fetch_one(connection).await
        })
        .await
    }
}

/// The id of a role; none when there is no such role.
pub(crate) async fn role_id(connection: &mut AnyConnection, name: &str) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM roles WHERE name = $1").bind(name).fetch_optional(connection).await
}

/// What a role permits; nothing when there is no such role.
pub(crate) async fn permissions_of(
    connection: &mut AnyConnection,
    name: &str,
) -> Result<Vec<String>, sqlx::Error> {
    let list: Option<String> = sqlx::query_scalar("SELECT permissions FROM roles WHERE name = $1")
        .bind(name)
        .fetch_optional(connection)
        .await?;
    Ok(list.and_then(|list| serde_json::from_str(&list).ok()).unwrap_or_default())
}
