//! The table `users`: one row for each issuer and subject, or for an account that an operator prepared.

use std::sync::LazyLock;

use sqlx::AnyConnection;
use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;
use crate::profile::{self, Profile};

/// Somebody whom a provider identified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The provider's issuer identifier.
    pub issuer: String,
    /// The subject: the issuer's permanent identifier of this person.
    pub sub: String,
    /// The person's details from the provider.
    pub profile: Profile,
}

/// Creates the account, unless it exists. Returns whether it created one.
pub(crate) async fn create(
    connection: &mut AnyConnection,
    person: &Person,
    role_id: i64,
    now: UnixTime,
) -> Result<bool, sqlx::Error> {
    static INSERT: LazyLock<String> = LazyLock::new(|| {
        let (role, now) = (3 + profile::COUNT, 4 + profile::COUNT);
        format!(
            "INSERT INTO users (issuer, sub, {columns}, role_id, created, updated)
             VALUES ($1, $2, {parameters}, ${role}, ${now}, ${now})
             ON CONFLICT (issuer, sub) DO NOTHING",
            columns = profile::columns(),
            parameters = profile::parameters(3),
        )
    });
    let insert = sqlx::query(INSERT.as_str()).bind(&person.issuer).bind(&person.sub);
    let inserted = person.profile.bind(insert).bind(role_id).bind(now.seconds()).execute(connection).await?;
    Ok(inserted.rows_affected() > 0)
}

/// Updates the account with changed details from the provider. A missing detail erases nothing.
pub(crate) async fn refresh(
    connection: &mut AnyConnection,
    person: &Person,
    now: UnixTime,
) -> Result<(), sqlx::Error> {
    static UPDATE: LazyLock<String> = LazyLock::new(|| {
        format!(
            "UPDATE users SET {assignments}, updated = ${now} WHERE issuer = $1 AND sub = $2",
            assignments = profile::assignments(3),
            now = 3 + profile::COUNT,
        )
    });
    let update = sqlx::query(UPDATE.as_str()).bind(&person.issuer).bind(&person.sub);
    person.profile.bind(update).bind(now.seconds()).execute(connection).await?;
    Ok(())
}

/// What operators decided about somebody who logs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether their account is disabled.
    pub is_disabled: bool,
    /// Whether their account, or the one that this login would take over, was prepared or confirmed.
    pub is_prepared: bool,
}

impl Database {
    /// What operators decided about a person. With `link_by_email`, a prepared account that the login would take over counts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn standing(&self, person: &Person, link_by_email: bool) -> Result<Standing, Error> {
        self.run(async |connection| {
            let known: Option<(i64, i64)> =
                sqlx::query_as("SELECT disabled, prepared FROM users WHERE issuer = $1 AND sub = $2")
                    .bind(&person.issuer)
                    .bind(&person.sub)
                    .fetch_optional(&mut *connection)
                    .await?;
            if let Some((disabled, prepared)) = known {
                return Ok(Standing { is_disabled: disabled != 0, is_prepared: prepared != 0 });
            }
            let waiting = if link_by_email { prepared_for(connection, person).await? } else { None };
            let Some(Waiting { id, .. }) = waiting.filter(|waiting| waiting.is_for_or_tell(person)) else {
                return Ok(Standing::default());
            };
            let (disabled, prepared): (i64, i64) =
                sqlx::query_as("SELECT disabled, prepared FROM users WHERE id = $1")
                    .bind(id)
                    .fetch_one(connection)
                    .await?;
            Ok(Standing { is_disabled: disabled != 0, is_prepared: prepared != 0 })
        })
        .await
    }
}

/// How many accounts with almost the same address are compared at most.
const MOST_CANDIDATES: i64 = 100;

/// The oldest other account that may belong to the same person: another subject with the same e-mail address, or the same
/// subject of another issuer.
pub(crate) async fn possible_duplicate(
    connection: &mut AnyConnection,
    person: &Person,
) -> Result<Option<i64>, sqlx::Error> {
    let same_subject: Option<i64> = sqlx::query_scalar(
        "SELECT id FROM users WHERE sub IS NOT NULL AND sub = $1 AND issuer <> $2 ORDER BY id LIMIT 1",
    )
    .bind(&person.sub)
    .bind(&person.issuer)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(email) = person.profile.email.as_deref().filter(|email| !email.is_empty()) else {
        return Ok(same_subject);
    };
    // Each query uses an index; one query with OR would read every account.
    let candidates: Vec<(i64, String)> = sqlx::query_as(
        "SELECT id, email FROM users
         WHERE sub IS NOT NULL AND lower(email) = lower($1) AND NOT (issuer = $2 AND sub = $3)
         ORDER BY id LIMIT $4",
    )
    .bind(email)
    .bind(&person.issuer)
    .bind(&person.sub)
    .bind(MOST_CANDIDATES)
    .fetch_all(connection)
    .await?;
    // PostgreSQL also folds letters outside ASCII.
    let same_address = candidates.into_iter().find(|(_, theirs)| theirs.eq_ignore_ascii_case(email));
    Ok(same_subject.into_iter().chain(same_address.map(|(id, _)| id)).min())
}

/// Gives the subject to the one account that has this e-mail address and no subject yet, when the person is as the operator asked.
/// When there are two such accounts, it takes neither, because it cannot know which one is right. Returns whether it took one.
pub(crate) async fn link(connection: &mut AnyConnection, person: &Person) -> Result<bool, sqlx::Error> {
    // A transaction that begins with a write waits for those of other processes. SQLite refuses one that begins with a
    // read when another process wrote before its first write. So this first writes an unchanged value.
    let known = sqlx::query("UPDATE users SET updated = updated WHERE issuer = $1 AND sub = $2")
        .bind(&person.issuer)
        .bind(&person.sub)
        .execute(&mut *connection)
        .await?;
    if known.rows_affected() > 0 {
        return Ok(false);
    }
    let waiting = prepared_for(connection, person).await?;
    if let Some(Waiting { id, .. }) = waiting.filter(|waiting| waiting.is_for(person)) {
        sqlx::query("UPDATE users SET issuer = $1, sub = $2 WHERE id = $3 AND sub IS NULL")
            .bind(&person.issuer)
            .bind(&person.sub)
            .bind(id)
            .execute(connection)
            .await?;
        tracing::info!(
            user_id = id,
            "a first login took over a prepared account with the same e-mail address"
        );
        return Ok(true);
    }
    Ok(false)
}

/// An account that waits for its person.
#[derive(sqlx::FromRow)]
struct Waiting {
    id: i64,
    email: String,
    siret: Option<String>,
    idp_id: Option<String>,
}

impl Waiting {
    /// Whether the provider says of the person what the operator asked for.
    fn is_for(&self, person: &Person) -> bool {
        let is_met = |asked: &Option<String>, told: &Option<String>| asked.is_none() || asked == told;
        is_met(&self.siret, &person.profile.siret) && is_met(&self.idp_id, &person.profile.idp_id)
    }

    fn is_for_or_tell(&self, person: &Person) -> bool {
        let is_for = self.is_for(person);
        if !is_for {
            tracing::warn!(
                user_id = self.id,
                fix = "compare `api users show ID` with the person's SIRET and identity provider; delete the account and prepare it again",
                "a login has the address of a prepared account, but not its SIRET or identity provider, and does not take it over"
            );
        }
        is_for
    }
}

/// The one account that has this e-mail address and no subject yet; none when there are several.
async fn prepared_for(
    connection: &mut AnyConnection,
    person: &Person,
) -> Result<Option<Waiting>, sqlx::Error> {
    let Some(email) = &person.profile.email else { return Ok(None) };
    let mut waiting: Vec<Waiting> = sqlx::query_as(
        "SELECT id, email, siret, idp_id FROM users WHERE sub IS NULL AND lower(email) = lower($1)",
    )
    .bind(email)
    .fetch_all(connection)
    .await?;
    // PostgreSQL's lower() folds more than ASCII, for example the KELVIN SIGN into k.
    waiting.retain(|waiting| waiting.email.eq_ignore_ascii_case(email));
    Ok(if waiting.len() == 1 { waiting.pop() } else { None })
}
