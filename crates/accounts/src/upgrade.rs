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
/// How long PostgreSQL lets a change wait until nobody uses the table, a `pg_dump` for example. Whoever comes meanwhile
/// waits behind the change, so this is shorter than what a request waits for the database.
const LOCK_TIMEOUT: &str = "SET lock_timeout = '2s'";
/// How long the others go first then.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// PostgreSQL's code for a lock that was not to be had in that time.
const NOT_TO_BE_HAD: &str = "55P03";

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
    let found = timeout(limit, compare(&mut connection, url.engine)).await.ok().and_then(Result::ok);
    drop(connection);
    // A user who may not create tables is enough when there is none to create.
    match found {
        Some(Tables::Current) => return Ok(()),
        Some(Tables::Ahead(ahead)) => {
            tell_ahead(url, ahead);
            return Ok(());
        }
        _ => {}
    }
    let started = Instant::now();
    let missing = missing(url.engine, found).join(", ");
    tracing::info!(database = %url, missing, "bringing the tables up to date");
    let pool = pool(url).await?;
    let migrated = patiently(url, migrate(url.engine, &pool)).await?;
    let made = tables(url.engine, &pool).await;
    pool.close().await;
    match (migrated, made) {
        // A later version, for which this one waited, was faster.
        (Err(_), Some(Tables::Ahead(ahead))) => tell_ahead(url, ahead),
        (Err(error), _) => return Err(Error::migrate(url, &error)),
        (Ok(()), _) => {
            let milliseconds = started.elapsed().as_millis();
            tracing::info!(database = %url, milliseconds, "the tables are up to date");
        }
    }
    Ok(())
}

/// What an operator who has finished an upgrade should not read.
fn tell_ahead(url: &DatabaseUrl, ahead: usize) {
    tracing::warn!(database = %url, ahead, "the tables are those of a later version, which this one can use");
}

/// What it comes to. When it takes long, the log says so; then it is given up.
async fn patiently<T>(url: &DatabaseUrl, migrating: impl Future<Output = T>) -> Result<T, Error> {
    let mut migrating = pin!(migrating);
    if let Ok(migrated) = timeout(TOLD_AFTER, migrating.as_mut()).await {
        return Ok(migrated);
    }
    tracing::warn!(
        database = %url,
        seconds = GIVEN_UP_AFTER.as_secs(),
        "bringing the tables up to date takes long, or waits for another process that does; it is given up after these seconds"
    );
    timeout(GIVEN_UP_AFTER, migrating).await.map_err(|_| Error::TimedOut(GIVEN_UP_AFTER))
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
        Some(Tables::Current | Tables::Ahead(_) | Tables::Foreign) | None => 0,
    };
    let skipped = all.clone().count().saturating_sub(count);
    all.skip(skipped).map(|migration| format!("{} {}", migration.version, migration.description)).collect()
}

/// The connection that migrates.
async fn pool(url: &DatabaseUrl) -> Result<AnyPool, sqlx::Error> {
    let options = AnyPoolOptions::new().max_connections(1);
    let options = match url.engine {
        Engine::Sqlite => options,
        Engine::Postgres => options.after_connect(|connection, _| {
            Box::pin(async move { connection.execute(LOCK_TIMEOUT).await.map(drop) })
        }),
    };
    options.connect_with(url.options.clone()).await
}

/// Runs the migrations. PostgreSQL lets one process do that at a time. Of two that meet at a file, one fails, each time the other
/// was faster: it looks again what is left to do.
async fn migrate(engine: Engine, pool: &AnyPool) -> Result<(), MigrateError> {
    loop {
        let before = tables(engine, pool).await;
        let Err(error) = engine.migrations().run(pool).await else { return Ok(()) };
        if engine == Engine::Postgres {
            if !is_in_use(&error) {
                return Err(error);
            }
            sleep(TRY_AGAIN_AFTER).await;
            continue;
        }
        let after = tables(engine, pool).await;
        let is_held = after.is_none() || error.to_string().contains("is locked");
        if before == after && !is_held {
            return Err(error);
        }
        sleep(LOOK_AGAIN_AFTER).await;
    }
}

/// Whether a table that PostgreSQL would change, or the right to migrate, was not to be had in time.
fn is_in_use(error: &MigrateError) -> bool {
    let (MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)) = error else {
        return false;
    };
    cause
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| code == NOT_TO_BE_HAD)
}

/// How the tables compare now, if they can be read.
async fn tables(engine: Engine, pool: &AnyPool) -> Option<Tables> {
    let mut connection = pool.acquire().await.ok()?;
    compare(&mut connection, engine).await.ok()
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_another_process_gives_up_after_two_minutes() {
        let url =
            DatabaseUrl::parse(&"sqlite://accounts.db".into()).unwrap_or_else(|error| panic!("{error}"));
        let started = tokio::time::Instant::now();
        let waited = patiently(&url, pending::<()>()).await;
        assert!(matches!(waited, Err(Error::TimedOut(GIVEN_UP_AFTER))), "{waited:?}");
        assert_eq!(started.elapsed(), TOLD_AFTER + GIVEN_UP_AFTER);
        // What ends in time is no reason to give up.
        let long = patiently(&url, sleep(GIVEN_UP_AFTER)).await;
        assert!(long.is_ok(), "{long:?}");
    }
}
