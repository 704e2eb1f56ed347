//! Prepares accounts for `api users prepare`.

use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;
use crate::record::{Event, record};
use crate::roles::role_id;

/// Why an account was not prepared.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// There is no such role.
    #[error("there is no role {0}")]
    NoRole(String),
    /// An account with this address is already prepared.
    #[error("account {0} is prepared for this address already")]
    Prepared(i64),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<sqlx::Error> for PrepareError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

impl Database {
    /// Creates an account for somebody who has not logged in yet: the first login with this address takes it over, if
    /// `oauth2.link_by_email` is on. Returns its id.
    ///
    /// # Errors
    /// When there is no such role, or an account was already prepared for this address.
    pub async fn prepare_account(&self, email: &str, role: &str, now: UnixTime) -> Result<i64, PrepareError> {
        self.transaction(async |transaction| {
            sqlx::query("UPDATE roles SET name = name WHERE name = $1")
                .bind(role)
                .execute(&mut *transaction)
                .await?;
            let role_id =
                role_id(transaction, role).await?.ok_or_else(|| PrepareError::NoRole(role.to_owned()))?;
            let known: Vec<(i64, String)> =
                sqlx::query_as("SELECT id, email FROM users WHERE sub IS NULL AND lower(email) = lower($1)")
                    .bind(email)
                    .fetch_all(&mut *transaction)
                    .await?;
            if let Some((id, _)) = known.iter().find(|(_, theirs)| theirs.eq_ignore_ascii_case(email)) {
                return Err(PrepareError::Prepared(*id));
            }
            let id: i64 = sqlx::query_scalar(
                "INSERT INTO users (email, role_id, prepared, created, updated) VALUES ($1, $2, 1, $3, $3) RETURNING id",
            )
            .bind(email)
            .bind(role_id)
            .bind(now.seconds())
            .fetch_one(&mut *transaction)
            .await?;
            let event = Event::success("user.created").of_user(id).with("prepared", true);
            record(transaction, event, now).await?;
            Ok(id)
        })
        .await
    }
}
