//! The migrations, and how the tables of a database compare with them.

use std::sync::LazyLock;

use sqlx::AnyConnection;
use sqlx::migrate::Migrator;

use crate::url::Engine;

static SQLITE: LazyLock<Migrator> = LazyLock::new(|| with_common(&sqlx::migrate!("migrations/sqlite")));
static POSTGRES: LazyLock<Migrator> = LazyLock::new(|| with_common(&sqlx::migrate!("migrations/postgres")));

fn with_common(own: &Migrator) -> Migrator {
    let common = sqlx::migrate!("migrations/both");
    Migrator::with_migrations(own.iter().chain(common.iter()).cloned().collect())
}

impl Engine {
    /// Its migrations, in order.
    pub(crate) fn migrations(self) -> &'static Migrator {
        match self {
            Self::Sqlite => &SQLITE,
            Self::Postgres => &POSTGRES,
        }
    }
}

/// How the tables of a database compare with those of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tables {
    /// There are none: the first start makes them.
    None,
    /// They are those of this version.
    Current,
    /// They are those of an earlier version, so many migrations behind.
    Behind(usize),
    /// They are those of a later version, so many migrations ahead, and this version can use them.
    Ahead(usize),
    /// They are those of another version, which this one cannot use, or a migration was interrupted.
    Foreign,
}

/// How the name of a migration begins that versions before it cannot work with.
const BREAKING: &str = "breaking";

/// Compares the tables, and changes nothing.
pub(crate) async fn compare(connection: &mut AnyConnection, engine: Engine) -> Result<Tables, sqlx::Error> {
    let select = "SELECT version, checksum, CASE WHEN success THEN 1 ELSE 0 END, description FROM _sqlx_migrations \
                  ORDER BY version";
    let applied: Vec<(i64, Vec<u8>, i64, String)> = match sqlx::query_as(select).fetch_all(connection).await {
        Err(error) if is_missing_table(&error) => return Ok(Tables::None),
        applied => applied?,
    };
    let expected: Vec<_> = engine.migrations().iter().collect();
    let (known, later) = applied.split_at(applied.len().min(expected.len()));
    let is_usable = applied.iter().all(|(_, _, success, _)| *success == 1)
        && known.iter().zip(&expected).all(|((version, checksum, ..), migration)| {
            *version == migration.version && *checksum == *migration.checksum
        })
        && !later.iter().any(|(.., description)| description.starts_with(BREAKING));
    Ok(match (known.len(), later.len()) {
        _ if !is_usable => Tables::Foreign,
        (0, _) => Tables::None,
        (_, ahead @ 1..) => Tables::Ahead(ahead),
        (known, _) if known == expected.len() => Tables::Current,
        (known, _) => Tables::Behind(expected.len() - known),
    })
}

fn is_missing_table(error: &sqlx::Error) -> bool {
    let error = error.as_database_error();
    error.is_some_and(|error| {
        error.code().as_deref() == Some("42P01") || error.message().contains("no such table")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_have_the_same_migrations() {
        let numbers = |engine: Engine| -> Vec<(i64, String)> {
            let migrations = engine.migrations().iter();
            migrations.map(|migration| (migration.version, migration.description.to_string())).collect()
        };
        assert_eq!(numbers(Engine::Sqlite), numbers(Engine::Postgres));
        assert!(numbers(Engine::Sqlite).is_sorted());
    }
}
