//! What operators' commands see of accounts.

use accounts::Who;
use token_crypto::UnixTime;

use crate::Url;
use crate::suite::{Fixture, NOW, hour_later, somebody};

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
