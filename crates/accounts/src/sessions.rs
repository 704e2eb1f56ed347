//! The sessions among the tokens: listed and ended by whose they are.

use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;
use crate::tokens::{self, live};

/// A live session. Times are Unix seconds.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    /// Its id.
    pub id: i64,
    /// When the person logged in.
    pub created: i64,
    /// When it was last used, true to ten minutes.
    pub last_used: Option<i64>,
    /// When it expires.
    pub expires: i64,
    /// The browser, by its own word.
    pub browser: Option<String>,
    /// The operating system, by the browser's word.
    pub system: Option<String>,
    /// The network it was last used from.
    pub last_address: Option<String>,
    /// The origin it is of; none for the playground.
    pub application: Option<String>,
    /// The level of authentication.
    pub acr: Option<String>,
}

impl Database {
    /// The live sessions of a person, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sessions(&self, user_id: i64, now: UnixTime) -> Result<Vec<Session>, Error> {
        self.run(async |connection| {
            sqlx::query_as(concat!(
                "SELECT id, created, last_used, expires, browser, system, last_address, application, acr
                 FROM tokens WHERE user_id = $1 AND kind = 'session' AND ",
                live!(),
                " ORDER BY created DESC, id DESC"
            ))
            .bind(user_id)
            .bind(now.seconds())
            .fetch_all(connection)
            .await
        })
        .await
    }

    /// Ends a session of this person. Says whether they have such a one, ended before or not.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_session(&self, user_id: i64, id: i64, now: UnixTime) -> Result<bool, Error> {
        self.transaction(async |transaction| {
            sqlx::query(concat!(
                "UPDATE tokens SET revoked = $2, revoked_by = 'owner'
                 WHERE user_id = $1 AND id = $3 AND kind = 'session' AND ",
                live!()
            ))
            .bind(user_id)
            .bind(now.seconds())
            .bind(id)
            .execute(&mut *transaction)
            .await?;
            let known: Option<i64> = sqlx::query_scalar(
                "SELECT id FROM tokens WHERE user_id = $1 AND id = $2 AND kind = 'session'",
            )
            .bind(user_id)
            .bind(id)
            .fetch_optional(transaction)
            .await?;
            Ok::<_, Error>(known.is_some())
        })
        .await
    }

    /// Ends every other session of this person, and their keys where these are meant, too. Says how many of each.
    ///
    /// # Errors
    /// When the database does not answer. Nothing has ended then.
    pub async fn end_other_sessions(
        &self,
        user_id: i64,
        current: i64,
        with_keys: bool,
        now: UnixTime,
    ) -> Result<(u64, u64), Error> {
        self.transaction(async |transaction| {
            let sessions = sqlx::query(concat!(
                "UPDATE tokens SET revoked = $2, revoked_by = 'owner'
                 WHERE user_id = $1 AND kind = 'session' AND id <> $3 AND ",
                live!()
            ))
            .bind(user_id)
            .bind(now.seconds())
            .bind(current)
            .execute(&mut *transaction)
            .await?;
            let keys = if with_keys { end_keys(transaction, user_id, "owner", now).await? } else { 0 };
            Ok::<_, Error>((sessions.rows_affected(), keys))
        })
        .await
    }

    /// Ends a session because its person logs out, and their keys where these are meant, too. Says whether it was live.
    ///
    /// # Errors
    /// When the database does not answer. Nothing has ended then.
    pub async fn log_out(
        &self,
        user_id: i64,
        token_id: i64,
        with_keys: bool,
        now: UnixTime,
    ) -> Result<bool, Error> {
        // One statement needs no transaction.
        if !with_keys {
            return self.revoke(token_id, "logout", now).await;
        }
        self.transaction(async |transaction| {
            let ended = tokens::revoke(transaction, token_id, "logout", now).await?;
            end_keys(transaction, user_id, "logout", now).await?;
            Ok::<_, Error>(ended)
        })
        .await
    }
}

async fn end_keys(
    connection: &mut sqlx::AnyConnection,
    user_id: i64,
    by: &str,
    now: UnixTime,
) -> Result<u64, sqlx::Error> {
    let ended = sqlx::query(concat!(
        "UPDATE tokens SET revoked = $2, revoked_by = $3 WHERE user_id = $1 AND kind = 'key' AND ",
        live!()
    ))
    .bind(user_id)
    .bind(now.seconds())
    .bind(by)
    .execute(connection)
    .await?;
    Ok(ended.rows_affected())
}
