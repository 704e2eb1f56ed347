//! Collects what is stored about a person for `api users export`.

use serde_json::{Map, Value};
use sqlx::any::{AnyRow, AnyTypeInfoKind};
use sqlx::{Column as _, Row as _, ValueRef as _};
use token_crypto::UnixTime;

use super::lock::lock;
use crate::database::Database;
use crate::error::Error;
use crate::record::{Event, Recorded, history, record};

/// All that is stored about a person, without hashes of tokens.
#[derive(Clone, Debug)]
pub struct PersonalData {
    /// The columns of the account.
    pub account: Map<String, Value>,
    /// The name of the role.
    pub role: String,
    /// What the role permits.
    pub permissions: Value,
    /// The claims that a rule names.
    pub custom_claims: Map<String, Value>,
    /// The columns of every session and key.
    pub tokens: Vec<Map<String, Value>>,
    /// The events, newest first.
    pub events: Vec<Recorded>,
}

/// Columns that say nothing of the person: hashes, and the id of what is exported by name.
const LEFT_OUT: [&str; 5] = ["hash", "id_token_hash", "idempotency", "role_id", "user_id"];

impl Database {
    /// All that is stored about the person of an account. That it was exported is recorded in the same transaction. Returns none when
    /// there is no such account.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn export_account(&self, id: i64, now: UnixTime) -> Result<Option<PersonalData>, Error> {
        self.transaction(async |transaction| {
            lock(self.engine(), transaction, &[id]).await?;
            let account = sqlx::query("SELECT * FROM users WHERE id = $1").bind(id);
            let Some(account) = account.fetch_optional(&mut *transaction).await? else { return Ok(None) };
            record(transaction, Event::success("user.exported").of_user(id), now).await?;
            let role =
                "SELECT name, permissions FROM roles WHERE id = (SELECT role_id FROM users WHERE id = $1)";
            let (role, permissions): (String, String) =
                sqlx::query_as(role).bind(id).fetch_one(&mut *transaction).await?;
            let claims: Vec<(String, String)> =
                sqlx::query_as("SELECT name, value FROM custom_claims WHERE user_id = $1 ORDER BY name")
                    .bind(id)
                    .fetch_all(&mut *transaction)
                    .await?;
            let tokens = sqlx::query("SELECT * FROM tokens WHERE user_id = $1 ORDER BY id")
                .bind(id)
                .fetch_all(&mut *transaction)
                .await?;
            Ok::<_, Error>(Some(PersonalData {
                account: columns(&account)?,
                role,
                permissions: as_json(&permissions),
                custom_claims: claims.into_iter().map(|(name, value)| (name, as_json(&value))).collect(),
                tokens: tokens.iter().map(columns).collect::<Result<_, _>>()?,
                events: history(transaction, id, None, i64::MAX).await?,
            }))
        })
        .await
    }
}

fn as_json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

/// Every column by its name, so that none is forgotten when one is added.
fn columns(row: &AnyRow) -> Result<Map<String, Value>, sqlx::Error> {
    let shown = row.columns().iter().filter(|column| !LEFT_OUT.contains(&column.name()));
    shown
        .map(|column| {
            let place = column.ordinal();
            let value = match row.try_get_raw(place)?.type_info().kind() {
                AnyTypeInfoKind::Null => Value::Null,
                AnyTypeInfoKind::Text => row.try_get::<String, _>(place)?.into(),
                _ => row.try_get::<i64, _>(place)?.into(),
            };
            Ok((column.name().to_owned(), value))
        })
        .collect()
}
