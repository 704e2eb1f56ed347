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

/// Whether the tables are exactly those of this version. If not, the migrations decide.
async fn is_up_to_date(connection: &mut AnyConnection, engine: Engine) -> bool {
    let applied: Result<Vec<(i64, Vec<u8>, bool)>, sqlx::Error> =
        sqlx::query_as("SELECT version, checksum, success FROM _sqlx_migrations ORDER BY version")
            .fetch_all(connection)
            .await;
    applied.is_ok_and(|applied| {
        let expected = engine.migrations().iter();
        applied.len() == expected.clone().count()
            && applied.iter().zip(expected).all(|((version, checksum, success), migration)| {
                *success && *version == migration.version && *checksum == *migration.checksum
            })
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
