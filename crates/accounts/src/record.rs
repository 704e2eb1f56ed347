//! The record of events, append-only. An event is written in the same transaction as the change that it records, so a
//! change that cannot be recorded does not happen.

use serde_json::{Map, Value};
use sqlx::{AnyConnection, AssertSqlSafe};
use token_crypto::UnixTime;

use crate::context::Context;
use crate::database::Database;
use crate::error::Error;
use crate::merged_accounts::{ids_of, list};

/// What happened.
#[derive(Clone, Debug)]
pub struct Event {
    name: &'static str,
    outcome: &'static str,
    reason: Option<String>,
    actor: Actor,
    user_id: Option<i64>,
    token_id: Option<i64>,
    details: Map<String, Value>,
}

/// Who caused an event, unless an operator did.
#[derive(Clone, Copy, Debug)]
enum Actor {
    /// The person whom the event is about.
    Person,
    /// The program itself.
    System,
}

/// An event as it was recorded.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Recorded {
    /// Its id.
    pub id: i64,
    /// The time, in Unix seconds.
    pub at: i64,
    /// The name of the event.
    pub event: String,
    /// `success`, `refused` or `failed`.
    pub outcome: String,
    /// The reason.
    pub reason: Option<String>,
    /// `person`, `operator`, `key` or `system`.
    pub actor_kind: String,
    /// The account's id or the system user.
    pub actor: Option<String>,
    /// The account that the event is about.
    pub user_id: Option<i64>,
    /// The session or key.
    pub token_id: Option<i64>,
    /// The address that the request came from.
    pub client: Option<String>,
    /// The id of the request in the logs.
    pub request_id: Option<String>,
    /// A JSON object.
    pub details: Option<String>,
}

impl Event {
    fn new(name: &'static str, outcome: &'static str) -> Self {
        Self {
            name,
            outcome,
            reason: None,
            actor: Actor::Person,
            user_id: None,
            token_id: None,
            details: Map::new(),
        }
    }

    /// An event that succeeded.
    #[must_use]
    pub fn success(name: &'static str) -> Self {
        Self::new(name, "success")
    }

    /// A login that was refused.
    #[must_use]
    pub fn login_refused(reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), ..Self::new("login.refused", "refused") }
    }

    /// A login that failed.
    #[must_use]
    pub fn login_failed(reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), actor: Actor::System, ..Self::new("login.failed", "failed") }
    }

    /// Adds a reason, without an operator's name. The actor has the name: the person sees only that it was an operator.
    pub(crate) fn because(self, reason: &str) -> Self {
        let reason = if reason.starts_with("operator:") { "operator" } else { reason };
        Self { reason: Some(reason.to_owned()), ..self }
    }

    pub(crate) fn by_the_system(self) -> Self {
        Self { actor: Actor::System, ..self }
    }

    pub(crate) fn of_user(self, user_id: i64) -> Self {
        Self { user_id: Some(user_id), ..self }
    }

    pub(crate) fn of_token(self, token_id: i64) -> Self {
        Self { token_id: Some(token_id), ..self }
    }

    /// Adds a detail, which must not identify a person.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }
}

/// Adds an event to the record.
pub(crate) async fn record(
    connection: &mut AnyConnection,
    event: Event,
    now: UnixTime,
) -> Result<(), sqlx::Error> {
    let Context { operator, client, request_id } = Context::current();
    let (actor_kind, actor) = match (operator, event.actor) {
        (Some(operator), _) => ("operator", Some(operator)),
        (None, Actor::Person) => ("person", event.user_id.map(|id| id.to_string())),
        (None, Actor::System) => ("system", None),
    };
    let details = (!event.details.is_empty()).then(|| Value::Object(event.details).to_string());
    sqlx::query(
        "INSERT INTO audit (at, event, outcome, reason, actor_kind, actor, user_id, token_id, client, request_id, details)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(now.seconds())
    .bind(event.name)
    .bind(event.outcome)
    .bind(event.reason)
    .bind(actor_kind)
    .bind(actor)
    .bind(event.user_id)
    .bind(event.token_id)
    .bind(client)
    .bind(request_id)
    .bind(details)
    .execute(connection)
    .await?;
    Ok(())
}

impl Database {
    /// Records an event that changes nothing else.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn record(&self, event: Event, now: UnixTime) -> Result<(), Error> {
        self.write(async |connection| record(connection, event, now).await).await
    }

    /// The events of a person's account before an event, newest first, with those of accounts that were merged into it, and
    /// without those that the person may not see: a possible duplicate is also about another account.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn history(
        &self,
        user_id: i64,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Recorded>, Error> {
        self.run(async |connection| history(connection, user_id, before, limit).await).await
    }
}

/// As [`Database::history`], in a transaction.
pub(crate) async fn history(
    connection: &mut AnyConnection,
    user_id: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Recorded>, sqlx::Error> {
    let ids = list(&ids_of(connection, user_id).await?);
    let select = format!(
        "SELECT id, at, event, outcome, reason, actor_kind, actor, user_id, token_id, client, request_id, details
         FROM audit WHERE user_id IN ({ids}) AND id < $1 AND event <> 'user.possible_duplicate'
         ORDER BY id DESC LIMIT $2",
    );
    sqlx::query_as(AssertSqlSafe(select))
        .bind(before.unwrap_or(i64::MAX))
        .bind(limit)
        .fetch_all(connection)
        .await
}
