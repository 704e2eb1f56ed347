use std::time::Duration;

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, Connection as _, Row as _};
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
        let expires = now.after(token_ttl);
        let mut connection = self.writer.lease().await?;
        let log_in = async {
            if let Some(minted) = mint(&mut connection, identity, &token, now, expires).await? {
                return Ok(Some(minted));
            }
            // A first login, news of the person, or a disabled account.
            let mut transaction = connection.begin().await?;
            if link_by_email {
                link(&mut transaction, identity).await?;
            }
            create_or_refresh(&mut transaction, identity, role_id, now).await?;
            let minted = mint(&mut transaction, identity, &token, now, expires).await?;
            match minted {
                Some(_) => transaction.commit().await?,
                None => transaction.rollback().await?,
            }
            Ok(minted)
        };
        let minted = self.writer.within(log_in).await?;
        connection.give_back();
        let (user_id, token_id) = minted.ok_or(LoginError::Disabled)?;
        Ok(Minted { user_id, token_id, token })
    }
}

/// Adds a token to the person's account, if they have one that is not disabled and says of them what the
/// provider says. Returns the ids of the account and of the token.
async fn mint(
    connection: &mut AnyConnection,
    identity: &Identity,
    token: &ApiToken,
    now: UnixTime,
    expires: UnixTime,
) -> Result<Option<(i64, i64)>, sqlx::Error> {
    let insert = sqlx::query(
        "INSERT INTO tokens (user_id, hash, created, expires)
         SELECT id, $8, $9, $10 FROM users
         WHERE issuer = $1 AND sub = $2 AND disabled = 0
             AND email IS NOT DISTINCT FROM $3 AND given_name IS NOT DISTINCT FROM $4
             AND usual_name IS NOT DISTINCT FROM $5 AND organization IS NOT DISTINCT FROM $6
             AND siret IS NOT DISTINCT FROM $7
         RETURNING user_id, id",
    );
    let row = bind(insert, identity)
        .bind(token.hash())
        .bind(seconds(now))
        .bind(seconds(expires))
        // To the end of the statement, which is where SQLite commits it: its first row comes before.
        .fetch_all(connection)
        .await?
        .pop();
    row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
}

/// Gives the subject to the one account that has this e-mail address and no subject yet. Two such accounts
/// are nobody's in particular, so neither is taken.
async fn link(connection: &mut AnyConnection, identity: &Identity) -> Result<(), sqlx::Error> {
    let Some(email) = &identity.email else { return Ok(()) };
    // A transaction that begins with a write waits for other processes to end theirs. One that begins with a
    // read is refused by SQLite when somebody else wrote before its first write. So this writes what is there.
    let known = sqlx::query("UPDATE users SET updated = updated WHERE issuer = $1 AND sub = $2")
        .bind(&identity.issuer)
        .bind(&identity.sub)
        .execute(&mut *connection)
        .await?;
    if known.rows_affected() > 0 {
        return Ok(());
    }
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

/// Creates the account, or refreshes it when it is there.
async fn create_or_refresh(
    connection: &mut AnyConnection,
    identity: &Identity,
    role_id: i64,
    now: UnixTime,
) -> Result<(), sqlx::Error> {
    let upsert = sqlx::query(
        "INSERT INTO users (issuer, sub, email, given_name, usual_name, organization, siret, role_id, created, updated)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
         ON CONFLICT (issuer, sub) DO UPDATE SET
             email = excluded.email, given_name = excluded.given_name, usual_name = excluded.usual_name,
             organization = excluded.organization, siret = excluded.siret, updated = excluded.updated",
    );
    bind(upsert, identity).bind(role_id).bind(seconds(now)).execute(connection).await?;
    Ok(())
}

/// The first seven parameters, `$1` to `$7`, of the statements about a person.
fn bind<'q>(query: Query<'q, Any, AnyArguments>, identity: &'q Identity) -> Query<'q, Any, AnyArguments> {
    query
        .bind(&identity.issuer)
        .bind(&identity.sub)
        .bind(&identity.email)
        .bind(&identity.given_name)
        .bind(&identity.usual_name)
        .bind(&identity.organization)
        .bind(&identity.siret)
}

/// A time as the database keeps it.
pub(super) fn seconds(time: UnixTime) -> i64 {
    i64::try_from(time.0).unwrap_or(i64::MAX)
}
