//! Creates the tables and brings them up to date.

use std::pin::pin;
use std::sync::LazyLock;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use tokio::time::timeout;

use crate::error::Error;
use crate::file;
use crate::url::{DatabaseUrl, Engine};

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

/// How long to wait for another process's migration before a warning is logged.
const TOLD_AFTER: Duration = Duration::from_secs(5);
/// How long to wait after that warning.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(120);

/// Brings the tables up to date, without the time limit of a request, because that may take longer. It opens its own
/// connection: sqlx's pool retries a refused connection and then reports only that it took too long.
pub(crate) async fn bring_up_to_date(
    url: &DatabaseUrl,
    settings: Option<String>,
    limit: Duration,
) -> Result<(), Error> {
    if let Some((path, true)) = url.file() {
        file::create(&path).map_err(|error| Error::open(url, &sqlx::Error::Io(error)))?;
    }
    let connected = timeout(limit, AnyConnection::connect_with(&url.options)).await;
    let mut connection =
        connected.map_err(|_| Error::TimedOut(limit))?.map_err(|error| Error::open(url, &error))?;
    if let Some(settings) = settings {
        connection.execute(AssertSqlSafe(settings)).await.map_err(|error| Error::open(url, &error))?;
    }
    // When another process has locked the tables, this times out; the code below waits for that process.
    let is_current = timeout(limit, is_up_to_date(&mut connection, url.engine)).await.unwrap_or_default();
    drop(connection);
    // A user who may not create tables is enough when there is none to create.
    if is_current {
        return Ok(());
    }
    let pool = AnyPoolOptions::new().max_connections(1).connect_with(url.options.clone()).await?;
    let mut migrating = pin!(url.engine.migrations().run(&pool));
    let migrated = if let Ok(migrated) = timeout(TOLD_AFTER, migrating.as_mut()).await {
        migrated
    } else {
        tracing::warn!(
            database = %url,
            seconds = GIVEN_UP_AFTER.as_secs(),
            "bringing the tables up to date takes long, or waits for another process that does; it is given up after these seconds"
        );
        timeout(GIVEN_UP_AFTER, migrating).await.map_err(|_| Error::TimedOut(GIVEN_UP_AFTER))?
    };
    migrated.map_err(|error| Error::migrate(url, &error))?;
    pool.close().await;
    Ok(())
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
    /// They are those of another version, or a migration was interrupted.
    Foreign,
}

/// Compares the tables, and changes nothing.
pub(crate) async fn compare(connection: &mut AnyConnection, engine: Engine) -> Result<Tables, sqlx::Error> {
    let select = "SELECT version, checksum, CASE WHEN success THEN 1 ELSE 0 END FROM _sqlx_migrations ORDER BY version";
    let applied: Vec<(i64, Vec<u8>, i64)> = match sqlx::query_as(select).fetch_all(connection).await {
        Err(error) if is_missing_table(&error) => return Ok(Tables::None),
        applied => applied?,
    };
    let expected = engine.migrations().iter();
    let all = expected.clone().count();
    let is_ours = applied.len() <= all
        && applied.iter().zip(expected).all(|((version, checksum, success), migration)| {
            *success == 1 && *version == migration.version && *checksum == *migration.checksum
        });
    Ok(match all.saturating_sub(applied.len()) {
        _ if !is_ours => Tables::Foreign,
        _ if applied.is_empty() => Tables::None,
        0 => Tables::Current,
        behind => Tables::Behind(behind),
    })
}

fn is_missing_table(error: &sqlx::Error) -> bool {
    let error = error.as_database_error();
    error.is_some_and(|error| {
        error.code().as_deref() == Some("42P01") || error.message().contains("no such table")
    })
}

/// Whether the tables are exactly those of this version. If not, the migrations decide.
async fn is_up_to_date(connection: &mut AnyConnection, engine: Engine) -> bool {
    compare(connection, engine).await.is_ok_and(|tables| tables == Tables::Current)
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
