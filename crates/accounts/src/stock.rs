//! How much of everything there is, for the metrics.

use token_crypto::UnixTime;

use crate::database::Database;
use crate::error::Error;
use crate::tokens::live;

const DAY: i64 = 24 * 3_600;

/// How much of everything there is at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Stock {
    /// Valid sessions.
    pub sessions: i64,
    /// Keys that are valid.
    pub active_keys: i64,
    /// Keys that have expired.
    pub expired_keys: i64,
    /// Keys that were ended before they expired.
    pub revoked_keys: i64,
    /// Valid keys that expire within seven days.
    pub keys_expiring_in_a_week: i64,
    /// Valid keys that expire within thirty days.
    pub keys_expiring_in_a_month: i64,
    /// Accounts that somebody has logged in to and that are not disabled.
    pub active_users: i64,
    /// Disabled accounts.
    pub disabled_users: i64,
    /// Accounts that were prepared and that nobody has logged in to.
    pub prepared_users: i64,
}

/// Each table is read once. `$1` is the time.
const SELECT: &str = concat!(
    "SELECT * FROM
    (SELECT
        count(CASE WHEN kind = 'session' AND ",
    live!("$1"),
    " THEN 1 END) AS sessions,
        count(CASE WHEN kind = 'key' AND ",
    live!("$1"),
    " THEN 1 END) AS active_keys,
        count(CASE WHEN kind = 'key' AND expires <= $1 AND (revoked IS NULL OR revoked > $1) THEN 1 END) AS expired_keys,
        count(CASE WHEN kind = 'key' AND revoked <= $1 THEN 1 END) AS revoked_keys,
        count(CASE WHEN kind = 'key' AND expires <= $2 AND ",
    live!("$1"),
    " THEN 1 END) AS keys_expiring_in_a_week,
        count(CASE WHEN kind = 'key' AND expires <= $3 AND ",
    live!("$1"),
    " THEN 1 END)
            AS keys_expiring_in_a_month
     FROM tokens) AS of_tokens,
    (SELECT
        count(CASE WHEN disabled = 0 AND sub IS NOT NULL THEN 1 END) AS active_users,
        count(CASE WHEN disabled <> 0 THEN 1 END) AS disabled_users,
        count(CASE WHEN disabled = 0 AND sub IS NULL THEN 1 END) AS prepared_users
     FROM users) AS of_users"
);

impl Database {
    /// How much of everything there is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn stock(&self, now: UnixTime) -> Result<Stock, Error> {
        let now = now.seconds();
        self.run(async |connection| {
            sqlx::query_as(SELECT)
                .bind(now)
                .bind(now.saturating_add(7 * DAY))
                .bind(now.saturating_add(30 * DAY))
                .fetch_one(connection)
                .await
        })
        .await
    }
}
