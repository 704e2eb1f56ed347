//! Makes keys: at most as many as their owner may have, and one for each request.

use service::random;
use sha2::{Digest as _, Sha256};
use sqlx::{AnyConnection, AssertSqlSafe};
use token_crypto::{ApiToken, TokenKind, UnixTime};

use crate::database::Database;
use crate::error::Error;
use crate::keys::{COLUMNS, Key, Row};
use crate::record::{Event, record};
use crate::tokens::{self, WITHOUT_END};

/// How long an `Idempotency-Key` is remembered, in seconds.
pub(crate) const IDEMPOTENCY: i64 = 24 * 3_600;

/// A key that was just made. Its token can be read only now.
#[derive(Debug)]
pub struct MadeKey {
    /// What its owner can also see later.
    pub key: Key,
    /// The key itself.
    pub token: ApiToken,
}

/// The request to make a key.
#[derive(Clone, Copy, Debug)]
pub struct KeyRequest<'a> {
    /// Its owner.
    pub user_id: i64,
    /// The name that its owner gives.
    pub name: &'a str,
    /// When it expires, if ever.
    pub expires: Option<i64>,
    /// Identifies a request, so that a repeated one makes no second key.
    pub idempotency_key: Option<&'a str>,
    /// How many active keys its owner may have.
    pub limit: u32,
}

/// Why no key was made. The database is unchanged.
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
    /// The new key may not live as long as the old one, whose lifetime was so many seconds.
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

impl Database {
    /// Makes a key, unless its owner has too many or the same request made one before.
    ///
    /// # Errors
    /// When none was made.
    pub async fn make_key(&self, request: KeyRequest<'_>, now: UnixTime) -> Result<MadeKey, KeyError> {
        let token = ApiToken::mint(TokenKind::Key, random::bytes)?;
        let (at, now) = (now, now.seconds());
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
                let row = insert(transaction, &token, request, digest.as_deref(), now).await?;
                let event = Event::success("key.created").of_user(request.user_id).of_token(row.id);
                record(transaction, event, at).await?;
                Ok(row)
            })
            .await?;
        Ok(MadeKey { key: row.into_key(now), token })
    }
}

/// Makes other transactions that change this person's keys wait. On SQLite, only a transaction that begins with a write waits.
pub(crate) async fn lock(connection: &mut AnyConnection, user_id: i64) -> Result<(), KeyError> {
    let locked = sqlx::query("UPDATE users SET updated = updated WHERE id = $1 AND disabled = 0")
        .bind(user_id)
        .execute(connection)
        .await?;
    if locked.rows_affected() == 0 { Err(KeyError::Unknown) } else { Ok(()) }
}

/// The number of keys that count towards the limit.
pub(crate) async fn active(
    connection: &mut AnyConnection,
    user_id: i64,
    now: i64,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT count(*) FROM tokens
         WHERE kind = 'key' AND user_id = $1 AND expires > $2 AND revoked IS NULL",
    )
    .bind(user_id)
    .bind(now)
    .fetch_one(connection)
    .await
}

pub(crate) async fn insert(
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
