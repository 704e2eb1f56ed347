//! Reads the record for `api audit`.

use sqlx::AssertSqlSafe;

use crate::database::Database;
use crate::error::Error;
use crate::merged_accounts::{ids_of, list};
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
    /// Events of the record, oldest first. The boolean of each says whether its account was deleted since. An event of an account
    /// that was merged into another has the other's id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn events(&self, query: &AuditQuery) -> Result<Vec<(Recorded, bool)>, Error> {
        let of_name = if query.event.is_some() { "event = $3" } else { "$3 = ''" };
        let rows: Vec<Row> = self
            .run(async |connection| {
                let of_user = match query.user_id {
                    Some(id) => format!("AND audit.user_id IN ({})", list(&ids_of(connection, id).await?)),
                    None => String::new(),
                };
                let select = format!(
                    "SELECT audit.id, at, event, outcome, reason, actor_kind, actor, audit.user_id, token_id, client,
                         request_id, details, users.id AS account
                     FROM audit LEFT JOIN merged_accounts ON merged_accounts.old_id = audit.user_id
                         LEFT JOIN users ON users.id = coalesce(merged_accounts.user_id, audit.user_id)
                     WHERE audit.id > $1 AND at >= $2 AND {of_name} {of_user} ORDER BY audit.id LIMIT $4"
                );
                sqlx::query_as(AssertSqlSafe(select))
                    .bind(query.after)
                    .bind(query.since)
                    .bind(query.event.clone().unwrap_or_default())
                    .bind(query.limit)
                    .fetch_all(connection)
                    .await
            })
            .await?;
        let told = |Row { recorded, account }: Row| {
            let is_deleted = recorded.user_id.is_some() && account.is_none();
            (Recorded { user_id: account.or(recorded.user_id), ..recorded }, is_deleted)
        };
        Ok(rows.into_iter().map(told).collect())
    }
}
