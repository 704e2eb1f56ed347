//! Merges two accounts of one person for `api users merge`.

use sqlx::AnyConnection;
use token_crypto::UnixTime;

use super::lock::lock;
use crate::context::Context;
use crate::database::Database;
use crate::error::Error;
use crate::merged_accounts;
use crate::new_key::active;
use crate::record::{Event, record};
use crate::sessions::{Whose, end};

/// What a merge did, or would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The role that the account has now: that of the old account.
    pub role: String,
    /// The role that it had.
    pub role_before: String,
    /// How many keys of the old account were moved, those that have ended too.
    pub keys: u64,
    /// How many valid sessions of the old account ended.
    pub sessions: u64,
    /// How many of its keys now count towards the limit of keys.
    pub active_keys: i64,
}

/// Why two accounts were not merged. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// Both are the same account.
    #[error("both are account {0}. Fix: name the old account first, then the one that goes on")]
    Same(i64),
    /// One of them has gone meanwhile.
    #[error("there is no account {0}")]
    Unknown(i64),
    /// Nobody has logged in to the account that is to go on.
    #[error(
        "nobody has logged in to account {0}, so it cannot go on. Fix: name the old account first, then the one that goes on"
    )]
    WithoutSubject(i64),
    /// An operator disabled one of them and not the other.
    #[error(
        "account {disabled} is disabled and account {other} is not. Fix: `api users enable {disabled}` if the person may log in, \
         else `api users disable {other}`; then merge them"
    )]
    OneDisabled {
        /// The one that is disabled.
        disabled: i64,
        /// The other.
        other: i64,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<sqlx::Error> for MergeError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    sub: Option<String>,
    role_id: i64,
    role: String,
    disabled: i64,
}

impl Database {
    /// Moves role, keys, stored claims and history of the account `old` to the account `new`, and removes `old`. The sessions of
    /// `old` end. With `dry_run`, everything is tried and undone.
    ///
    /// # Errors
    /// When the accounts cannot be merged, or the database does not answer. Then nothing has changed.
    pub async fn merge(
        &self,
        old: i64,
        new: i64,
        dry_run: bool,
        now: UnixTime,
    ) -> Result<Merged, MergeError> {
        if old == new {
            return Err(MergeError::Same(old));
        }
        self.transaction_or_trial(dry_run, async |transaction| {
            lock(self.engine(), transaction, &[old, new]).await?;
            merge(transaction, old, new, now).await
        })
        .await
    }
}

async fn merge(
    connection: &mut AnyConnection,
    old: i64,
    new: i64,
    now: UnixTime,
) -> Result<Merged, MergeError> {
    let (old, new) = (row(connection, old).await?, row(connection, new).await?);
    if new.sub.is_none() {
        return Err(MergeError::WithoutSubject(new.id));
    }
    match (old.disabled != 0, new.disabled != 0) {
        (true, false) => return Err(MergeError::OneDisabled { disabled: old.id, other: new.id }),
        (false, true) => return Err(MergeError::OneDisabled { disabled: new.id, other: old.id }),
        _ => {}
    }
    let by = Context::current().ended_by();
    let sessions = end(connection, Whose::Sessions(old.id), &by, now).await?;
    let keys = move_what_it_has(connection, &old, &new, now).await?;
    merged_accounts::note(connection, old.id, new.id).await?;
    sqlx::query("DELETE FROM users WHERE id = $1").bind(old.id).execute(&mut *connection).await?;
    if old.role != new.role {
        let event = Event::success("user.role_changed").of_user(new.id);
        let event = event.with("from", new.role.as_str()).with("to", old.role.as_str());
        record(connection, event, now).await?;
    }
    let event = Event::success("user.merged").of_user(new.id);
    let event = event.with("merged_user_id", old.id).with("keys", keys).with("sessions", sessions);
    record(connection, event, now).await?;
    let active_keys = active(connection, new.id, now.seconds()).await?;
    Ok(Merged { role: old.role, role_before: new.role, keys, sessions, active_keys })
}

async fn row(connection: &mut AnyConnection, id: i64) -> Result<Row, MergeError> {
    sqlx::query_as(
        "SELECT users.id, sub, role_id, roles.name AS role, disabled
         FROM users JOIN roles ON roles.id = users.role_id WHERE users.id = $1",
    )
    .bind(id)
    .fetch_optional(connection)
    .await?
    .ok_or(MergeError::Unknown(id))
}

/// Moves all that refers to the old account. Returns how many keys it moved.
async fn move_what_it_has(
    connection: &mut AnyConnection,
    old: &Row,
    new: &Row,
    now: UnixTime,
) -> Result<u64, sqlx::Error> {
    sqlx::query(
        "UPDATE users SET role_id = $3, updated = $4,
             prepared = (SELECT max(prepared) FROM users WHERE id IN ($1, $2)),
             created = (SELECT min(created) FROM users WHERE id IN ($1, $2)),
             last_seen = (SELECT max(last_seen) FROM users WHERE id IN ($1, $2))
         WHERE id = $2",
    )
    .bind(old.id)
    .bind(new.id)
    .bind(old.role_id)
    .bind(now.seconds())
    .execute(&mut *connection)
    .await?;
    let mut moved = 0;
    for kind in ["session", "key"] {
        // Sessions that have ended too: their logouts at the provider stay good.
        let update = sqlx::query("UPDATE tokens SET user_id = $2 WHERE user_id = $1 AND kind = $3");
        moved = update.bind(old.id).bind(new.id).bind(kind).execute(&mut *connection).await?.rows_affected();
    }
    // What the new account's own logins told is newer.
    sqlx::query(
        "UPDATE custom_claims SET user_id = $2
         WHERE user_id = $1 AND name NOT IN (SELECT name FROM custom_claims WHERE user_id = $2)",
    )
    .bind(old.id)
    .bind(new.id)
    .execute(connection)
    .await?;
    Ok(moved)
}
