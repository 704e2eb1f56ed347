use serde_json::Value;
use sqlx::Row as _;
use token_crypto::UnixTime;

use super::login::seconds;
use super::store::{Accounts, StoreError};
use super::tokens::ApiToken;

/// The person a valid API token belongs to.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The token's id.
    pub token_id: i64,
    /// When the token ends, in Unix seconds.
    pub token_expires: i64,
    /// The account's id.
    pub user_id: i64,
    /// The provider that knows the person.
    pub issuer: Option<String>,
    /// What that provider calls them.
    pub sub: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// First name and name in use, those that are known.
    pub name: Option<String>,
    /// The organisation's name.
    pub organization: Option<String>,
    /// The organisation's number.
    pub siret: Option<String>,
    /// The role's name.
    pub role: String,
    /// What the role may do.
    pub permissions: Vec<String>,
    /// When the account was created, in Unix seconds.
    pub created: i64,
    /// When it last changed, in Unix seconds.
    pub updated: i64,
}

impl Accounts {
    /// Whose token this is; nobody's when it is unknown, revoked or expired, or the account is disabled.
    ///
    /// # Errors
    /// When the database does not answer. That is never taken for a bad token.
    pub async fn bearer(&self, token: &ApiToken, now: UnixTime) -> Result<Option<Bearer>, StoreError> {
        let mut connection = self.readers.lease().await?;
        let query = sqlx::query(
            "SELECT tokens.id, tokens.expires, users.id, users.issuer, users.sub, users.email, users.given_name,
                    users.usual_name, users.organization, users.siret, users.created, users.updated,
                    roles.name, roles.permissions
             FROM tokens
             JOIN users ON users.id = tokens.user_id
             JOIN roles ON roles.id = users.role_id
             WHERE tokens.hash = $1 AND tokens.expires > $2 AND users.disabled = 0",
        )
        .bind(token.hash())
        .bind(seconds(now));
        let row = self.readers.within(query.fetch_optional(&mut *connection)).await?;
        connection.give_back();
        let Some(row) = row else { return Ok(None) };
        let names: [Option<String>; 2] = [row.try_get(6)?, row.try_get(7)?];
        let permissions: String = row.try_get(13)?;
        Ok(Some(Bearer {
            token_id: row.try_get(0)?,
            token_expires: row.try_get(1)?,
            user_id: row.try_get(2)?,
            issuer: row.try_get(3)?,
            sub: row.try_get(4)?,
            email: row.try_get(5)?,
            name: full_name(names),
            organization: row.try_get(8)?,
            siret: row.try_get(9)?,
            created: row.try_get(10)?,
            updated: row.try_get(11)?,
            role: row.try_get(12)?,
            permissions: texts(&permissions),
        }))
    }
}

fn full_name(names: [Option<String>; 2]) -> Option<String> {
    let known: Vec<String> = names.into_iter().flatten().collect();
    (!known.is_empty()).then(|| known.join(" "))
}

/// The texts of a JSON list. What is no list grants nothing.
fn texts(json: &str) -> Vec<String> {
    let values: Vec<Value> = serde_json::from_str(json).unwrap_or_default();
    values.into_iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
}
