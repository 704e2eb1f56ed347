//! Writes what came from OpenGateLLM.

use std::collections::HashMap;

use secrecy::SecretString;
use serde_json::Value;
use sqlx::AnyConnection;
use token_crypto::{ApiToken, UnixTime};

use super::error::ImportError;
use super::moved::{MoveOutcome, Moved};
use super::source::{Role, Source, Token, User};
use crate::record::{Event, record};
use crate::tokens::{self, WITHOUT_END};

/// The longest name of a key.
const LONGEST_NAME: usize = 80;

/// A key of the source: made again, or why not.
pub(super) struct Key<'a> {
    row: &'a Token,
    made: Result<(ApiToken, Option<i64>), MoveOutcome>,
}

/// Makes the keys again. A wrong master key makes none: the ends that are stored would not fit.
pub(super) fn keys<'a>(
    source: &'a Source,
    master_key: Option<&SecretString>,
    now: UnixTime,
) -> Result<Vec<Key<'a>>, ImportError> {
    source.tokens.iter().map(|row| Ok(Key { row, made: made(row, master_key, now)? })).collect()
}

fn made(
    row: &Token,
    master_key: Option<&SecretString>,
    now: UnixTime,
) -> Result<Result<(ApiToken, Option<i64>), MoveOutcome>, ImportError> {
    let Some(shown) = &row.shown else { return Ok(Err(MoveOutcome::NotRecognised)) };
    let found = if let Some(whole) =
        ApiToken::parse(shown).filter(|_| shown.contains('.') && !shown.contains("..."))
    {
        Some((whole, row.expires))
    } else {
        if row.expires.is_some_and(|expires| expires <= now.seconds()) {
            return Ok(Err(MoveOutcome::Expired));
        }
        let master_key = master_key.ok_or(ImportError::NoMasterKey)?;
        [row.expires, row.expires_in_zone].into_iter().find_map(|expires| {
            let key = ApiToken::of_opengatellm(master_key, row.user_id, row.id, expires);
            key.ends_as(shown).then_some((key, expires))
        })
    };
    Ok(match found {
        Some((_, Some(expires))) if expires <= now.seconds() => Err(MoveOutcome::Expired),
        Some(found) => Ok(found),
        None => Err(MoveOutcome::NotRecognised),
    })
}

pub(super) async fn write(
    connection: &mut AnyConnection,
    source: &Source,
    keys: &[Key<'_>],
    issuer: &str,
    now: UnixTime,
) -> Result<Vec<Moved>, sqlx::Error> {
    let mut moved = Vec::new();
    // On SQLite, only a transaction that begins with a write waits for others.
    sqlx::query("UPDATE roles SET name = name WHERE id = 0").execute(&mut *connection).await?;
    let mut roles = HashMap::new();
    for role in &source.roles {
        let (id, outcome) = write_role(connection, role, now).await?;
        roles.insert(role.id, id);
        moved.push(Moved { what: "role", original: role.id, id: None, outcome });
    }
    let mut users = HashMap::new();
    for user in &source.users {
        let has_key = keys.iter().any(|key| key.row.user_id == user.id && key.made.is_ok());
        let (id, outcome) = match roles.get(&user.role_id) {
            Some(role_id) => write_user(connection, user, *role_id, issuer, has_key, now).await?,
            None => (None, MoveOutcome::Nobody),
        };
        users.extend(id.map(|id| (user.id, id)));
        moved.push(Moved { what: "user", original: user.id, id, outcome });
    }
    for Key { row, made } in keys {
        let (id, outcome) = match (made, users.get(&row.user_id)) {
            (Err(outcome), _) => (None, *outcome),
            (Ok(_), None) => (None, MoveOutcome::WithoutOwner),
            (Ok((token, expires)), Some(user_id)) => {
                let (id, outcome) = write_key(connection, row, token, *expires, *user_id, now).await?;
                (Some(id), outcome)
            }
        };
        moved.push(Moved { what: "key", original: row.id, id, outcome });
    }
    Ok(moved)
}

async fn write_role(
    connection: &mut AnyConnection,
    role: &Role,
    now: UnixTime,
) -> Result<(i64, MoveOutcome), sqlx::Error> {
    let known: Option<(i64, String)> = sqlx::query_as("SELECT id, permissions FROM roles WHERE name = $1")
        .bind(&role.name)
        .fetch_optional(&mut *connection)
        .await?;
    if let Some((id, permissions)) = known {
        let mut theirs = role.permissions.clone();
        let mut ours: Vec<String> = serde_json::from_str(&permissions).unwrap_or_default();
        theirs.sort_unstable();
        ours.sort_unstable();
        let is_same = theirs == ours;
        return Ok((id, if is_same { MoveOutcome::Known } else { MoveOutcome::OtherPermissions }));
    }
    let id: i64 =
        sqlx::query_scalar("INSERT INTO roles (name, permissions, created) VALUES ($1, $2, $3) RETURNING id")
            .bind(&role.name)
            .bind(Value::from(role.permissions.clone()).to_string())
            .bind(now.seconds())
            .fetch_one(&mut *connection)
            .await?;
    let event = Event::success("role.changed").with("role", role.name.as_str());
    record(connection, event.with("permissions", role.permissions.as_slice()), now).await?;
    Ok((id, MoveOutcome::Imported))
}

async fn write_user(
    connection: &mut AnyConnection,
    user: &User,
    role_id: i64,
    issuer: &str,
    has_key: bool,
    now: UnixTime,
) -> Result<(Option<i64>, MoveOutcome), sqlx::Error> {
    let said = |text: &Option<String>| {
        text.as_ref().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let (sub, name) = (said(&user.sub), said(&user.name));
    // Before there was a column for it, many names were addresses.
    let is_address = |text: &String| {
        text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && !text.contains(char::is_whitespace)
        })
    };
    let (email, name) = match (said(&user.email), name) {
        (None, Some(name)) if is_address(&name) => (Some(name), None),
        told => told,
    };
    if let Some(id) = known(connection, issuer, sub.as_deref(), email.as_deref(), name.as_deref()).await? {
        return Ok((Some(id), MoveOutcome::Known));
    }
    if sub.is_none() && email.is_none() && !has_key {
        return Ok((None, MoveOutcome::Nobody));
    }
    let is_over = user.expires.is_some_and(|expires| expires <= now.seconds());
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO users (issuer, sub, email, usual_name, role_id, disabled, created, updated)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
    )
    .bind(sub.as_ref().map(|_| issuer))
    .bind(&sub)
    .bind(&email)
    .bind(&name)
    .bind(role_id)
    .bind(i64::from(is_over))
    .bind(user.created)
    .bind(now.seconds())
    .fetch_one(&mut *connection)
    .await?;
    let event = Event::success("user.created").of_user(id).with("imported", true);
    record(connection, event, now).await?;
    Ok((Some(id), MoveOutcome::Imported))
}

/// The account of the same subject, of the same address without subject, or, of somebody who has neither, of the same name.
async fn known(
    connection: &mut AnyConnection,
    issuer: &str,
    sub: Option<&str>,
    email: Option<&str>,
    name: Option<&str>,
) -> Result<Option<i64>, sqlx::Error> {
    if let Some(sub) = sub {
        return sqlx::query_scalar("SELECT id FROM users WHERE issuer = $1 AND sub = $2")
            .bind(issuer)
            .bind(sub)
            .fetch_optional(connection)
            .await;
    }
    if let Some(email) = email {
        // Somebody who has logged in here since has a subject.
        let same: Vec<(i64, String)> =
            sqlx::query_as("SELECT id, email FROM users WHERE lower(email) = lower($1) ORDER BY id")
                .bind(email)
                .fetch_all(connection)
                .await?;
        return Ok(same.into_iter().find(|(_, theirs)| theirs.eq_ignore_ascii_case(email)).map(|(id, _)| id));
    }
    sqlx::query_scalar("SELECT id FROM users WHERE sub IS NULL AND email IS NULL AND usual_name = $1")
        .bind(name)
        .fetch_optional(connection)
        .await
}

async fn write_key(
    connection: &mut AnyConnection,
    row: &Token,
    token: &ApiToken,
    expires: Option<i64>,
    user_id: i64,
    now: UnixTime,
) -> Result<(i64, MoveOutcome), sqlx::Error> {
    let known: Option<i64> = sqlx::query_scalar("SELECT id FROM tokens WHERE hash = $1")
        .bind(tokens::hash(token))
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(id) = known {
        return Ok((id, MoveOutcome::Known));
    }
    let name: String =
        row.name.iter().flat_map(|name| name.trim().chars()).filter(|it| !it.is_control()).collect();
    let name: String = name.chars().take(LONGEST_NAME).collect();
    let name =
        if name.trim().is_empty() { format!("OpenGateLLM {}", row.id) } else { name.trim().to_owned() };
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO tokens (kind, user_id, hash, name, hint, created, expires, lifetime)
         VALUES ('key', $1, $2, $3, $4, $5, $6, $7) RETURNING id",
    )
    .bind(user_id)
    .bind(tokens::hash(token))
    .bind(name)
    .bind(token.hint())
    .bind(row.created)
    .bind(expires.unwrap_or(WITHOUT_END))
    .bind(expires.map(|expires| expires - row.created))
    .fetch_one(&mut *connection)
    .await?;
    let event = Event::success("key.created").of_user(user_id).of_token(id).with("imported", true);
    record(connection, event, now).await?;
    Ok((id, MoveOutcome::Imported))
}
