//! Reads the database of OpenGateLLM, in its own words: `role`, `permission`, `user`, `token`.

use std::collections::HashSet;

use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};

use super::error::ImportError;
use crate::read_only::open_read_only;
use crate::url::{DatabaseUrl, Engine};

/// All that is moved.
pub(super) struct Source {
    pub(super) roles: Vec<Role>,
    pub(super) users: Vec<User>,
    pub(super) tokens: Vec<Token>,
}

pub(super) struct Role {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) permissions: Vec<String>,
}

#[derive(sqlx::FromRow)]
pub(super) struct User {
    pub(super) id: i64,
    pub(super) name: Option<String>,
    pub(super) role_id: i64,
    pub(super) sub: Option<String>,
    pub(super) email: Option<String>,
    pub(super) expires: Option<i64>,
    pub(super) created: i64,
}

#[derive(sqlx::FromRow)]
pub(super) struct Token {
    pub(super) id: i64,
    pub(super) user_id: i64,
    pub(super) name: Option<String>,
    /// Its ends, or the whole of it.
    pub(super) shown: Option<String>,
    /// When it expires, if ever, as its code reads the column.
    pub(super) expires: Option<i64>,
    /// The same, where the server wrote the time of its own zone into the column.
    pub(super) expires_in_zone: Option<i64>,
    pub(super) created: i64,
}

impl Source {
    /// Reads everything at one moment, and changes nothing.
    pub(super) async fn read(url: &DatabaseUrl) -> Result<Self, ImportError> {
        if url.engine != Engine::Postgres {
            return Err(ImportError::NoPostgres);
        }
        let mut connection = open_read_only(url).await.map_err(ImportError::Open)?;
        let mut transaction = connection
            .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await
            .map_err(ImportError::Read)?;
        let source = Self::read_tables(&mut transaction).await?;
        transaction.rollback().await.map_err(ImportError::Read)?;
        Ok(source)
    }

    async fn read_tables(connection: &mut AnyConnection) -> Result<Self, ImportError> {
        let columns: Vec<(String, String)> = sqlx::query_as(
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name IN ('role', 'permission', 'user', 'token')",
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(ImportError::Read)?;
        let tables: HashSet<&str> = columns.iter().map(|(table, _)| table.as_str()).collect();
        if let Some(missing) =
            ["role", "permission", "user", "token"].into_iter().find(|it| !tables.contains(it))
        {
            return Err(ImportError::NoTable(missing));
        }
        // Its versions until July 2025 know neither the subject nor the address.
        let optional = |column: &str| {
            if columns.iter().any(|(table, name)| table == "user" && name == column) {
                format!("CAST({column} AS TEXT)")
            } else {
                "CAST(NULL AS TEXT)".to_owned()
            }
        };
        let users = format!(
            r#"SELECT CAST(id AS BIGINT) AS id, CAST(name AS TEXT) AS name, CAST(role_id AS BIGINT) AS role_id,
                   {sub} AS sub, {email} AS email, {expires} AS expires, {created} AS created
               FROM "user" ORDER BY id"#,
            sub = optional("sub"),
            email = optional("email"),
            expires = seconds("expires_at"),
            created = seconds("created_at"),
        );
        let tokens = format!(
            "SELECT CAST(id AS BIGINT) AS id, CAST(user_id AS BIGINT) AS user_id, CAST(name AS TEXT) AS name,
                 CAST(token AS TEXT) AS shown, {expires} AS expires, {in_zone} AS expires_in_zone, {created} AS created
             FROM token ORDER BY id",
            expires = seconds("expires_at"),
            in_zone = seconds("CAST(expires_at AS TIMESTAMP) AT TIME ZONE current_setting('TimeZone')"),
            created = seconds("created_at"),
        );
        let roles: Vec<(i64, String)> =
            sqlx::query_as("SELECT CAST(id AS BIGINT), CAST(name AS TEXT) FROM role ORDER BY id")
                .fetch_all(&mut *connection)
                .await
                .map_err(ImportError::Read)?;
        let permissions: Vec<(i64, String)> = sqlx::query_as(
            "SELECT CAST(role_id AS BIGINT), lower(CAST(permission AS TEXT)) FROM permission ORDER BY id",
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(ImportError::Read)?;
        let role = |(id, name): (i64, String)| {
            let of_role = permissions.iter().filter(|(role_id, _)| *role_id == id);
            Role { id, name, permissions: of_role.map(|(_, permission)| permission.clone()).collect() }
        };
        Ok(Self {
            roles: roles.into_iter().map(role).collect(),
            users: sqlx::query_as(AssertSqlSafe(users))
                .fetch_all(&mut *connection)
                .await
                .map_err(ImportError::Read)?,
            tokens: sqlx::query_as(AssertSqlSafe(tokens))
                .fetch_all(connection)
                .await
                .map_err(ImportError::Read)?,
        })
    }
}

/// A time in Unix seconds, as OpenGateLLM reads it.
fn seconds(time: &str) -> String {
    format!("CAST(extract(epoch FROM {time}) AS BIGINT)")
}
