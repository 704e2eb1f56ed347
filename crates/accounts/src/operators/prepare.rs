//! Prepares and confirms accounts for `api users prepare`.

use sqlx::AnyConnection;
use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;
use crate::record::{Event, record};
use crate::roles::{permissions_of, role_id};

/// For whom an account is prepared.
#[derive(Clone, Copy, Debug)]
pub struct Preparation<'a> {
    /// The e-mail address that the provider will give.
    pub email: &'a str,
    /// The role; none is the default role, or the one that the account has.
    pub role: Option<&'a str>,
    /// The role of people for whom nothing is prepared.
    pub default_role: &'a str,
    /// The number of the establishment that the provider must give too.
    pub siret: Option<&'a str>,
    /// The identity provider that must have authenticated the person.
    pub idp_id: Option<&'a str>,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prepared {
    /// An account was created, and waits for the first login.
    Created {
        /// Its id.
        id: i64,
        /// Its role.
        role: String,
    },
    /// The person has an account: it counts as prepared from now on.
    Confirmed {
        /// Its id.
        id: i64,
        /// Its role.
        role: String,
        /// The role that it had.
        role_before: String,
    },
}

/// Why an account was not prepared. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// There is no such role.
    #[error("there is no role {0}")]
    NoRole(String),
    /// The role permits more than everybody may do, and only an address was given.
    #[error(
        "the role {0} permits more than the role {1}, and an e-mail address alone does not prove who somebody is. \
         Fix: add --siret or --idp, which the login must then confirm"
    )]
    NeedsMore(String, String),
    /// An account with this address is already prepared.
    #[error("account {0} is prepared for this address already. Fix: delete it first, or change its role")]
    Prepared(i64),
    /// Several people have logged in with this address.
    #[error(
        "this is the address of several accounts. Fix: merge them first: {}",
        crate::merged_accounts::list(.0)
    )]
    Several(Vec<i64>),
    /// Somebody has logged in with this address, from elsewhere.
    #[error(
        "account {0} has this address, and its last login gave another SIRET or identity provider. \
         Fix: look at it with `api users show {0}`"
    )]
    Differs(i64),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<sqlx::Error> for PrepareError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

#[derive(sqlx::FromRow)]
struct Known {
    id: i64,
    email: String,
    sub: Option<String>,
    siret: Option<String>,
    idp_id: Option<String>,
    prepared: i64,
    role: String,
}

impl Database {
    /// Creates an account for somebody who has not logged in yet: the first login with this address takes it over, if
    /// `oauth2.link_by_email` is on. An account of somebody who has logged in with this address counts as prepared from now on.
    ///
    /// # Errors
    /// When the account cannot be prepared, or the database does not answer. Then nothing has changed.
    pub async fn prepare(&self, wanted: Preparation<'_>, now: UnixTime) -> Result<Prepared, PrepareError> {
        self.transaction(async |transaction| {
            // A write first: others who prepare accounts come here one after the other.
            sqlx::query("UPDATE roles SET name = name WHERE name = $1")
                .bind(wanted.default_role)
                .execute(&mut *transaction)
                .await?;
            let role = role_of(transaction, wanted).await?;
            let mut known: Vec<Known> = sqlx::query_as(
                "SELECT users.id, email, sub, siret, idp_id, prepared, roles.name AS role
                 FROM users JOIN roles ON roles.id = users.role_id WHERE lower(email) = lower($1) ORDER BY users.id",
            )
            .bind(wanted.email)
            .fetch_all(&mut *transaction)
            .await?;
            // PostgreSQL also folds letters outside ASCII.
            known.retain(|known| known.email.eq_ignore_ascii_case(wanted.email));
            let (people, waiting): (Vec<Known>, Vec<Known>) =
                known.into_iter().partition(|known| known.sub.is_some());
            match (&people[..], &waiting[..]) {
                ([], []) => create(transaction, wanted, role, now).await,
                ([], [waiting, ..]) => Err(PrepareError::Prepared(waiting.id)),
                ([person], _) => confirm(transaction, wanted, role, person, now).await,
                (several, _) => Err(PrepareError::Several(several.iter().map(|known| known.id).collect())),
            }
        })
        .await
    }
}

/// The name and the id of the role that is wanted.
async fn role_of(
    connection: &mut AnyConnection,
    wanted: Preparation<'_>,
) -> Result<(String, i64), PrepareError> {
    let name = wanted.role.unwrap_or(wanted.default_role);
    let id = role_id(connection, name).await?.ok_or_else(|| PrepareError::NoRole(name.to_owned()))?;
    if wanted.siret.is_none() && wanted.idp_id.is_none() {
        let everybody = permissions_of(connection, wanted.default_role).await?;
        let permissions = permissions_of(connection, name).await?;
        if permissions.iter().any(|permission| !everybody.contains(permission)) {
            return Err(PrepareError::NeedsMore(name.to_owned(), wanted.default_role.to_owned()));
        }
    }
    Ok((name.to_owned(), id))
}

async fn create(
    connection: &mut AnyConnection,
    wanted: Preparation<'_>,
    (role, role_id): (String, i64),
    now: UnixTime,
) -> Result<Prepared, PrepareError> {
    // On an account without a subject, what must be true of whoever takes it over.
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO users (email, siret, idp_id, role_id, prepared, created, updated)
         VALUES ($1, $2, $3, $4, 1, $5, $5) RETURNING id",
    )
    .bind(wanted.email)
    .bind(wanted.siret)
    .bind(wanted.idp_id)
    .bind(role_id)
    .bind(now.seconds())
    .fetch_one(&mut *connection)
    .await?;
    record(connection, Event::success("user.created").of_user(id).with("prepared", true), now).await?;
    Ok(Prepared::Created { id, role })
}

/// Confirms the account of a person who has logged in with this address.
async fn confirm(
    connection: &mut AnyConnection,
    wanted: Preparation<'_>,
    (role, role_id): (String, i64),
    person: &Known,
    now: UnixTime,
) -> Result<Prepared, PrepareError> {
    let is_as_wanted = |wanted: Option<&str>, theirs: &Option<String>| {
        wanted.is_none_or(|wanted| theirs.as_deref() == Some(wanted))
    };
    if !is_as_wanted(wanted.siret, &person.siret) || !is_as_wanted(wanted.idp_id, &person.idp_id) {
        return Err(PrepareError::Differs(person.id));
    }
    if person.prepared == 0 {
        sqlx::query("UPDATE users SET prepared = 1, updated = $2 WHERE id = $1")
            .bind(person.id)
            .bind(now.seconds())
            .execute(&mut *connection)
            .await?;
        record(connection, Event::success("user.prepared").of_user(person.id), now).await?;
    }
    let role = if wanted.role.is_some() { role } else { person.role.clone() };
    if role != person.role {
        sqlx::query("UPDATE users SET role_id = $2, updated = $3 WHERE id = $1")
            .bind(person.id)
            .bind(role_id)
            .bind(now.seconds())
            .execute(&mut *connection)
            .await?;
        let event = Event::success("user.role_changed").of_user(person.id);
        let event = event.with("from", person.role.as_str()).with("to", role.as_str());
        record(connection, event, now).await?;
    }
    Ok(Prepared::Confirmed { id: person.id, role, role_before: person.role.clone() })
}
