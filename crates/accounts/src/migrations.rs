//! The tables, and how they are brought up to date.

use std::sync::LazyLock;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use tokio::time::timeout;

use crate::error::Error;
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

/// Brings the tables up to date, without the time limit of a request: it may take longer than any. sqlx's pool retries a
/// refused connection and then says only that it took too long, so a connection of our own comes first.
pub(crate) async fn bring_up_to_date(
    url: &DatabaseUrl,
    settings: Option<String>,
    limit: Duration,
) -> Result<(), Error> {
    let connected = timeout(limit, AnyConnection::connect_with(&url.options)).await;
    let mut connection = connected.map_err(|_| Error::TimedOut(limit))?.map_err(Error::Open)?;
    if let Some(settings) = settings {
        connection.execute(AssertSqlSafe(settings)).await.map_err(Error::Open)?;
    }
    connection.close().await?;
    let pool = AnyPoolOptions::new().max_connections(1).connect_with(url.options.clone()).await?;
    url.engine.migrations().run(&pool).await?;
    pool.close().await;
    Ok(())
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
