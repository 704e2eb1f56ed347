//! Changes accounts for `api users`.

use token_crypto::UnixTime;

use crate::context::Context;
use crate::database::Database;
use crate::error::Error;
use crate::record::{Event, record};
use crate::roles::role_id;
use crate::sessions::{Whose, end};

impl Database {
    /// Disables an account, and ends its sessions and keys in the same transaction; or enables it. Returns whether it changed, and how
    /// many sessions and keys have ended.
    ///
    /// # Errors
    /// When the database does not answer. Then nothing has changed.
    pub async fn set_disabled(
        &self,
        id: i64,
        disabled: bool,
        now: UnixTime,
    ) -> Result<(bool, u64, u64), Error> {
        self.transaction(async |transaction| {
            let changed =
                sqlx::query("UPDATE users SET disabled = $2, updated = $3 WHERE id = $1 AND disabled <> $2")
                    .bind(id)
                    .bind(i64::from(disabled))
                    .bind(now.seconds())
                    .execute(&mut *transaction)
                    .await?;
            let (mut sessions, mut keys) = (0, 0);
            if disabled {
                sessions = end(transaction, Whose::Sessions(id), "disabled", now).await?;
                keys = end(transaction, Whose::Keys(id), "disabled", now).await?;
            }
            if changed.rows_affected() > 0 {
                let name = if disabled { "user.disabled" } else { "user.enabled" };
                record(transaction, Event::success(name).of_user(id), now).await?;
            }
            Ok::<_, Error>((changed.rows_affected() > 0, sessions, keys))
        })
        .await
    }

    /// Gives an account another role. Returns its previous role; none when there is no such account or role.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_role(&self, id: i64, role: &str, now: UnixTime) -> Result<Option<String>, Error> {
        self.transaction(async |transaction| {
            // On SQLite, only a transaction that begins with a write waits for others.
            sqlx::query("UPDATE users SET updated = updated WHERE id = $1")
                .bind(id)
                .execute(&mut *transaction)
                .await?;
            let before: Option<String> = sqlx::query_scalar(
                "SELECT roles.name FROM users JOIN roles ON roles.id = users.role_id WHERE users.id = $1",
            )
            .bind(id)
            .fetch_optional(&mut *transaction)
            .await?;
            let (Some(before), Some(role_id)) = (before, role_id(transaction, role).await?) else {
                return Ok(None);
            };
            if before != role {
                sqlx::query("UPDATE users SET role_id = $2, updated = $3 WHERE id = $1")
                    .bind(id)
                    .bind(role_id)
                    .bind(now.seconds())
                    .execute(&mut *transaction)
                    .await?;
                let event = Event::success("user.role_changed").of_user(id);
                let event = event.with("from", before.as_str()).with("to", role);
                record(transaction, event, now).await?;
            }
            Ok::<_, Error>(Some(before))
        })
        .await
    }

    /// Ends the sessions of an account, and its keys on request. Returns how many of each.
    ///
    /// # Errors
    /// When the database does not answer. Then nothing has ended.
    pub async fn log_out_everywhere(
        &self,
        id: i64,
        with_keys: bool,
        now: UnixTime,
    ) -> Result<(u64, u64), Error> {
        let by = Context::current().ended_by();
        self.transaction(async |transaction| {
            let sessions = end(transaction, Whose::Sessions(id), &by, now).await?;
            let keys = if with_keys { end(transaction, Whose::Keys(id), &by, now).await? } else { 0 };
            Ok::<_, Error>((sessions, keys))
        })
        .await
    }
}
