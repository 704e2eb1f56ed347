use token_crypto::UnixTime;

use super::login::seconds;
use super::store::{Accounts, StoreError};

impl Accounts {
    /// The id of a role, which is created when nobody has that role yet.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ensure_role(&self, name: &str, now: UnixTime) -> Result<i64, StoreError> {
        let insert =
            sqlx::query("INSERT INTO roles (name, created) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING");
        self.write(insert.bind(name).bind(seconds(now))).await?;
        let mut connection = self.writer.lease().await?;
        let select = sqlx::query_scalar("SELECT id FROM roles WHERE name = $1").bind(name);
        let id = self.writer.within(select.fetch_one(&mut *connection)).await?;
        connection.give_back();
        Ok(id)
    }
}
