//! Lists, changes and prepares accounts for `api users`.

use sqlx::{AnyConnection, AssertSqlSafe};
use token_crypto::UnixTime;

use crate::context::Context;
use crate::database::Database;
use crate::error::Error;
use crate::record::{Event, record};
use crate::sessions::{Whose, end};
use crate::tokens::live;

/// An account, as an operator sees it. Times are Unix seconds.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Account {
    /// Its id.
    pub id: i64,
    /// The e-mail address.
    pub email: Option<String>,
    /// First name.
    pub given_name: Option<String>,
    /// Usual name.
    pub usual_name: Option<String>,
    /// The organisation.
    pub organization: Option<String>,
    /// The organisation's SIRET.
    pub siret: Option<String>,
    /// The identity provider.
    pub idp_id: Option<String>,
    /// The role's name.
    pub role: String,
    /// The provider that identified the person; none for an account that was prepared.
    pub issuer: Option<String>,
    /// The person's subject at that provider.
    pub sub: Option<String>,
    /// 1 when the account is disabled.
    pub disabled: i64,
    /// When it was created.
    pub created: i64,
    /// When it last changed.
    pub updated: i64,
    /// How many valid sessions it has.
    pub sessions: i64,
    /// How many active keys it has.
    pub keys: i64,
}

/// The account that a command names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// The account with this id.
    Id(i64),
    /// The account with this e-mail address.
    Email(String),
}

/// Why an account was not prepared.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// There is no such role.
    #[error("there is no role {0}")]
    NoRole(String),
    /// An account with this address is already prepared.
    #[error("account {0} is prepared for this address already")]
    Prepared(i64),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<sqlx::Error> for PrepareError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

const SELECT: &str = concat!(
    "SELECT users.id, email, given_name, usual_name, organization, siret, idp_id, roles.name AS role, issuer,
     sub, disabled, users.created, updated,
     (SELECT count(*) FROM tokens WHERE user_id = users.id AND kind = 'session' AND ",
    live!("$1"),
    ") AS sessions,
     (SELECT count(*) FROM tokens WHERE user_id = users.id AND kind = 'key' AND ",
    live!("$1"),
    ") AS keys
     FROM users JOIN roles ON roles.id = users.role_id"
);

impl Database {
    /// Accounts in order of id, after the id `after`, at most `limit`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn accounts(&self, after: i64, limit: i64, now: UnixTime) -> Result<Vec<Account>, Error> {
        let select = AssertSqlSafe(format!("{SELECT} WHERE users.id > $2 ORDER BY users.id LIMIT $3"));
        self.run(async |connection| {
            let query = sqlx::query_as(select).bind(now.seconds()).bind(after).bind(limit);
            query.fetch_all(connection).await
        })
        .await
    }

    /// The accounts that a command may mean: several when they have the same address.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn accounts_of(&self, who: &Who, now: UnixTime) -> Result<Vec<Account>, Error> {
        let condition = match who {
            Who::Id(_) => "users.id = $2",
            Who::Email(_) => "lower(email) = lower($2)",
        };
        let select = AssertSqlSafe(format!("{SELECT} WHERE {condition} ORDER BY users.id"));
        let found: Vec<Account> = self
            .run(async |connection| {
                let query = sqlx::query_as(select).bind(now.seconds());
                let query = match who {
                    Who::Id(id) => query.bind(*id),
                    Who::Email(email) => query.bind(email.clone()),
                };
                query.fetch_all(connection).await
            })
            .await?;
        // PostgreSQL also folds letters outside ASCII.
        let is_meant = |account: &Account| match who {
            Who::Id(_) => true,
            Who::Email(email) => {
                account.email.as_ref().is_some_and(|theirs| theirs.eq_ignore_ascii_case(email))
            }
        };
        Ok(found.into_iter().filter(is_meant).collect())
    }

    /// Disables an account, and ends its sessions and keys in the same transaction; or enables it. Returns whether it changed.
    ///
    /// # Errors
    /// When the database does not answer. Then nothing has changed.
    pub async fn set_disabled(&self, id: i64, disabled: bool, now: UnixTime) -> Result<bool, Error> {
        self.transaction(async |transaction| {
            let changed =
                sqlx::query("UPDATE users SET disabled = $2, updated = $3 WHERE id = $1 AND disabled <> $2")
                    .bind(id)
                    .bind(i64::from(disabled))
                    .bind(now.seconds())
                    .execute(&mut *transaction)
                    .await?;
            if disabled {
                end(transaction, Whose::Sessions(id), "disabled", now).await?;
                end(transaction, Whose::Keys(id), "disabled", now).await?;
            }
            if changed.rows_affected() > 0 {
                let name = if disabled { "user.disabled" } else { "user.enabled" };
                record(transaction, Event::success(name).of_user(id), now).await?;
            }
            Ok::<_, Error>(changed.rows_affected() > 0)
        })
        .await
    }

    /// Gives an account another role. Returns its previous role; none when there is no such account or role.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_role(&self, id: i64, role: &str, now: UnixTime) -> Result<Option<String>, Error> {
        self.transaction(async |transaction| {
            // On SQLite, only a transaction that begins with a write waits for others.
            sqlx::query("UPDATE users SET updated = updated WHERE id = $1")
                .bind(id)
                .execute(&mut *transaction)
                .await?;
            let before: Option<String> = sqlx::query_scalar(
                "SELECT roles.name FROM users JOIN roles ON roles.id = users.role_id WHERE users.id = $1",
            )
            .bind(id)
            .fetch_optional(&mut *transaction)
            .await?;
            let (Some(before), Some(role_id)) = (before, role_id(transaction, role).await?) else {
                return Ok(None);
            };
            if before != role {
                sqlx::query("UPDATE users SET role_id = $2, updated = $3 WHERE id = $1")
                    .bind(id)
                    .bind(role_id)
                    .bind(now.seconds())
                    .execute(&mut *transaction)
                    .await?;
                let event = Event::success("user.role_changed").of_user(id);
                let event = event.with("from", before.as_str()).with("to", role);
                record(transaction, event, now).await?;
            }
            Ok::<_, Error>(Some(before))
        })
        .await
    }

    /// Ends the sessions of an account, and its keys on request. Returns how many of each.
    ///
    /// # Errors
    /// When the database does not answer. Then nothing has ended.
    pub async fn log_out_everywhere(
        &self,
        id: i64,
        with_keys: bool,
        now: UnixTime,
    ) -> Result<(u64, u64), Error> {
        let by = Context::current().ended_by();
        self.transaction(async |transaction| {
            let sessions = end(transaction, Whose::Sessions(id), &by, now).await?;
            let keys = if with_keys { end(transaction, Whose::Keys(id), &by, now).await? } else { 0 };
            Ok::<_, Error>((sessions, keys))
        })
        .await
    }

    /// Creates an account for somebody who has not logged in yet: the first login with this address takes it over, if
    /// `oauth2.link_by_email` is on. Returns its id.
    ///
    /// # Errors
    /// When there is no such role, or an account was already prepared for this address.
    pub async fn prepare_account(&self, email: &str, role: &str, now: UnixTime) -> Result<i64, PrepareError> {
        self.transaction(async |transaction| {
            sqlx::query("UPDATE roles SET name = name WHERE name = $1")
                .bind(role)
                .execute(&mut *transaction)
                .await?;
            let role_id =
                role_id(transaction, role).await?.ok_or_else(|| PrepareError::NoRole(role.to_owned()))?;
            let known: Vec<(i64, String)> =
                sqlx::query_as("SELECT id, email FROM users WHERE sub IS NULL AND lower(email) = lower($1)")
                    .bind(email)
                    .fetch_all(&mut *transaction)
                    .await?;
            if let Some((id, _)) = known.iter().find(|(_, theirs)| theirs.eq_ignore_ascii_case(email)) {
                return Err(PrepareError::Prepared(*id));
            }
            let id: i64 = sqlx::query_scalar(
                "INSERT INTO users (email, role_id, prepared, created, updated) VALUES ($1, $2, 1, $3, $3) RETURNING id",
            )
            .bind(email)
            .bind(role_id)
            .bind(now.seconds())
            .fetch_one(&mut *transaction)
            .await?;
            let event = Event::success("user.created").of_user(id).with("prepared", true);
            record(transaction, event, now).await?;
            Ok(id)
        })
        .await
    }
}

async fn role_id(connection: &mut AnyConnection, name: &str) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM roles WHERE name = $1").bind(name).fetch_optional(connection).await
}
