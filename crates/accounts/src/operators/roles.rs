//! Lists, creates, changes and deletes roles for `api roles`.

use serde_json::Value;
use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;
use crate::record::{Event, record};

/// A role: a name and its permissions.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its permissions.
    pub permissions: Vec<String>,
    /// How many accounts have it.
    pub accounts: i64,
}

/// Why a role was not changed.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    /// A role with this name exists.
    #[error("there is a role {0} already")]
    Exists(String),
    /// There is no role with this name.
    #[error("there is no role {0}")]
    Unknown(String),
    /// Some accounts have this role.
    #[error("{0} accounts have this role: give them another first")]
    InUse(i64),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<sqlx::Error> for RoleError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

fn changed(name: &str) -> Event {
    Event::success("role.changed").with("role", name)
}

impl Database {
    /// All roles, in order of the bytes of their names.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn roles(&self) -> Result<Vec<Role>, Error> {
        let rows: Vec<(String, String, i64)> = self
            .run(async |connection| {
                sqlx::query_as(
                    "SELECT name, permissions, (SELECT count(*) FROM users WHERE role_id = roles.id)
                     FROM roles",
                )
                .fetch_all(connection)
                .await
            })
            .await?;
        let role = |(name, permissions, accounts): (String, String, i64)| Role {
            name,
            permissions: serde_json::from_str(&permissions).unwrap_or_default(),
            accounts,
        };
        let mut roles: Vec<Role> = rows.into_iter().map(role).collect();
        // Here, because PostgreSQL would sort by the rules of its language.
        roles.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(roles)
    }

    /// Creates a role.
    ///
    /// # Errors
    /// When a role with this name exists.
    pub async fn create_role(
        &self,
        name: &str,
        permissions: &[String],
        now: UnixTime,
    ) -> Result<(), RoleError> {
        self.transaction(async |transaction| {
            let created = sqlx::query(
                "INSERT INTO roles (name, permissions, created) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
            )
            .bind(name)
            .bind(Value::from(permissions).to_string())
            .bind(now.seconds())
            .execute(&mut *transaction)
            .await?;
            if created.rows_affected() == 0 {
                return Err(RoleError::Exists(name.to_owned()));
            }
            record(transaction, changed(name).with("permissions", permissions), now).await?;
            Ok(())
        })
        .await
    }

    /// Replaces the permissions of a role.
    ///
    /// # Errors
    /// When there is no role with this name.
    pub async fn set_permissions(
        &self,
        name: &str,
        permissions: &[String],
        now: UnixTime,
    ) -> Result<(), RoleError> {
        self.transaction(async |transaction| {
            let updated = sqlx::query("UPDATE roles SET permissions = $2 WHERE name = $1")
                .bind(name)
                .bind(Value::from(permissions).to_string())
                .execute(&mut *transaction)
                .await?;
            if updated.rows_affected() == 0 {
                return Err(RoleError::Unknown(name.to_owned()));
            }
            record(transaction, changed(name).with("permissions", permissions), now).await?;
            Ok(())
        })
        .await
    }

    /// Deletes a role that nobody has.
    ///
    /// # Errors
    /// When there is no role with this name, or an account has it.
    pub async fn delete_role(&self, name: &str, now: UnixTime) -> Result<(), RoleError> {
        self.transaction(async |transaction| {
            let deleted = sqlx::query(
                "DELETE FROM roles WHERE name = $1 AND NOT EXISTS (SELECT 1 FROM users WHERE role_id = roles.id)",
            )
            .bind(name)
            .execute(&mut *transaction)
            .await?;
            if deleted.rows_affected() == 0 {
                let accounts: Option<i64> = sqlx::query_scalar(
                    "SELECT (SELECT count(*) FROM users WHERE role_id = roles.id) FROM roles WHERE name = $1",
                )
                .bind(name)
                .fetch_optional(transaction)
                .await?;
                let unknown = || RoleError::Unknown(name.to_owned());
                return Err(accounts.map_or_else(unknown, RoleError::InUse));
            }
            record(transaction, changed(name).with("deleted", true), now).await?;
            Ok(())
        })
        .await
    }
}
