use token_crypto::UnixTime;

use super::login::seconds;
use super::store::{Accounts, StoreError};

impl Accounts {
    /// The id of a role, which is created when nobody has that role yet.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ensure_role(&self, name: &str, now: UnixTime) -> Result<i64, StoreError> {
        sqlx::query("INSERT INTO roles (name, created) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(name)
            .bind(seconds(now))
            .execute(&self.writer)
            .await?;
        Ok(sqlx::query_scalar("SELECT id FROM roles WHERE name = $1")
            .bind(name)
            .fetch_one(&self.writer)
            .await?)
    }
}
