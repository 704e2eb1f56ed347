//! The table `users`: one row for each issuer and subject, or for an account that an operator prepared.

use std::sync::LazyLock;

use sqlx::AnyConnection;
use token_crypto::UnixTime;

use crate::profile::{self, Profile};

/// Somebody whom a provider identified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The provider's issuer identifier.
    pub issuer: String,
    /// The subject: what the issuer calls this person, for ever.
    pub sub: String,
    /// What the provider says of them.
    pub profile: Profile,
}

/// Creates the account, unless it exists. Says whether it did.
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

/// Takes over what the provider says now. What it does not say erases nothing.
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

/// The oldest other account that may be the same person's: another subject with the same e-mail address, or the same
/// subject of another issuer.
pub(crate) async fn possible_duplicate(
    connection: &mut AnyConnection,
    person: &Person,
) -> Result<Option<i64>, sqlx::Error> {
    let email = person.profile.email.as_deref().unwrap_or_default();
    let candidates: Vec<(i64, Option<String>, String)> = sqlx::query_as(
        "SELECT id, email, sub FROM users
         WHERE (lower(email) = lower($1) OR sub = $2) AND sub IS NOT NULL AND NOT (issuer = $3 AND sub = $2)
         ORDER BY id",
    )
    .bind(email)
    .bind(&person.sub)
    .bind(&person.issuer)
    .fetch_all(connection)
    .await?;
    let is_the_same = |theirs: &Option<String>, sub: &str| {
        let same_address = |theirs: &String| !email.is_empty() && theirs.eq_ignore_ascii_case(email);
        sub == person.sub || theirs.as_ref().is_some_and(same_address)
    };
    Ok(candidates.into_iter().find(|(_, theirs, sub)| is_the_same(theirs, sub)).map(|(id, ..)| id))
}

/// Gives the subject to the one account that has this e-mail address and no subject yet. Two such accounts belong to
/// nobody in particular, so neither is taken.
pub(crate) async fn link(connection: &mut AnyConnection, person: &Person) -> Result<(), sqlx::Error> {
    let Some(email) = &person.profile.email else { return Ok(()) };
    // A transaction that begins with a write waits for other processes to end theirs. SQLite refuses one that begins
    // with a read when somebody else wrote before its first write. So this writes what is there already.
    let known = sqlx::query("UPDATE users SET updated = updated WHERE issuer = $1 AND sub = $2")
        .bind(&person.issuer)
        .bind(&person.sub)
        .execute(&mut *connection)
        .await?;
    if known.rows_affected() > 0 {
        return Ok(());
    }
    let candidates: Vec<(i64, String)> =
        sqlx::query_as("SELECT id, email FROM users WHERE sub IS NULL AND lower(email) = lower($1)")
            .bind(email)
            .fetch_all(&mut *connection)
            .await?;
    // PostgreSQL's lower() folds more than ASCII: the KELVIN SIGN into k.
    let same: Vec<i64> = candidates
        .into_iter()
        .filter_map(|(id, prepared)| prepared.eq_ignore_ascii_case(email).then_some(id))
        .collect();
    if let [id] = same[..] {
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
    }
    Ok(())
}
