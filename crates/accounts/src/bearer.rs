//! Finds the owner of an API token: the query that every request with a token makes.

use std::sync::LazyLock;

use serde_json::Value;
use token_crypto::{ApiToken, TokenKind, UnixTime};

use crate::database::Database;
use crate::error::Error;
use crate::profile::{self, Profile};
use crate::tokens::{self, WITHOUT_END, live};

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
    token_last_used: Option<i64>,
    user_id: i64,
    issuer: Option<String>,
    sub: Option<String>,
    created: i64,
    updated: i64,
    role: String,
    permissions: String,
    #[sqlx(flatten)]
    profile: Profile,
}

impl Database {
    /// The owner of a token; none when the token is unknown, revoked or expired, or the account is disabled.
    ///
    /// # Errors
    /// When the database does not answer. The caller can distinguish this from a bad token.
    pub async fn bearer(&self, token: &ApiToken, now: UnixTime) -> Result<Option<Bearer>, Error> {
        static SELECT: LazyLock<String> = LazyLock::new(|| {
            format!(
                "SELECT tokens.id AS token_id, tokens.kind, tokens.expires AS token_expires,
                     tokens.created AS token_created, tokens.acr AS token_acr, tokens.last_used AS token_last_used, users.id AS user_id, users.issuer,
                     users.sub, users.created, users.updated, roles.name AS role, roles.permissions, {profile}
                 FROM tokens
                 JOIN users ON users.id = tokens.user_id
                 JOIN roles ON roles.id = users.role_id
                 WHERE tokens.hash = $1 AND {live} AND users.disabled = 0",
                live = live!(),
                profile = profile::columns_of_users(),
            )
        });
        let row: Option<Row> = self
            .run(async |connection| {
                let select = sqlx::query_as(SELECT.as_str());
                select.bind(tokens::hash(token)).bind(now.seconds()).fetch_optional(connection).await
            })
            .await?;
        Ok(row.map(Bearer::from))
    }
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
    /// Why a token that has no [`Bearer`] lets nobody in.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn why_refused(&self, token: &ApiToken, now: UnixTime) -> Result<Refused, Error> {
        const SELECT: &str =
            "SELECT expires, revoked, disabled FROM tokens JOIN users ON users.id = user_id WHERE hash = $1";
        let row: Option<(i64, Option<i64>, i64)> = self
            .run(async |connection| {
                sqlx::query_as(SELECT).bind(tokens::hash(token)).fetch_optional(connection).await
            })
            .await?;
        let now = now.seconds();
        Ok(match row {
            Some((_, Some(revoked), _)) if revoked <= now => Refused::Revoked,
            Some((expires, ..)) if expires <= now => Refused::Expired,
            Some((.., disabled)) if disabled != 0 => Refused::Disabled,
            // Nobody has it, or it changed between the two questions.
            _ => Refused::Unknown,
        })
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
