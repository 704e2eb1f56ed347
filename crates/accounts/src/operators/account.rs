//! Finds accounts for the operators' commands.

use sqlx::AssertSqlSafe;
use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;
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
    /// When the person last logged in or used a key, precise to ten minutes.
    pub last_seen: Option<i64>,
    /// How many valid sessions it has.
    pub sessions: i64,
    /// How many active keys it has.
    pub keys: i64,
}

impl Account {
    /// First and usual name, as far as they are known.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        let names: Vec<&str> =
            [&self.given_name, &self.usual_name].into_iter().flatten().map(String::as_str).collect();
        (!names.is_empty()).then(|| names.join(" "))
    }
}

/// The account that a command names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// The account with this id.
    Id(i64),
    /// The account with this e-mail address.
    Email(String),
}

/// Selects accounts at the time `$1`.
pub(super) const SELECT: &str = concat!(
    "SELECT users.id, email, given_name, usual_name, organization, siret, idp_id, roles.name AS role, issuer,
     sub, disabled, users.created, updated,
     (SELECT max(at) FROM (
         SELECT users.last_seen AS at UNION ALL
         SELECT max(coalesce(last_used, created)) FROM tokens WHERE user_id = users.id
     ) AS seen) AS last_seen,
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
}
