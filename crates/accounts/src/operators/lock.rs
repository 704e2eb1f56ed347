//! Keeps others from an account while a command changes all of it.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::merged_accounts::list;
use crate::url::Engine;

/// Keeps others from accounts until the end of the transaction. A login that comes meanwhile waits.
pub(super) async fn lock(
    engine: Engine,
    connection: &mut AnyConnection,
    ids: &[i64],
) -> Result<(), sqlx::Error> {
    let ids = list(ids);
    let sql = match engine {
        // Only a transaction that begins with a write waits for others.
        Engine::Sqlite => format!("UPDATE users SET updated = updated WHERE id IN ({ids})"),
        // A write that leaves the key alone would not keep others from adding tokens.
        Engine::Postgres => format!("SELECT id FROM users WHERE id IN ({ids}) ORDER BY id FOR UPDATE"),
    };
    sqlx::query(AssertSqlSafe(sql)).execute(connection).await?;
    Ok(())
}
