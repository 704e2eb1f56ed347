//! The table `tokens`: what lets a program or a browser in, as hashes.

use std::sync::LazyLock;

use secrecy::ExposeSecret as _;
use service::random;
use sha2::{Digest as _, Sha256};
use sqlx::{AnyConnection, FromRow as _};
use token_crypto::{ApiToken, TokenKind, UnixTime};

use crate::database::Database;
use crate::error::Error;
use crate::profile;
use crate::users::Person;

/// When a token expires that has no end.
pub(crate) const WITHOUT_END: i64 = i64::MAX;

/// The SQL that lets a token in at the time `$2`: it has not expired, and was not ended.
macro_rules! live {
    () => {
        "expires > $2 AND (revoked IS NULL OR revoked > $2)"
    };
}
pub(crate) use live;

/// A new session token.
pub(crate) fn new_session() -> Result<ApiToken, random::Error> {
    ApiToken::mint(TokenKind::Session, random::bytes)
}

/// What the database knows a token by. The token is random, so a plain hash cannot be guessed back.
pub(crate) fn hash(token: &ApiToken) -> Vec<u8> {
    Sha256::digest(token.reveal().expose_secret()).to_vec()
}

/// The ids of a token that was just minted and of its account.
#[derive(sqlx::FromRow)]
pub(crate) struct MintedIds {
    pub(crate) user_id: i64,
    #[sqlx(rename = "id")]
    pub(crate) token_id: i64,
}

/// Adds a token to the person's account, if they have one that is not disabled and whose profile is up to date.
pub(crate) async fn mint(
    connection: &mut AnyConnection,
    person: &Person,
    token: &ApiToken,
    now: UnixTime,
    expires: UnixTime,
) -> Result<Option<MintedIds>, sqlx::Error> {
    static INSERT: LazyLock<String> = LazyLock::new(|| {
        let next = 3 + profile::COUNT;
        format!(
            "INSERT INTO tokens (user_id, hash, created, expires, hint, acr)
             SELECT id, ${}, ${}, ${}, ${}, ${} FROM users
             WHERE issuer = $1 AND sub = $2 AND disabled = 0 AND {is_unchanged}
             RETURNING user_id, id",
            next,
            next + 1,
            next + 2,
            next + 3,
            next + 4,
            is_unchanged = profile::is_unchanged(3),
        )
    });
    let insert = sqlx::query(INSERT.as_str()).bind(&person.issuer).bind(&person.sub);
    let insert = person.profile.bind(insert).bind(hash(token)).bind(now.seconds()).bind(expires.seconds());
    let insert = insert.bind(token.hint()).bind(&person.profile.acr);
    // SQLite commits at the end of the statement, after its first row: so all rows are read.
    let row = insert.fetch_all(connection).await?.pop();
    row.map(|row| MintedIds::from_row(&row)).transpose()
}

/// Ends a token at once. Says whether it was live.
pub(crate) async fn revoke(
    connection: &mut AnyConnection,
    token_id: i64,
    by: &str,
    now: UnixTime,
) -> Result<bool, sqlx::Error> {
    let ended =
        sqlx::query(concat!("UPDATE tokens SET revoked = $2, revoked_by = $3 WHERE id = $1 AND ", live!()))
            .bind(token_id)
            .bind(now.seconds())
            .bind(by)
            .execute(connection)
            .await?;
    Ok(ended.rows_affected() > 0)
}

impl Database {
    /// Ends a token at once. Says whether it was live.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn revoke(&self, token_id: i64, by: &str, now: UnixTime) -> Result<bool, Error> {
        self.write(async |connection| revoke(connection, token_id, by, now).await).await
    }
}
