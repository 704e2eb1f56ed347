//! Copies everything from one database to another, for `api migrate-database`. Each may be SQLite or PostgreSQL.

use std::collections::BTreeMap;

use sqlx::any::{AnyRow, AnyTypeInfoKind};
use sqlx::{
    AnyConnection, AssertSqlSafe, Column as _, Connection as _, Executor as _, Row as _, ValueRef as _,
};

use crate::database::Database;
use crate::error::Error;
use crate::pool::PoolLimits;
use crate::read_only::open_read_only;
use crate::url::{DatabaseUrl, Engine};

/// Every table of the migrations, each after the tables it refers to, except the one that is empty outside of a pruning and the
/// one that each start writes anew.
const TABLES: [&str; 6] = ["roles", "users", "tokens", "audit", "custom_claims", "merged_accounts"];
/// How many rows are copied at a time. SQLite accepts 32,766 values in one statement.
const BATCH: usize = 500;

/// How one table was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transferred {
    /// The table.
    pub table: &'static str,
    /// How many rows the source has. Each was compared with the row of the target.
    pub rows: usize,
    /// How many of them were not yet in the target.
    pub copied: usize,
    /// How many rows the target has now.
    pub target: i64,
}

/// Why nothing was transferred. The accounts of the target have not changed.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The source cannot be opened.
    #[error("the source: {0}")]
    OpenSource(#[source] Error),
    /// The target cannot be opened or brought up to date.
    #[error("the target: {0}")]
    OpenTarget(#[source] Error),
    /// A statement failed at the source.
    #[error("the source cannot be read ({0}). Fix: solve that problem, then run the command again")]
    Read(#[source] sqlx::Error),
    /// A statement failed at the target.
    #[error("the target cannot be written ({0}). Fix: solve that problem, then run the command again")]
    Write(#[source] sqlx::Error),
    /// The source has no tables, or those of another version.
    #[error(
        "the source has no tables, or those of another version of this program. Fix: start this version of the api on it once, then stop it"
    )]
    OtherVersion,
    /// The target has tables of a later version, which may hold more.
    #[error(
        "the target has the tables of a later version of this program. Fix: run this command with that version, or name an empty database"
    )]
    LaterTarget,
    /// The target already has accounts, and they are not the same.
    #[error(
        "the target has accounts already, and {table} {id} is not the same there. Fix: name an empty database; one that is in use is never changed"
    )]
    Conflict {
        /// The table.
        table: &'static str,
        /// The row's id in the source.
        id: i64,
    },
}

/// Copies roles, users, tokens and the record, with their ids, so that sessions stay valid, and compares every row with
/// the target's. It copies everything or nothing; run again, it changes nothing. The source is only read. What somebody
/// writes to it meanwhile is not copied, so nobody should use it.
///
/// # Errors
/// When either database cannot be used, their versions differ, or the target has other accounts.
pub async fn transfer(from: &DatabaseUrl, to: &DatabaseUrl) -> Result<Vec<Transferred>, TransferError> {
    let mut source = open_read_only(from).await.map_err(TransferError::OpenSource)?;
    let begin = match from.engine {
        Engine::Sqlite => "BEGIN",
        Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    };
    let mut source = source.begin_with(begin).await.map_err(TransferError::Read)?;
    if !is_of_this_version(from.engine, &mut source).await {
        return Err(TransferError::OtherVersion);
    }

    // Create the tables, as a first start does.
    let limits = PoolLimits { connections: Some(1), ..PoolLimits::default() };
    Database::open(to, limits).await.map_err(TransferError::OpenTarget)?.close().await;
    let mut target = AnyConnection::connect_with(&to.options).await.map_err(TransferError::Write)?;
    if !is_of_this_version(to.engine, &mut target).await {
        return Err(TransferError::LaterTarget);
    }
    let (begin, lock) = match to.engine {
        Engine::Sqlite => ("BEGIN IMMEDIATE", None),
        Engine::Postgres => ("BEGIN", Some(format!("LOCK TABLE {} IN EXCLUSIVE MODE", TABLES.join(", ")))),
    };
    let mut target = target.begin_with(begin).await.map_err(TransferError::Write)?;
    if let Some(lock) = lock {
        target.execute(AssertSqlSafe(lock)).await.map_err(TransferError::Write)?;
    }

    let is_empty = has_no_accounts(&mut target).await.map_err(TransferError::Write)?;
    if is_empty {
        // Remove the roles that starts of the api created, which no account has.
        target.execute("DELETE FROM roles").await.map_err(TransferError::Write)?;
    }
    let mut transferred = Vec::new();
    for table in TABLES {
        transferred.push(transfer_table(table, &mut source, &mut target, is_empty).await?);
        if is_empty {
            let last = last_id(from.engine, &mut source, table).await.map_err(TransferError::Read)?;
            set_last_id(to.engine, &mut target, table, last).await.map_err(TransferError::Write)?;
        }
    }
    target.commit().await.map_err(TransferError::Write)?;
    Ok(transferred)
}

/// Whether exactly the migrations of this program were applied there.
async fn is_of_this_version(engine: Engine, connection: &mut AnyConnection) -> bool {
    let made: Vec<i64> =
        sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success ORDER BY version")
            .fetch_all(connection)
            .await
            .unwrap_or_default();
    made.iter().eq(engine.migrations().iter().map(|migration| &migration.version))
}

async fn has_no_accounts(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    let sql = "SELECT id FROM users UNION ALL SELECT id FROM tokens LIMIT 1";
    Ok(connection.fetch_optional(sql).await?.is_none())
}

/// Copies the rows of a table if the target is empty, and compares all of them.
async fn transfer_table(
    table: &'static str,
    source: &mut AnyConnection,
    target: &mut AnyConnection,
    is_empty: bool,
) -> Result<Transferred, TransferError> {
    let next = format!("SELECT * FROM {table} WHERE id > $1 ORDER BY id LIMIT {BATCH}");
    let (mut rows, mut last) = (0, i64::MIN);
    loop {
        let batch = sqlx::query(AssertSqlSafe(next.clone())).bind(last).fetch_all(&mut *source).await;
        let batch = Batch::new(table, &batch.map_err(TransferError::Read)?).map_err(TransferError::Read)?;
        let Some((&first, _)) = batch.rows.first_key_value() else { break };
        if is_empty {
            batch.insert(target).await.map_err(TransferError::Write)?;
        }
        last = batch.rows.last_key_value().map_or(first, |(&id, _)| id);
        let there = batch.select(target, first, last).await.map_err(TransferError::Write)?;
        if let Some((&id, _)) = batch.rows.iter().find(|(id, row)| there.rows.get(id) != Some(row)) {
            return Err(TransferError::Conflict { table, id });
        }
        rows += batch.rows.len();
    }
    let target = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table}"))).fetch_one(target);
    let target: i64 = target.await.map_err(TransferError::Write)?;
    Ok(Transferred { table, rows, copied: if is_empty { rows } else { 0 }, target })
}

/// Rows of a table, in order of id.
struct Batch {
    table: &'static str,
    columns: Vec<String>,
    rows: BTreeMap<i64, Vec<Value>>,
}

#[derive(PartialEq)]
enum Value {
    Null,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Batch {
    fn new(table: &'static str, rows: &[AnyRow]) -> Result<Self, sqlx::Error> {
        let columns = rows.first().map(AnyRow::columns).unwrap_or_default();
        let columns = columns.iter().map(|column| column.name().to_owned()).collect();
        let rows = rows.iter().map(|row| Ok((row.try_get("id")?, values(row)?)));
        Ok(Self { table, columns, rows: rows.collect::<Result<_, sqlx::Error>>()? })
    }

    /// The rows with these ids, with the columns in the same order.
    async fn select(
        &self,
        connection: &mut AnyConnection,
        first: i64,
        last: i64,
    ) -> Result<Self, sqlx::Error> {
        let (table, columns) = (self.table, self.columns.join(", "));
        let sql = format!("SELECT {columns} FROM {table} WHERE id BETWEEN $1 AND $2");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(first).bind(last).fetch_all(connection).await?;
        Self::new(table, &rows)
    }

    async fn insert(&self, connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
        let mut bound = 0;
        let mut placeholder = |value: &Value| {
            bound += usize::from(*value != Value::Null);
            // As a parameter, NULL would need the type of the column.
            if *value == Value::Null { "NULL".to_owned() } else { format!("${bound}") }
        };
        let rows: Vec<String> = self
            .rows
            .values()
            .map(|row| format!("({})", row.iter().map(&mut placeholder).collect::<Vec<_>>().join(", ")))
            .collect();
        let (table, columns, rows) = (self.table, self.columns.join(", "), rows.join(", "));
        let sql = format!("INSERT INTO {table} ({columns}) VALUES {rows}");
        let mut insert = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        for value in self.rows.values().flatten() {
            insert = match value {
                Value::Null => insert,
                Value::Number(number) => insert.bind(number),
                Value::Text(text) => insert.bind(text),
                Value::Bytes(bytes) => insert.bind(bytes),
            };
        }
        insert.execute(connection).await?;
        Ok(())
    }
}

fn values(row: &AnyRow) -> Result<Vec<Value>, sqlx::Error> {
    let value = |index| {
        Ok(match row.try_get_raw(index)?.type_info().kind() {
            AnyTypeInfoKind::Null => Value::Null,
            AnyTypeInfoKind::Text => Value::Text(row.try_get(index)?),
            AnyTypeInfoKind::Blob => Value::Bytes(row.try_get(index)?),
            _ => Value::Number(row.try_get(index)?),
        })
    };
    (0..row.len()).map(value).collect()
}

/// The last id that was ever used in a table. Its row may be deleted, but the id is never used again.
async fn last_id(engine: Engine, connection: &mut AnyConnection, table: &str) -> Result<i64, sqlx::Error> {
    let sql = match engine {
        Engine::Sqlite => format!("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = '{table}'"),
        Engine::Postgres => {
            format!("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {table}_id_seq")
        }
    };
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await
}

async fn set_last_id(
    engine: Engine,
    connection: &mut AnyConnection,
    table: &str,
    last: i64,
) -> Result<(), sqlx::Error> {
    let sql = match engine {
        Engine::Sqlite => format!(
            "DELETE FROM sqlite_sequence WHERE name = '{table}';
             INSERT INTO sqlite_sequence (name, seq) VALUES ('{table}', {last})"
        ),
        Engine::Postgres => format!("SELECT setval('{table}_id_seq', {}, {})", last.max(1), last > 0),
    };
    connection.execute(AssertSqlSafe(sql)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_of_the_migrations_is_transferred() {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let sql: String =
                engine.migrations().iter().map(|migration| migration.sql.as_str().to_owned()).collect();
            let created =
                sql.split("CREATE TABLE ").skip(1).map(|rest| rest.split_whitespace().next().unwrap());
            let mut created: Vec<&str> = created.collect();
            let mut transferred = TABLES.to_vec();
            created.retain(|table| !["audit_pruning", "access_rules"].contains(table));
            created.sort_unstable();
            transferred.sort_unstable();
            assert_eq!(created, transferred, "{engine:?}");
        }
    }
}
