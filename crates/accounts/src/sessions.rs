//! Sessions, which are tokens made by a login: their owner lists and ends them.

use sqlx::AssertSqlSafe;
use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;
use crate::tokens::{self, live};

/// A valid session. Times are Unix seconds.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    /// Its id.
    pub id: i64,
    /// When the person logged in.
    pub created: i64,
    /// When it was last used, precise to ten minutes.
    pub last_used: Option<i64>,
    /// When it expires.
    pub expires: i64,
    /// The browser, according to its own header.
    pub browser: Option<String>,
    /// The operating system, according to the browser's header.
    pub system: Option<String>,
    /// The network it was last used from.
    pub last_address: Option<String>,
    /// The origin of its application; none for the playground.
    pub application: Option<String>,
    /// The level of authentication.
    pub acr: Option<String>,
}

impl Database {
    /// The valid sessions of a person, newest first.
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

    /// Ends a session of this person. Returns whether they have such a session, even if it had ended before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_session(&self, user_id: i64, id: i64, now: UnixTime) -> Result<bool, Error> {
        self.transaction(async |transaction| {
            let ended = end(transaction, Whose::Session(user_id, id), "owner", now).await?;
            if ended > 0 {
                return Ok(true);
            }
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

    /// Ends every other session of this person, and their keys on request. Returns how many of each.
    ///
    /// # Errors
    /// When the database does not answer. Then nothing has ended.
    pub async fn end_other_sessions(
        &self,
        user_id: i64,
        current: i64,
        with_keys: bool,
        now: UnixTime,
    ) -> Result<(u64, u64), Error> {
        self.transaction(async |transaction| {
            let sessions = end(transaction, Whose::OtherSessions(user_id, current), "owner", now).await?;
            let keys =
                if with_keys { end(transaction, Whose::Keys(user_id), "owner", now).await? } else { 0 };
            Ok::<_, Error>((sessions, keys))
        })
        .await
    }

    /// Ends a session because its person logs out, and their keys on request. Returns how many keys ended.
    ///
    /// # Errors
    /// When the database does not answer. Then nothing has ended.
    pub async fn log_out(
        &self,
        user_id: i64,
        token_id: i64,
        with_keys: bool,
        now: UnixTime,
    ) -> Result<u64, Error> {
        if !with_keys {
            let engine = self.engine();
            self.write(async |connection| tokens::log_out(engine, connection, token_id, now).await).await?;
            return Ok(0);
        }
        self.transaction(async |transaction| {
            tokens::revoke(transaction, token_id, "logout", now).await?;
            Ok::<_, Error>(end(transaction, Whose::Keys(user_id), "logout", now).await?)
        })
        .await
    }
}

/// Which tokens end.
#[derive(Clone, Copy)]
pub(crate) enum Whose {
    /// One session of this person.
    Session(i64, i64),
    /// All of their sessions.
    Sessions(i64),
    /// Their other sessions.
    OtherSessions(i64, i64),
    /// Their keys.
    Keys(i64),
}

/// Ends tokens, one after the other, so that each end is recorded. The first statement is a write: SQLite refuses a transaction
/// that begins with a read when another process wrote meanwhile.
pub(crate) async fn end(
    connection: &mut sqlx::AnyConnection,
    whose: Whose,
    by: &str,
    now: UnixTime,
) -> Result<u64, sqlx::Error> {
    let (user_id, other, condition) = match whose {
        Whose::Session(user_id, id) => (user_id, id, "kind = 'session' AND id = $3"),
        Whose::Sessions(user_id) => (user_id, 0, "kind = 'session' AND id <> $3"),
        Whose::OtherSessions(user_id, current) => (user_id, current, "kind = 'session' AND id <> $3"),
        Whose::Keys(user_id) => (user_id, 0, "kind = 'key' AND id <> $3"),
    };
    sqlx::query("UPDATE users SET updated = updated WHERE id = $1")
        .bind(user_id)
        .execute(&mut *connection)
        .await?;
    let select = format!("SELECT id FROM tokens WHERE user_id = $1 AND {} AND {condition}", live!());
    let ids: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(select))
        .bind(user_id)
        .bind(now.seconds())
        .bind(other)
        .fetch_all(&mut *connection)
        .await?;
    let mut ended = 0;
    for id in ids {
        ended += u64::from(tokens::revoke(connection, id, by, now).await?);
    }
    Ok(ended)
}
