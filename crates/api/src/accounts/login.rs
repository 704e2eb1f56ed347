use std::time::Duration;

use sqlx::{AnyConnection, Row as _};
use token_crypto::UnixTime;

use super::store::{Accounts, StoreError};
use super::tokens::ApiToken;

/// Who the provider says has logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider's issuer identifier.
    pub issuer: String,
    /// The subject: what the issuer calls this person, for ever.
    pub sub: String,
    /// E-mail address. It may change, be shared, or be absent.
    pub email: Option<String>,
    /// First name.
    pub given_name: Option<String>,
    /// Name in use.
    pub usual_name: Option<String>,
    /// What ProConnect calls the person's organisation.
    pub organization: Option<String>,
    /// The organisation's number in the French register of establishments, 14 digits.
    pub siret: Option<String>,
}

/// A token made at a login.
#[derive(Debug)]
pub struct Minted {
    /// The account it belongs to.
    pub user_id: i64,
    /// Its id in the database.
    pub token_id: i64,
    /// The token, shown this once.
    pub token: ApiToken,
}

/// Why a login that the provider confirmed got no token. No account and no token is left behind.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// An operator disabled the account.
    #[error("the account is disabled")]
    Disabled,
    /// The system gave no random bytes.
    #[error("no random bytes")]
    Random(#[from] getrandom::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for LoginError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Accounts {
    /// Finds the person's account or creates it, refreshes what the provider says of them, and mints a token,
    /// all of it or nothing.
    ///
    /// `link_by_email` lets a first login take over an account that has the same e-mail address and no
    /// subject yet. A subject is never moved.
    ///
    /// # Errors
    /// When the account is disabled or the database fails.
    pub async fn log_in(
        &self,
        identity: &Identity,
        role_id: i64,
        link_by_email: bool,
        token_ttl: Duration,
        now: UnixTime,
    ) -> Result<Minted, LoginError> {
        let token = ApiToken::random()?;
        let mut transaction = self.pool.begin().await?;
        let account = if let Some(account) = refresh(&mut transaction, identity, now).await? {
            account
        } else {
            if link_by_email {
                link(&mut transaction, identity).await?;
            }
            create_or_refresh(&mut transaction, identity, role_id, now).await?
        };
        if account.disabled {
            return Err(LoginError::Disabled);
        }
        let token_id = sqlx::query_scalar(
            "INSERT INTO tokens (user_id, hash, created, expires) VALUES ($1, $2, $3, $4) RETURNING id",
        )
        .bind(account.id)
        .bind(token.hash())
        .bind(seconds(now))
        .bind(seconds(now.after(token_ttl)))
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(Minted { user_id: account.id, token_id, token })
    }
}

struct Account {
    id: i64,
    disabled: bool,
}

impl Account {
    fn from_row(row: &sqlx::any::AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self { id: row.try_get(0)?, disabled: row.try_get::<i64, _>(1)? != 0 })
    }
}

/// The person's account, if they have logged in before. The first statement of the transaction is this
/// write, so SQLite never has to turn a read lock into a write lock, which it may refuse.
async fn refresh(
    connection: &mut AnyConnection,
    identity: &Identity,
    now: UnixTime,
) -> Result<Option<Account>, sqlx::Error> {
    let row = sqlx::query(
        "UPDATE users SET email = $3, given_name = $4, usual_name = $5, organization = $6, siret = $7, updated = $8
         WHERE issuer = $1 AND sub = $2 RETURNING id, disabled",
    )
    .bind(&identity.issuer)
    .bind(&identity.sub)
    .bind(&identity.email)
    .bind(&identity.given_name)
    .bind(&identity.usual_name)
    .bind(&identity.organization)
    .bind(&identity.siret)
    .bind(seconds(now))
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(Account::from_row).transpose()
}

/// Gives the subject to the one account that has this e-mail address and no subject yet. Two such accounts
/// are nobody's in particular, so neither is taken.
async fn link(connection: &mut AnyConnection, identity: &Identity) -> Result<(), sqlx::Error> {
    let Some(email) = &identity.email else { return Ok(()) };
    let candidates: Vec<i64> =
        sqlx::query_scalar("SELECT id FROM users WHERE sub IS NULL AND lower(email) = lower($1) LIMIT 2")
            .bind(email)
            .fetch_all(&mut *connection)
            .await?;
    if let [id] = candidates[..] {
        sqlx::query("UPDATE users SET issuer = $1, sub = $2 WHERE id = $3 AND sub IS NULL")
            .bind(&identity.issuer)
            .bind(&identity.sub)
            .bind(id)
            .execute(connection)
            .await?;
        tracing::info!(
            user_id = id,
            "a first login took over a prepared account with the same e-mail address"
        );
    }
    Ok(())
}

/// Creates the account. When another request created it a moment ago, or it was just linked, refreshes it.
async fn create_or_refresh(
    connection: &mut AnyConnection,
    identity: &Identity,
    role_id: i64,
    now: UnixTime,
) -> Result<Account, sqlx::Error> {
    let row = sqlx::query(
        "INSERT INTO users (issuer, sub, email, given_name, usual_name, organization, siret, role_id, created, updated)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
         ON CONFLICT (issuer, sub) DO UPDATE SET
             email = excluded.email, given_name = excluded.given_name, usual_name = excluded.usual_name,
             organization = excluded.organization, siret = excluded.siret, updated = excluded.updated
         RETURNING id, disabled",
    )
    .bind(&identity.issuer)
    .bind(&identity.sub)
    .bind(&identity.email)
    .bind(&identity.given_name)
    .bind(&identity.usual_name)
    .bind(&identity.organization)
    .bind(&identity.siret)
    .bind(role_id)
    .bind(seconds(now))
    .fetch_one(connection)
    .await?;
    Account::from_row(&row)
}

/// A time as the database keeps it.
pub(super) fn seconds(time: UnixTime) -> i64 {
    i64::try_from(time.0).unwrap_or(i64::MAX)
}
