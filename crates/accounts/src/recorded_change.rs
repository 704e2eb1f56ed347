//! A change of one token and the event that records it, in one round trip to the database: one statement for PostgreSQL, one
//! script for SQLite. The most frequent changes are written this way; the others are steps of a transaction.

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, FromRow as _};
use token_crypto::UnixTime;

use crate::context::Context;
use crate::url::Engine;

/// The ids of the token that was changed and of its account.
#[derive(sqlx::FromRow)]
pub(crate) struct TokenIds {
    pub(crate) user_id: i64,
    #[sqlx(rename = "id")]
    pub(crate) token_id: i64,
}

/// The application of a session, as a JSON object; an origin has no character that JSON escapes.
const DETAILS: &str =
    r#"CASE WHEN application IS NULL THEN NULL ELSE '{"application":"' || application || '"}' END"#;

/// The SQL of a change and its event.
pub(crate) struct RecordedChange {
    sqlite: String,
    postgres: String,
}

impl RecordedChange {
    /// `change` inserts or updates at most one row of `tokens`, which `key` finds afterwards. The parameters of the event
    /// follow the `parameters` of the change.
    pub(crate) fn new(change: &str, key: &str, event: &str, parameters: usize) -> Self {
        let (at, client, request_id) = (parameters + 1, parameters + 2, parameters + 3);
        let record = format!(
            "INSERT INTO audit (at, event, outcome, actor_kind, actor, user_id, token_id, client, request_id, details)
             SELECT CAST(${at} AS BIGINT), '{event}', 'success', 'person', CAST(user_id AS TEXT), user_id, id,
                 CAST(${client} AS TEXT), CAST(${request_id} AS TEXT), {DETAILS}"
        );
        Self {
            sqlite: format!(
                "BEGIN IMMEDIATE;
                 {change} RETURNING user_id, id;
                 {record} FROM tokens WHERE changes() > 0 AND {key};
                 COMMIT"
            ),
            postgres: format!(
                "WITH changed AS ({change} RETURNING user_id, id, application), recorded AS ({record} FROM changed)
                 SELECT user_id, id FROM changed"
            ),
        }
    }

    /// Runs it, on a connection that is not in a transaction. `bind` binds the parameters of the change. Returns the ids,
    /// if a row was changed.
    ///
    /// # Errors
    /// When the database fails. The connection may then be in a transaction, and must be closed.
    pub(crate) async fn run<'q>(
        &'static self,
        engine: Engine,
        connection: &mut AnyConnection,
        bind: impl FnOnce(Query<'q, Any, AnyArguments>) -> Query<'q, Any, AnyArguments>,
        now: UnixTime,
    ) -> Result<Option<TokenIds>, sqlx::Error> {
        let sql = match engine {
            Engine::Sqlite => &self.sqlite,
            Engine::Postgres => &self.postgres,
        };
        let Context { client, request_id, .. } = Context::current();
        let query = bind(sqlx::query(sql.as_str())).bind(now.seconds()).bind(client).bind(request_id);
        let row = query.fetch_all(connection).await?.pop();
        row.map(|row| TokenIds::from_row(&row)).transpose()
    }
}
