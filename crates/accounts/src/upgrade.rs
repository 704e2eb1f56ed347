//! Brings the tables up to date at the start, and says so.

use std::pin::pin;
use std::time::{Duration, Instant};

use sqlx::any::AnyPoolOptions;
use sqlx::migrate::MigrateError;
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Connection as _, Executor as _};
use tokio::time::{sleep, timeout};

use crate::error::Error;
use crate::file;
use crate::migrations::{Tables, compare};
use crate::url::{DatabaseUrl, Engine};

/// How long to wait for another process's migration before a warning is logged.
const TOLD_AFTER: Duration = Duration::from_secs(5);
/// How long to wait after that warning.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(120);
/// How long to wait before the tables of a file are looked at again that another process may be changing.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(100);

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
        apply(&mut connection, &settings, limit).await.map_err(|error| Error::open(url, &error))?;
    }
    // When another process has locked the tables, this times out; the code below waits for that process.
    let tables = timeout(limit, compare(&mut connection, url.engine)).await.ok().and_then(Result::ok);
    drop(connection);
    // A user who may not create tables is enough when there is none to create.
    if tables == Some(Tables::Current) {
        return Ok(());
    }
    let started = Instant::now();
    let missing = missing(url.engine, tables).join(", ");
    tracing::info!(database = %url, missing, "bringing the tables up to date");
    let pool = AnyPoolOptions::new().max_connections(1).connect_with(url.options.clone()).await?;
    let mut migrating = pin!(migrate(url.engine, &pool));
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
    let milliseconds = started.elapsed().as_millis();
    tracing::info!(database = %url, milliseconds, "the tables are up to date");
    Ok(())
}

/// Sets up a connection. A file that another process sets up at the same moment is locked, and SQLite does not wait for that.
async fn apply(connection: &mut AnyConnection, settings: &str, limit: Duration) -> Result<(), sqlx::Error> {
    let started = Instant::now();
    loop {
        match connection.execute(AssertSqlSafe(settings.to_owned())).await {
            Err(error) if error.to_string().contains("is locked") && started.elapsed() < limit => {
                sleep(LOOK_AGAIN_AFTER).await;
            }
            applied => return applied.map(drop),
        }
    }
}

/// Which migrations the tables lack, by number and name. None of them where that is not known.
fn missing(engine: Engine, tables: Option<Tables>) -> Vec<String> {
    let all = engine.migrations().iter();
    let count = match tables {
        Some(Tables::None) => all.clone().count(),
        Some(Tables::Behind(count)) => count,
        Some(Tables::Current | Tables::Foreign) | None => 0,
    };
    let skipped = all.clone().count().saturating_sub(count);
    all.skip(skipped).map(|migration| format!("{} {}", migration.version, migration.description)).collect()
}

/// Runs the migrations. PostgreSQL lets one process do that at a time. Of two that meet at a file, one fails, each time the other
/// was faster: it looks again what is left to do.
async fn migrate(engine: Engine, pool: &AnyPool) -> Result<(), MigrateError> {
    loop {
        let before = tables(engine, pool).await;
        let Err(error) = engine.migrations().run(pool).await else { return Ok(()) };
        if engine == Engine::Postgres {
            return Err(error);
        }
        let after = tables(engine, pool).await;
        let is_held = after.is_none() || error.to_string().contains("is locked");
        if before == after && !is_held {
            return Err(error);
        }
        sleep(LOOK_AGAIN_AFTER).await;
    }
}

/// How the tables compare now, if they can be read.
async fn tables(engine: Engine, pool: &AnyPool) -> Option<Tables> {
    let mut connection = pool.acquire().await.ok()?;
    compare(&mut connection, engine).await.ok()
}
