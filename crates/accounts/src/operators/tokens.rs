//! Lists and ends sessions and keys for `api sessions` and `api keys`.

use sqlx::AssertSqlSafe;
use token_crypto::UnixTime;

use crate::context::Context;
use crate::database::Database;
use crate::error::Error;
use crate::tokens;

/// A session or a key, as an operator sees it. Times are Unix seconds.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct IssuedToken {
    /// Its id.
    pub id: i64,
    /// The id of its owner's account.
    pub user_id: i64,
    /// `session` or `key`.
    pub kind: String,
    /// The name that its owner gave.
    pub name: Option<String>,
    /// The first eight characters and the last four.
    pub hint: String,
    /// When it was made.
    pub created: i64,
    /// When it expires; `i64::MAX` when it does not expire.
    pub expires: i64,
    /// When it was last used, precise to ten minutes.
    pub last_used: Option<i64>,
    /// The origin of the application that a session belongs to.
    pub application: Option<String>,
}

impl Database {
    /// The valid tokens of a kind, `session` or `key`, of one account or of all, in order of id, after the id `after`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn live_tokens(
        &self,
        kind: &str,
        user_id: Option<i64>,
        after: i64,
        limit: i64,
        now: UnixTime,
    ) -> Result<Vec<IssuedToken>, Error> {
        let of_user = if user_id.is_some() { "user_id = $5" } else { "$5 = 0" };
        let select = format!(
            "SELECT id, user_id, kind, name, hint, created, expires, last_used, application FROM tokens
             WHERE kind = $1 AND {} AND id > $3 AND {of_user} ORDER BY id LIMIT $4",
            tokens::live!()
        );
        self.run(async |connection| {
            sqlx::query_as(AssertSqlSafe(select))
                .bind(kind)
                .bind(now.seconds())
                .bind(after)
                .bind(limit)
                .bind(user_id.unwrap_or_default())
                .fetch_all(connection)
                .await
        })
        .await
    }

    /// Ends a token of a kind by an operator's command. Returns whether it was valid; none when there is no such token.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_by_command(&self, kind: &str, id: i64, now: UnixTime) -> Result<Option<bool>, Error> {
        let by = Context::current().ended_by();
        self.transaction(async |transaction| {
            // On SQLite, only a transaction that begins with a write waits for others.
            let known = sqlx::query("UPDATE tokens SET kind = kind WHERE id = $1 AND kind = $2")
                .bind(id)
                .bind(kind)
                .execute(&mut *transaction)
                .await?;
            if known.rows_affected() == 0 {
                return Ok(None);
            }
            Ok::<_, Error>(Some(tokens::revoke(transaction, id, &by, now).await?))
        })
        .await
    }
}
