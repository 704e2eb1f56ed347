//! The table `users`: one row for each issuer and subject, or for an account that an operator prepared.

use std::sync::LazyLock;

use sqlx::{AnyConnection, AssertSqlSafe};
use token_crypto::UnixTime;

use crate::profile::{self, Profile};
use crate::time::seconds;

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

/// Creates the account, or refreshes it when it exists.
pub(crate) async fn create_or_refresh(
    connection: &mut AnyConnection,
    person: &Person,
    role_id: i64,
    now: UnixTime,
) -> Result<(), sqlx::Error> {
    static UPSERT: LazyLock<String> = LazyLock::new(|| {
        let (role, now) = (3 + profile::COUNT, 4 + profile::COUNT);
        format!(
            "INSERT INTO users (issuer, sub, {columns}, role_id, created, updated)
             VALUES ($1, $2, {parameters}, ${role}, ${now}, ${now})
             ON CONFLICT (issuer, sub) DO UPDATE SET {assignments}, updated = excluded.updated",
            columns = profile::columns(),
            parameters = profile::parameters(3),
            assignments = profile::assignments_from_excluded(),
        )
    });
    let upsert = sqlx::query(AssertSqlSafe(UPSERT.as_str())).bind(&person.issuer).bind(&person.sub);
    person.profile.bind(upsert).bind(role_id).bind(seconds(now)).execute(connection).await?;
    Ok(())
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
