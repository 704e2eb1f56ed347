//! The keys among the tokens: made, listed, renamed, replaced and ended by their owner.

use service::random;
use sha2::{Digest as _, Sha256};
use sqlx::{AnyConnection, AssertSqlSafe};
use token_crypto::{ApiToken, TokenKind, UnixTime};

use crate::database::Database;
use crate::error::Error;
use crate::time::{WITHOUT_END, seconds};
use crate::tokens;

/// How long an `Idempotency-Key` is remembered, in seconds.
pub(crate) const IDEMPOTENCY: i64 = 24 * 3_600;
const COLUMNS: &str = "id, name, hint, created, expires, lifetime, last_used, revoked, replaced_by";

/// A key, as its owner sees it. Times are Unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its id.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// The first eight characters and the last four.
    pub hint: String,
    /// Whether it lets anybody in.
    pub status: KeyStatus,
    /// When it was made.
    pub created: i64,
    /// When it expires, if ever.
    pub expires: Option<i64>,
    /// When it was last used, true to ten minutes.
    pub last_used: Option<i64>,
    /// The key that replaces it.
    pub replaced_by: Option<i64>,
}

/// Whether a key lets anybody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// It does.
    Active,
    /// Its time is over.
    Expired,
    /// It was ended before.
    Revoked,
}

/// A key that was just made, shown this once.
#[derive(Debug)]
pub struct MadeKey {
    /// What its owner sees of it later, too.
    pub key: Key,
    /// The key itself.
    pub token: ApiToken,
}

/// What a key is made with.
#[derive(Clone, Copy, Debug)]
pub struct KeyRequest<'a> {
    /// Its owner.
    pub user_id: i64,
    /// What its owner calls it.
    pub name: &'a str,
    /// When it expires, if ever.
    pub expires: Option<i64>,
    /// Tells the same request sent again from another.
    pub idempotency_key: Option<&'a str>,
    /// How many active keys its owner may have.
    pub limit: u32,
}

/// Why no key was made. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The owner has as many active keys as they may.
    #[error("there are too many active keys")]
    TooMany,
    /// The same request has made this key.
    #[error("the same request has made key {0}")]
    AlreadyMade(i64),
    /// The key has been replaced.
    #[error("the key has been replaced")]
    AlreadyReplaced,
    /// The key was revoked.
    #[error("the key was revoked")]
    Revoked,
    /// The owner has no such key.
    #[error("there is no such key")]
    Unknown,
    /// The new key may not live as long as the old one was to, which is so many seconds.
    #[error("the new key may not live as long as the old one")]
    Lifetime(Option<i64>),
    /// The operating system gave no random bytes.
    #[error("no random bytes")]
    Random(#[from] random::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<sqlx::Error> for KeyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Which keys, in which order.
#[derive(Clone, Copy, Debug)]
pub struct KeyQuery {
    /// Only those of this status.
    pub status: Option<KeyStatus>,
    /// By what they are sorted.
    pub sort: KeySort,
    /// Whether the largest comes first.
    pub descending: bool,
    /// How many come before the first.
    pub offset: i64,
    /// At most how many.
    pub limit: i64,
}

/// By what keys are sorted.
#[derive(Clone, Copy, Debug)]
pub enum KeySort {
    /// When they were made.
    Created,
    /// Their names.
    Name,
    /// When they expire; last those without end.
    Expires,
    /// When they were last used; first those that never were.
    LastUsed,
}

/// How a key is replaced.
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    /// The owner.
    pub user_id: i64,
    /// The key.
    pub id: i64,
    /// How long the old key goes on, in seconds.
    pub grace: i64,
    /// How many active keys the owner may have.
    pub limit: u32,
    /// How long an ended key can still be seen, in seconds.
    pub keep_ended: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    name: Option<String>,
    hint: String,
    created: i64,
    expires: i64,
    lifetime: Option<i64>,
    last_used: Option<i64>,
    revoked: Option<i64>,
    replaced_by: Option<i64>,
}

impl Row {
    fn status(&self, now: i64) -> KeyStatus {
        if self.revoked.is_some_and(|revoked| revoked <= now) {
            KeyStatus::Revoked
        } else if self.expires <= now {
            KeyStatus::Expired
        } else {
            KeyStatus::Active
        }
    }

    fn into_key(self, now: i64) -> Key {
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

/// The SQL of a status at the time `$2`.
fn condition(status: Option<KeyStatus>) -> &'static str {
    match status {
        None => "",
        Some(KeyStatus::Active) => " AND expires > $2 AND (revoked IS NULL OR revoked > $2)",
        Some(KeyStatus::Expired) => " AND expires <= $2 AND (revoked IS NULL OR revoked > $2)",
        Some(KeyStatus::Revoked) => " AND revoked <= $2",
    }
}

/// What can still be seen at the time `$2`, when ended keys were kept since `$3`.
const VISIBLE: &str =
    "kind = 'key' AND user_id = $1 AND expires > $3 AND (revoked IS NULL OR revoked > $3 OR revoked > $2)";

impl Database {
    /// The keys of a person, and how many the filter lets through.
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
        let now = seconds(now);
        let filter = format!("{VISIBLE}{}", condition(query.status));
        let sort = match query.sort {
            KeySort::Created => "created",
            KeySort::Name => "name",
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

    /// A key of this person; none for another's.
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
        let now = seconds(now);
        let row = self.run(async |connection| find(connection, user_id, id, keep_ended, now).await).await?;
        Ok(row.map(|row| row.into_key(now)))
    }

    /// Makes a key, unless its owner has too many or the same request made one before.
    ///
    /// # Errors
    /// When none was made.
    pub async fn make_key(&self, request: KeyRequest<'_>, now: UnixTime) -> Result<MadeKey, KeyError> {
        let token = ApiToken::mint(TokenKind::Key, random::bytes)?;
        let now = seconds(now);
        let digest = request.idempotency_key.map(digest);
        let row = self
            .transaction(async |transaction| {
                lock(transaction, request.user_id).await?;
                if let Some(digest) = &digest {
                    let made: Option<i64> = sqlx::query_scalar(
                        "SELECT id FROM tokens
                         WHERE kind = 'key' AND user_id = $1 AND idempotency = $2 AND created > $3",
                    )
                    .bind(request.user_id)
                    .bind(digest)
                    .bind(now - IDEMPOTENCY)
                    .fetch_optional(&mut *transaction)
                    .await?;
                    if let Some(id) = made {
                        return Err(KeyError::AlreadyMade(id));
                    }
                }
                if active(transaction, request.user_id, now).await? >= i64::from(request.limit) {
                    return Err(KeyError::TooMany);
                }
                insert(transaction, &token, request, digest.as_deref(), now).await
            })
            .await?;
        Ok(MadeKey { key: row.into_key(now), token })
    }

    /// Gives a key another name.
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
        let now = seconds(now);
        let update = format!("UPDATE tokens SET name = $4 WHERE {VISIBLE} AND id = $5 RETURNING {COLUMNS}");
        let mut rows: Vec<Row> = self
            .write(async |connection| {
                sqlx::query_as(AssertSqlSafe(update))
                    .bind(user_id)
                    .bind(now)
                    .bind(now.saturating_sub(keep_ended))
                    .bind(name)
                    .bind(id)
                    .fetch_all(connection)
                    .await
            })
            .await?;
        Ok(rows.pop().map(|row| row.into_key(now)))
    }

    /// Ends a key at once. Says whether its owner has such a key, ended before or not.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_key(
        &self,
        user_id: i64,
        id: i64,
        keep_ended: i64,
        now: UnixTime,
    ) -> Result<bool, Error> {
        let now = seconds(now);
        self.transaction(async |transaction| {
            let ended = sqlx::query(
                "UPDATE tokens SET revoked = $3, revoked_by = 'owner'
                 WHERE kind = 'key' AND user_id = $1 AND id = $2
                   AND expires > $3 AND (revoked IS NULL OR revoked > $3)",
            )
            .bind(user_id)
            .bind(id)
            .bind(now)
            .execute(&mut *transaction)
            .await?;
            if ended.rows_affected() > 0 {
                return Ok(true);
            }
            Ok::<_, Error>(find(transaction, user_id, id, keep_ended, now).await?.is_some())
        })
        .await
    }

    /// Replaces a key by a new one of the same name. `expires` tells from the length of life that was asked for when the
    /// new one expires, or that it may not live so long.
    ///
    /// # Errors
    /// When nothing was replaced.
    pub async fn rotate_key(
        &self,
        rotation: Rotation,
        expires: impl Fn(Option<i64>) -> Option<Option<i64>>,
        now: UnixTime,
    ) -> Result<MadeKey, KeyError> {
        let Rotation { user_id, id, grace, limit, keep_ended } = rotation;
        let token = ApiToken::mint(TokenKind::Key, random::bytes)?;
        let now = seconds(now);
        let row = self
            .transaction(async |transaction| {
                lock(transaction, user_id).await?;
                let old = find(transaction, user_id, id, keep_ended, now).await?.ok_or(KeyError::Unknown)?;
                if old.replaced_by.is_some() {
                    return Err(KeyError::AlreadyReplaced);
                }
                let status = old.status(now);
                if status == KeyStatus::Revoked {
                    return Err(KeyError::Revoked);
                }
                let expires = expires(old.lifetime).ok_or(KeyError::Lifetime(old.lifetime))?;
                // The old one does not count in its grace; one that is dead did not count before.
                let replaced = i64::from(status == KeyStatus::Active);
                if active(transaction, user_id, now).await? - replaced >= i64::from(limit) {
                    return Err(KeyError::TooMany);
                }
                let name = old.name.as_deref().unwrap_or_default();
                let request = KeyRequest { user_id, name, expires, idempotency_key: None, limit };
                let new = insert(transaction, &token, request, None, now).await?;
                if status == KeyStatus::Active {
                    sqlx::query(
                        "UPDATE tokens SET replaced_by = $2, expires = $3, revoked = $3, revoked_by = 'rotated'
                         WHERE id = $1",
                    )
                    .bind(id)
                    .bind(new.id)
                    .bind(old.expires.min(now + grace))
                    .execute(transaction)
                    .await?;
                } else {
                    sqlx::query("UPDATE tokens SET replaced_by = $2 WHERE id = $1")
                        .bind(id)
                        .bind(new.id)
                        .execute(transaction)
                        .await?;
                }
                Ok(new)
            })
            .await?;
        Ok(MadeKey { key: row.into_key(now), token })
    }
}

/// Makes everybody else who changes this person's keys wait. A transaction that begins with a write waits on SQLite, too.
async fn lock(connection: &mut AnyConnection, user_id: i64) -> Result<(), KeyError> {
    let locked = sqlx::query("UPDATE users SET updated = updated WHERE id = $1 AND disabled = 0")
        .bind(user_id)
        .execute(connection)
        .await?;
    if locked.rows_affected() == 0 { Err(KeyError::Unknown) } else { Ok(()) }
}

/// How many keys count towards the limit.
async fn active(connection: &mut AnyConnection, user_id: i64, now: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT count(*) FROM tokens
         WHERE kind = 'key' AND user_id = $1 AND expires > $2 AND revoked IS NULL",
    )
    .bind(user_id)
    .bind(now)
    .fetch_one(connection)
    .await
}

async fn find(
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

async fn insert(
    connection: &mut AnyConnection,
    token: &ApiToken,
    request: KeyRequest<'_>,
    idempotency: Option<&str>,
    now: i64,
) -> Result<Row, KeyError> {
    let insert = format!(
        "INSERT INTO tokens (kind, user_id, hash, name, hint, created, expires, lifetime, idempotency)
         VALUES ('key', $1, $2, $3, $4, $5, $6, $7, $8) RETURNING {COLUMNS}"
    );
    Ok(sqlx::query_as(AssertSqlSafe(insert))
        .bind(request.user_id)
        .bind(tokens::hash(token))
        .bind(request.name)
        .bind(token.hint())
        .bind(now)
        .bind(request.expires.unwrap_or(WITHOUT_END))
        .bind(request.expires.map(|expires| expires - now))
        .bind(idempotency)
        .fetch_one(connection)
        .await?)
}

fn digest(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
