//! Finds the owner of an API token: the query that every request with a token makes.

use std::sync::LazyLock;

use serde_json::Value;
use token_crypto::{ApiToken, TokenKind, UnixTime};

use crate::database::Database;
use crate::error::Error;
use crate::profile::{self, Profile};
use crate::tokens::{self, WITHOUT_END};

/// The person a valid API token belongs to. Times are Unix seconds.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The token's id.
    pub token_id: i64,
    /// What kind of token it is.
    pub kind: TokenKind,
    /// When the token expires, if ever.
    pub token_expires: Option<i64>,
    /// When the token was made.
    pub token_created: i64,
    /// The level of authentication of the login that made it; none for a key.
    pub token_acr: Option<String>,
    /// The origin of the application that a session belongs to.
    pub token_application: Option<String>,
    /// When the token was last used, precise to ten minutes.
    pub token_last_used: Option<i64>,
    /// The account's id.
    pub user_id: i64,
    /// The provider that identified the person.
    pub issuer: Option<String>,
    /// The person's subject at that provider.
    pub sub: Option<String>,
    /// The person's details from that provider.
    pub profile: Profile,
    /// The role's name.
    pub role: String,
    /// What the role permits.
    pub permissions: Vec<String>,
    /// When the account was created.
    pub created: i64,
    /// When it last changed.
    pub updated: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    token_id: i64,
    kind: String,
    token_expires: i64,
    token_created: i64,
    token_acr: Option<String>,
    token_application: Option<String>,
    token_last_used: Option<i64>,
    token_revoked: Option<i64>,
    user_id: i64,
    disabled: i64,
    issuer: Option<String>,
    sub: Option<String>,
    created: i64,
    updated: i64,
    role: String,
    permissions: String,
    #[sqlx(flatten)]
    profile: Profile,
}

/// Why a token lets nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Nobody has it.
    Unknown,
    /// It has expired.
    Expired,
    /// It was ended before it expired.
    Revoked,
    /// The account is disabled.
    Disabled,
}

impl Database {
    /// The owner of a token, or why it lets nobody in.
    ///
    /// # Errors
    /// When the database does not answer. The caller can distinguish this from a bad token.
    pub async fn bearer(&self, token: &ApiToken, now: UnixTime) -> Result<Result<Bearer, Refused>, Error> {
        static SELECT: LazyLock<String> = LazyLock::new(|| {
            format!(
                "SELECT tokens.id AS token_id, tokens.kind, tokens.expires AS token_expires,
                     tokens.created AS token_created, tokens.acr AS token_acr, tokens.application AS token_application,
                     tokens.last_used AS token_last_used, tokens.revoked AS token_revoked, users.id AS user_id, users.disabled, users.issuer, users.sub, users.created,
                     users.updated, roles.name AS role, roles.permissions, {profile}
                 FROM tokens
                 JOIN users ON users.id = tokens.user_id
                 JOIN roles ON roles.id = users.role_id
                 WHERE tokens.hash = $1",
                profile = profile::columns_of_users(),
            )
        });
        let row: Option<Row> = self
            .run(async |connection| {
                sqlx::query_as(SELECT.as_str()).bind(tokens::hash(token)).fetch_optional(connection).await
            })
            .await?;
        let Some(row) = row else { return Ok(Err(Refused::Unknown)) };
        Ok(match row.refused(now.seconds()) {
            None => Ok(Bearer::from(row)),
            Some(refused) => Err(refused),
        })
    }
}

impl Row {
    /// Why it lets nobody in, if it does not.
    fn refused(&self, now: i64) -> Option<Refused> {
        if self.token_revoked.is_some_and(|revoked| revoked <= now) {
            Some(Refused::Revoked)
        } else if self.token_expires <= now {
            Some(Refused::Expired)
        } else {
            (self.disabled != 0).then_some(Refused::Disabled)
        }
    }
}

impl Bearer {
    /// First name and usual name, those that are known.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        let names = [&self.profile.given_name, &self.profile.usual_name];
        let known: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
        (!known.is_empty()).then(|| known.join(" "))
    }
}

impl From<Row> for Bearer {
    fn from(row: Row) -> Self {
        Self {
            token_id: row.token_id,
            // Any other kind counts as a key, which may do less than a session.
            kind: if row.kind == "session" { TokenKind::Session } else { TokenKind::Key },
            token_expires: (row.token_expires != WITHOUT_END).then_some(row.token_expires),
            token_created: row.token_created,
            token_acr: row.token_acr,
            token_application: row.token_application,
            token_last_used: row.token_last_used,
            user_id: row.user_id,
            issuer: row.issuer,
            sub: row.sub,
            profile: row.profile,
            role: row.role,
            permissions: strings(&row.permissions),
            created: row.created,
            updated: row.updated,
        }
    }
}

/// The strings of a JSON list. Anything else gives no permission.
fn strings(json: &str) -> Vec<String> {
    let values: Vec<Value> = serde_json::from_str(json).unwrap_or_default();
    values.into_iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
}
