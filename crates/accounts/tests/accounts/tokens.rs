//! What a token lets in, how it ends, and what is kept about its use.

use std::time::Duration;

use accounts::{Circumstances, LoginPolicy, Refused, Use, is_due};
use token_crypto::{ApiToken, UnixTime};

use crate::Url;
use crate::suite::{Fixture, NOW, TTL, circumstances, hour_later, somebody};

pub(crate) async fn a_token_ends_when_it_is_revoked(url: Url) {
    let database = Fixture::open(url).await;
    let [one, other] = [database.log_in(&somebody("one")).await, database.log_in(&somebody("one")).await];
    let [one, other] = [one.unwrap(), other.unwrap()];
    assert!(database.accounts.revoke(one.token_id, "logout", NOW).await.unwrap());
    assert!(!database.accounts.revoke(one.token_id, "logout", NOW).await.unwrap());
    assert!(database.accounts.bearer(&one.token, NOW).await.unwrap().is_err());
    assert!(database.accounts.bearer(&other.token, NOW).await.unwrap().is_ok());
}

pub(crate) async fn a_session_has_its_application(url: Url) {
    let database = Fixture::open(url).await;
    let application = Some("https://app.gouv.fr".to_owned());
    let circumstances = Circumstances { application: application.clone(), ..circumstances() };
    // The first login and the next ones go different ways.
    for _ in 0..2 {
        let person = somebody("one");
        let log_in = database.accounts.log_in(&person, &circumstances, database.policy(), NOW);
        let minted = log_in.await.unwrap();
        let bearer = database.accounts.bearer(&minted.token, NOW).await.unwrap().unwrap();
        assert_eq!(bearer.token_application, application);
        let sessions = database.accounts.sessions(minted.user_id, NOW).await.unwrap();
        assert!(sessions.iter().all(|session| session.application == application));
        let event = database.accounts.history(minted.user_id, None, 1).await.unwrap().remove(0);
        let details: serde_json::Value = serde_json::from_str(&event.details.unwrap()).unwrap();
        assert_eq!(
            (&*event.event, details),
            ("login.success", serde_json::json!({ "application": application }))
        );
    }
    let minted = database.log_in(&somebody("one")).await.unwrap();
    let bearer = database.accounts.bearer(&minted.token, NOW).await.unwrap().unwrap();
    assert_eq!(bearer.token_application, None);
    let event = database.accounts.history(minted.user_id, None, 1).await.unwrap().remove(0);
    assert_eq!((&*event.event, event.details), ("login.success", None));
}

pub(crate) async fn a_token_expires(url: Url) {
    let database = Fixture::open(url).await;
    let minted = database.log_in(&somebody("one")).await.unwrap();
    let last = UnixTime(hour_later().0 - 1);
    assert!(database.accounts.bearer(&minted.token, last).await.unwrap().is_ok());
    assert!(database.accounts.bearer(&minted.token, hour_later()).await.unwrap().is_err());
    let unknown = ApiToken::parse(&format!("sk-psl{}26rZvi", "A".repeat(30))).unwrap();
    assert!(database.accounts.bearer(&unknown, NOW).await.unwrap().is_err());
}

pub(crate) async fn expired_tokens_are_removed_and_no_others(url: Url) {
    let database = Fixture::open(url).await;
    // More tokens than one statement removes.
    for _ in 0..501 {
        database.log_in(&somebody("one")).await.unwrap();
    }
    let policy = LoginPolicy { token_ttl: TTL * 2, ..database.policy() };
    let later = database.accounts.log_in(&somebody("one"), &circumstances(), policy, NOW).await.unwrap();
    assert_eq!(database.accounts.prune_tokens(0, NOW).await.unwrap(), 0);
    assert_eq!(database.accounts.prune_tokens(0, hour_later()).await.unwrap(), 501);
    assert!(database.accounts.bearer(&later.token, hour_later()).await.unwrap().is_ok());
}

pub(crate) async fn a_use_is_stored_once_in_ten_minutes_and_its_address_for_thirty_days(url: Url) {
    let database = Fixture::open(url).await;
    let long = LoginPolicy { token_ttl: Duration::from_hours(31 * 24), ..database.policy() };
    let minted = database.accounts.log_in(&somebody("one"), &circumstances(), long, NOW).await.unwrap();
    let used = async |seconds: u64| {
        let sessions = database.accounts.sessions(minted.user_id, UnixTime(NOW.0 + seconds)).await.unwrap();
        (sessions[0].last_used.unwrap() - i64::try_from(NOW.0).unwrap(), sessions[0].last_address.clone())
    };
    let note = async |seconds: u64, address: Option<&str>| {
        let at = UnixTime(NOW.0 + seconds);
        let noted = Use { token_id: minted.token_id, at, address: address.map(str::to_owned) };
        database.accounts.note_uses(&[noted]).await.unwrap();
    };
    assert_eq!(used(0).await, (0, Some("192.0.2.0/24".to_owned())), "the login is the first use");
    note(599, Some("198.51.100.0/24")).await;
    assert_eq!(used(599).await, (0, Some("192.0.2.0/24".to_owned())));
    assert!(!is_due(Some(0), UnixTime(599)) && is_due(Some(0), UnixTime(600)) && is_due(None, UnixTime(0)));
    note(600, Some("198.51.100.0/24")).await;
    assert_eq!(used(600).await, (600, Some("198.51.100.0/24".to_owned())));
    note(1_300, None).await;
    assert_eq!(
        used(1_300).await,
        (1_300, Some("198.51.100.0/24".to_owned())),
        "what is unknown erases nothing"
    );
    let (month, moment) = (30 * 24 * 3_600, 1_300);
    let forget = async |seconds| database.accounts.forget_addresses(UnixTime(NOW.0 + seconds)).await.unwrap();
    assert_eq!(forget(month + moment - 1).await, 0);
    assert_eq!(forget(month + moment).await, 1);
    assert_eq!(used(1_300).await, (1_300, None));
    // More than are forgotten at once.
    let mut connection = database.connection().await;
    for number in 0..250_i64 {
        sqlx::query(
            "INSERT INTO tokens (user_id, hash, created, expires, kind, last_used, last_address)
             VALUES ($1, $2, 0, 9, 'key', 5, '192.0.2.0/24')",
        )
        .bind(minted.user_id)
        .bind(format!("hash {number}").into_bytes())
        .execute(&mut connection)
        .await
        .unwrap();
    }
    assert_eq!(forget(month).await, 250);
}

pub(crate) async fn why_a_token_lets_nobody_in_is_known(url: Url) {
    let database = Fixture::open(url).await;
    let revoked = database.log_in(&somebody("one")).await.unwrap();
    let kept = database.log_in(&somebody("one")).await.unwrap();
    database.accounts.revoke(revoked.token_id, "owner", NOW).await.unwrap();
    let why = async |token: &ApiToken, now| database.accounts.bearer(token, now).await.unwrap().unwrap_err();
    assert_eq!(why(&revoked.token, NOW).await, Refused::Revoked);
    assert_eq!(why(&kept.token, hour_later()).await, Refused::Expired);
    database.execute("UPDATE users SET disabled = 1").await;
    assert_eq!(why(&kept.token, NOW).await, Refused::Disabled);
    let unknown = ApiToken::parse(&format!("sk-{}", "a".repeat(43))).unwrap();
    assert_eq!(why(&unknown, NOW).await, Refused::Unknown);
}
