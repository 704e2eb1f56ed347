//! What the rules of access need: the claims that are stored of each account, and the end of the tokens of those who may no
//! longer enter.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::AssertSqlSafe;
use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;
use crate::profile::{self, Profile};
use crate::record::{Event, record};
use crate::sessions::{Whose, end};
use crate::tokens::live;

/// An account that somebody has logged in to and no operator disabled, as the rules see it.
#[derive(Clone, Debug)]
pub struct StoredAccount {
    /// Its id.
    pub id: i64,
    /// What the provider said of the person.
    pub profile: Profile,
    /// The claims that a rule names, as JSON.
    pub custom: BTreeMap<String, Value>,
    /// Whether an operator prepared or confirmed it.
    pub is_prepared: bool,
    /// How many live sessions it has.
    pub sessions: i64,
    /// How many live keys it has.
    pub keys: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    prepared: i64,
    sessions: i64,
    keys: i64,
    #[sqlx(flatten)]
    profile: Profile,
}

impl Database {
    /// The accounts that rules are asked about, in order of id, after the id `after`, at most `limit`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn stored_accounts(
        &self,
        after: i64,
        limit: i64,
        now: UnixTime,
    ) -> Result<Vec<StoredAccount>, Error> {
        let live = live!("$1");
        let select = format!(
            "SELECT id, prepared, {columns},
                 (SELECT count(*) FROM tokens WHERE user_id = users.id AND kind = 'session' AND {live}) AS sessions,
                 (SELECT count(*) FROM tokens WHERE user_id = users.id AND kind = 'key' AND {live}) AS keys
             FROM users WHERE id > $2 AND sub IS NOT NULL AND disabled = 0 ORDER BY id LIMIT $3",
            columns = profile::columns(),
        );
        let (rows, claims): (Vec<Row>, Vec<(i64, String, String)>) = self
            .run(async |connection| {
                let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(select))
                    .bind(now.seconds())
                    .bind(after)
                    .bind(limit)
                    .fetch_all(&mut *connection)
                    .await?;
                let last = rows.last().map_or(after, |row| row.id);
                let claims = sqlx::query_as(
                    "SELECT user_id, name, value FROM custom_claims WHERE user_id > $1 AND user_id <= $2",
                )
                .bind(after)
                .bind(last)
                .fetch_all(connection)
                .await?;
                Ok((rows, claims))
            })
            .await?;
        let mut custom: BTreeMap<i64, BTreeMap<String, Value>> = BTreeMap::new();
        for (user_id, name, value) in claims {
            if let Ok(value) = serde_json::from_str(&value) {
                custom.entry(user_id).or_default().insert(name, value);
            }
        }
        let account = |row: Row| StoredAccount {
            custom: custom.remove(&row.id).unwrap_or_default(),
            id: row.id,
            profile: row.profile,
            is_prepared: row.prepared != 0,
            sessions: row.sessions,
            keys: row.keys,
        };
        Ok(rows.into_iter().map(account).collect())
    }

    /// Stores the claims that a rule names. One that is missing erases nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keep_claims(&self, user_id: i64, claims: &[(&str, &Value)]) -> Result<(), Error> {
        let stored: Vec<(String, String)> = self
            .run(async |connection| {
                sqlx::query_as("SELECT name, value FROM custom_claims WHERE user_id = $1")
                    .bind(user_id)
                    .fetch_all(connection)
                    .await
            })
            .await?;
        // PostgreSQL cannot store a NUL.
        let claims = claims.iter().map(|(name, value)| (*name, value.to_string().replace("\\u0000", "")));
        let changed: Vec<(&str, String)> = claims
            .filter(|(name, value)| !stored.iter().any(|(known, old)| known == name && old == value))
            .collect();
        // Most logins change nothing, so they write nothing.
        if changed.is_empty() {
            return Ok(());
        }
        self.transaction(async |transaction| {
            for (name, value) in &changed {
                sqlx::query(
                    "INSERT INTO custom_claims (user_id, name, value) VALUES ($1, $2, $3)
                     ON CONFLICT (user_id, name) DO UPDATE SET value = excluded.value",
                )
                .bind(user_id)
                .bind(*name)
                .bind(value)
                .execute(&mut *transaction)
                .await?;
            }
            Ok::<_, Error>(())
        })
        .await
    }

    /// Ends the sessions and keys of an account because its person may no longer enter. Returns how many of each.
    ///
    /// # Errors
    /// When the database does not answer. Then nothing has ended.
    pub async fn end_access(&self, user_id: i64, now: UnixTime) -> Result<(u64, u64), Error> {
        self.transaction(async |transaction| {
            let sessions = end(transaction, Whose::Sessions(user_id), "access", now).await?;
            let keys = end(transaction, Whose::Keys(user_id), "access", now).await?;
            Ok::<_, Error>((sessions, keys))
        })
        .await
    }

    /// Notes the rules of a start, and records when they differ from the last start's, once for all replicas. Claims that none of
    /// the rules names are forgotten. Returns whether they differ.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn note_rules(&self, rules: &NotedRules, now: UnixTime) -> Result<bool, Error> {
        let digest = format!("{:x}", Sha256::digest(&rules.description));
        self.transaction(async |transaction| {
            // A write first: the replicas that start at the same time come here one after the other.
            sqlx::query(
                "INSERT INTO access_rules (id, digest) VALUES (1, '') ON CONFLICT (id) DO UPDATE SET id = 1",
            )
            .execute(&mut *transaction)
            .await?;
            let last: String = sqlx::query_scalar("SELECT digest FROM access_rules WHERE id = 1")
                .fetch_one(&mut *transaction)
                .await?;
            if last == digest {
                return Ok(false);
            }
            sqlx::query("UPDATE access_rules SET digest = $1 WHERE id = 1")
                .bind(&digest)
                .execute(&mut *transaction)
                .await?;
            let known: Vec<String> = sqlx::query_scalar("SELECT DISTINCT name FROM custom_claims")
                .fetch_all(&mut *transaction)
                .await?;
            for name in known.iter().filter(|name| !rules.claims.contains(name)) {
                sqlx::query("DELETE FROM custom_claims WHERE name = $1")
                    .bind(name)
                    .execute(&mut *transaction)
                    .await?;
            }
            let is_first = last.is_empty();
            if !is_first {
                let event = Event::success("access.changed").by_the_system();
                record(transaction, event.with("rules", rules.names.as_slice()), now).await?;
            }
            Ok::<_, Error>(!is_first)
        })
        .await
    }
}

/// The rules of a start.
#[derive(Clone, Debug)]
pub struct NotedRules {
    /// All of them, the same text for the same rules. Only its digest is stored.
    pub description: String,
    /// The names of those that are set.
    pub names: Vec<String>,
    /// The claims of which a value is stored.
    pub claims: Vec<String>,
}
