//! Finds accounts with the same address for `api users duplicates`.

use std::collections::BTreeMap;

use sqlx::AssertSqlSafe;
use token_crypto::UnixTime;

use super::account::{Account, SELECT};
use crate::database::Database;
use crate::error::Error;

impl Database {
    /// The pairs of accounts with the same e-mail address, the older one first. Only ASCII letters are folded, as at a login.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn duplicates(&self, now: UnixTime) -> Result<Vec<(Account, Account)>, Error> {
        let select = format!(
            "{SELECT} WHERE lower(email) IN (SELECT lower(email) FROM users GROUP BY lower(email) HAVING count(*) > 1)
             ORDER BY users.id"
        );
        let accounts: Vec<Account> = self
            .run(async |connection| {
                sqlx::query_as(AssertSqlSafe(select)).bind(now.seconds()).fetch_all(connection).await
            })
            .await?;
        let mut by_address: BTreeMap<String, Vec<Account>> = BTreeMap::new();
        for account in accounts {
            // PostgreSQL also folds letters outside ASCII.
            let address = account.email.clone().unwrap_or_default().to_ascii_lowercase();
            by_address.entry(address).or_default().push(account);
        }
        let pairs = by_address.values().flat_map(|same| {
            same.iter().enumerate().flat_map(move |(place, old)| {
                same.iter().skip(place + 1).map(move |new| (old.clone(), new.clone()))
            })
        });
        Ok(pairs.collect())
    }
}
