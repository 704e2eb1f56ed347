//! Reads the record for `api audit`.

use sqlx::AssertSqlSafe;

use crate::database::Database;
use crate::error::Error;
use crate::record::Recorded;

/// Which events an operator reads.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// Only events after the event with this id.
    pub after: i64,
    /// Only events since this time, in Unix seconds.
    pub since: i64,
    /// Only events about this account.
    pub user_id: Option<i64>,
    /// Only events with this name.
    pub event: Option<String>,
    /// How many events to return at most.
    pub limit: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    recorded: Recorded,
    account: Option<i64>,
}

impl Database {
    /// Events of the record, oldest first. The boolean of each says whether its account was deleted since.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn events(&self, query: &AuditQuery) -> Result<Vec<(Recorded, bool)>, Error> {
        let of_user = if query.user_id.is_some() { "audit.user_id = $3" } else { "$3 = 0" };
        let of_name = if query.event.is_some() { "event = $4" } else { "$4 = ''" };
        let select = format!(
            "SELECT audit.id, at, event, outcome, reason, actor_kind, actor, user_id, token_id, client, request_id, details,
                 users.id AS account
             FROM audit LEFT JOIN users ON users.id = audit.user_id
             WHERE audit.id > $1 AND at >= $2 AND {of_user} AND {of_name} ORDER BY audit.id LIMIT $5"
        );
        let rows: Vec<Row> = self
            .run(async |connection| {
                sqlx::query_as(AssertSqlSafe(select))
                    .bind(query.after)
                    .bind(query.since)
                    .bind(query.user_id.unwrap_or_default())
                    .bind(query.event.clone().unwrap_or_default())
                    .bind(query.limit)
                    .fetch_all(connection)
                    .await
            })
            .await?;
        let is_deleted = |row: &Row| row.recorded.user_id.is_some() && row.account.is_none();
        Ok(rows
            .into_iter()
            .map(|row| (is_deleted(&row), row))
            .map(|(gone, row)| (row.recorded, gone))
            .collect())
    }
}
