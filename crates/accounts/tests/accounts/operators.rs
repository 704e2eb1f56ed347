//! What operators' commands see of accounts.

use std::time::Duration;

use accounts::Who;
use sqlx::{AssertSqlSafe, Executor as _};
use token_crypto::UnixTime;
use tokio::time::sleep;

use crate::Url;
use crate::suite::{Fixture, NOW, circumstances, hour_later, somebody};

pub(crate) async fn when_somebody_was_seen_outlives_their_tokens(url: Url) {
    let database = Fixture::open(url).await;
    let minted = database.log_in(&somebody("one")).await.unwrap();
    let seen = async || {
        let accounts = database.accounts.accounts_of(&Who::Id(minted.user_id), NOW).await.unwrap();
        accounts[0].last_seen
    };
    assert_eq!(seen().await, Some(NOW.seconds()));
    assert_eq!(database.accounts.prune_tokens(0, hour_later()).await.unwrap(), 1);
    assert_eq!(seen().await, Some(NOW.seconds()));
    // An older token that ends later takes nothing back.
    let mut connection = database.connection().await;
    sqlx::query("INSERT INTO tokens (user_id, hash, created, expires) VALUES ($1, $2, 5, 10)")
        .bind(minted.user_id)
        .bind(b"an old one".to_vec())
        .execute(&mut connection)
        .await
        .unwrap();
    assert_eq!(seen().await, Some(NOW.seconds()));
    assert_eq!(database.accounts.prune_tokens(0, UnixTime(NOW.0 + 7_200)).await.unwrap(), 1);
    assert_eq!(seen().await, Some(NOW.seconds()));
}

pub(crate) async fn when_somebody_was_seen_is_kept_of_tokens_that_two_processes_remove(url: Url) {
    let database = Fixture::open(url).await;
    let people = 250;
    for number in 0..people {
        let at = UnixTime(NOW.0 + number);
        let person = somebody(&number.to_string());
        database.accounts.log_in(&person, &circumstances(), database.policy(), at).await.unwrap();
    }
    // Another process has removed as many as are removed at once, and says so while this one removes the same.
    let mut other = database.connection().await;
    let first = |column| format!("(SELECT {column} FROM tokens ORDER BY expires LIMIT 100)");
    for sql in [
        "BEGIN".to_owned(),
        format!("UPDATE users SET last_seen = 1 WHERE id IN {}", first("user_id")),
        format!("DELETE FROM tokens WHERE id IN {}", first("id")),
    ] {
        other.execute(AssertSqlSafe(sql)).await.unwrap();
    }
    let later = UnixTime(hour_later().0 + people);
    let removed = tokio::join!(database.accounts.prune_tokens(0, later), async {
        sleep(Duration::from_millis(300)).await;
        other.execute("COMMIT").await.unwrap();
    });
    let rest = database.accounts.prune_tokens(0, later).await.unwrap();
    assert_eq!(removed.0.unwrap() + rest, people - 100);
    assert_eq!(database.count("users WHERE last_seen IS NULL").await, 0);
}
