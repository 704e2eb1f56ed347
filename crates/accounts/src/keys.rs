//! Keys, which are tokens for programs: their owner lists, renames and ends them.

use sqlx::{AnyConnection, AssertSqlSafe};
use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;
use crate::record::{Event, record};
use crate::tokens::{self, WITHOUT_END, live};
use crate::url::Engine;

pub(crate) const COLUMNS: &str =
    "id, name, hint, created, expires, lifetime, last_used, revoked, replaced_by";

/// A key, as its owner sees it. Times are Unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its id.
    pub id: i64,
    /// The name that its owner gave.
    pub name: String,
    /// The first eight characters and the last four.
    pub hint: String,
    /// Whether it is valid.
    pub status: KeyStatus,
    /// When it was made.
    pub created: i64,
    /// When it expires, if ever.
    pub expires: Option<i64>,
    /// When it was last used, precise to ten minutes.
    pub last_used: Option<i64>,
    /// The key that replaces it.
    pub replaced_by: Option<i64>,
}

/// Whether a key is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// It is valid.
    Active,
    /// It has expired.
    Expired,
    /// It was ended before it expired.
    Revoked,
}

/// Which keys, in which order.
#[derive(Clone, Copy, Debug)]
pub struct KeyQuery {
    /// Only keys of this status.
    pub status: Option<KeyStatus>,
    /// The sort order.
    pub sort: KeySort,
    /// Whether the largest comes first.
    pub descending: bool,
    /// How many keys to skip.
    pub offset: i64,
    /// How many keys to return at most.
    pub limit: i64,
}

/// The sort order of keys.
#[derive(Clone, Copy, Debug)]
pub enum KeySort {
    /// When they were made.
    Created,
    /// Their names.
    Name,
    /// When they expire; keys without expiry come last.
    Expires,
    /// When they were last used; keys that were never used come first.
    LastUsed,
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) name: Option<String>,
    pub(crate) hint: String,
    pub(crate) created: i64,
    pub(crate) expires: i64,
    pub(crate) lifetime: Option<i64>,
    pub(crate) last_used: Option<i64>,
    pub(crate) revoked: Option<i64>,
    pub(crate) replaced_by: Option<i64>,
}

impl Row {
    pub(crate) fn status(&self, now: i64) -> KeyStatus {
        if self.revoked.is_some_and(|revoked| revoked <= now) {
            KeyStatus::Revoked
        } else if self.expires <= now {
            KeyStatus::Expired
        } else {
            KeyStatus::Active
        }
    }

    pub(crate) fn into_key(self, now: i64) -> Key {
        Key {
            status: self.status(now),
            id: self.id,
            name: self.name.unwrap_or_default(),
            hint: self.hint,
            created: self.created,
            expires: (self.expires != WITHOUT_END).then_some(self.expires),
            last_used: self.last_used,
            replaced_by: self.replaced_by,
        }
    }
}

/// The SQL condition for a status at the time `$2`.
fn condition(status: Option<KeyStatus>) -> &'static str {
    match status {
        None => "",
        Some(KeyStatus::Active) => concat!(" AND ", live!()),
        Some(KeyStatus::Expired) => " AND expires <= $2 AND (revoked IS NULL OR revoked > $2)",
        Some(KeyStatus::Revoked) => " AND revoked <= $2",
    }
}

/// The SQL condition for keys that are still visible at the time `$2`, when keys that ended since `$3` are kept.
const VISIBLE: &str =
    "kind = 'key' AND user_id = $1 AND expires > $3 AND (revoked IS NULL OR revoked > $3 OR revoked > $2)";

impl Database {
    /// The keys of a person, and how many match the filter in all.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keys(
        &self,
        user_id: i64,
        query: KeyQuery,
        keep_ended: i64,
        now: UnixTime,
    ) -> Result<(i64, Vec<Key>), Error> {
        let now = now.seconds();
        let filter = format!("{VISIBLE}{}", condition(query.status));
        let sort = match query.sort {
            KeySort::Created => "created",
            // Capital letters are folded as in ASCII, and the rest is in order of its bytes, on both databases.
            KeySort::Name => match self.engine() {
                Engine::Sqlite => "lower(name)",
                Engine::Postgres => r#"lower(name COLLATE "C")"#,
            },
            KeySort::Expires => "expires",
            KeySort::LastUsed => "coalesce(last_used, 0)",
        };
        let order = if query.descending { "DESC" } else { "ASC" };
        let count = format!("SELECT count(*) FROM tokens WHERE {filter}");
        let select = format!(
            "SELECT {COLUMNS} FROM tokens WHERE {filter} ORDER BY {sort} {order}, id {order} LIMIT $4 OFFSET $5"
        );
        let (total, rows) = self
            .run(async |connection| {
                let total: i64 = sqlx::query_scalar(AssertSqlSafe(count))
                    .bind(user_id)
                    .bind(now)
                    .bind(now.saturating_sub(keep_ended))
                    .fetch_one(&mut *connection)
                    .await?;
                let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(select))
                    .bind(user_id)
                    .bind(now)
                    .bind(now.saturating_sub(keep_ended))
                    .bind(query.limit)
                    .bind(query.offset)
                    .fetch_all(connection)
                    .await?;
                Ok((total, rows))
            })
            .await?;
        Ok((total, rows.into_iter().map(|row| row.into_key(now)).collect()))
    }

    /// A key of this person; none when it belongs to another person.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn key(
        &self,
        user_id: i64,
        id: i64,
        keep_ended: i64,
        now: UnixTime,
    ) -> Result<Option<Key>, Error> {
        let now = now.seconds();
        let row = self.run(async |connection| find(connection, user_id, id, keep_ended, now).await).await?;
        Ok(row.map(|row| row.into_key(now)))
    }

    /// Renames a key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn rename_key(
        &self,
        user_id: i64,
        id: i64,
        name: &str,
        keep_ended: i64,
        now: UnixTime,
    ) -> Result<Option<Key>, Error> {
        let seconds = now.seconds();
        let update = format!("UPDATE tokens SET name = $4 WHERE {VISIBLE} AND id = $5 RETURNING {COLUMNS}");
        let mut rows: Vec<Row> = self
            .transaction(async |transaction| {
                let rows = sqlx::query_as(AssertSqlSafe(update))
                    .bind(user_id)
                    .bind(seconds)
                    .bind(seconds.saturating_sub(keep_ended))
                    .bind(name)
                    .bind(id)
                    .fetch_all(&mut *transaction)
                    .await?;
                if !rows.is_empty() {
                    let event = Event::success("key.renamed").of_user(user_id).of_token(id);
                    record(transaction, event, now).await?;
                }
                Ok::<_, Error>(rows)
            })
            .await?;
        Ok(rows.pop().map(|row| row.into_key(seconds)))
    }

    /// Ends a key at once. Returns whether it was active; none when its owner has no such key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_key(
        &self,
        user_id: i64,
        id: i64,
        keep_ended: i64,
        now: UnixTime,
    ) -> Result<Option<bool>, Error> {
        self.transaction(async |transaction| {
            let seconds = now.seconds();
            // On SQLite, only a transaction that begins with a write waits for others.
            sqlx::query("UPDATE users SET updated = updated WHERE id = $1")
                .bind(user_id)
                .execute(&mut *transaction)
                .await?;
            if find(transaction, user_id, id, keep_ended, seconds).await?.is_none() {
                return Ok(None);
            }
            Ok::<_, Error>(Some(tokens::revoke(transaction, id, "owner", now).await?))
        })
        .await
    }
}

pub(crate) async fn find(
    connection: &mut AnyConnection,
    user_id: i64,
    id: i64,
    keep_ended: i64,
    now: i64,
) -> Result<Option<Row>, sqlx::Error> {
    let select = format!("SELECT {COLUMNS} FROM tokens WHERE {VISIBLE} AND id = $4");
    sqlx::query_as(AssertSqlSafe(select))
        .bind(user_id)
        .bind(now)
        .bind(now.saturating_sub(keep_ended))
        .bind(id)
        .fetch_optional(connection)
        .await
}
