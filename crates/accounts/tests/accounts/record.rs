//! The record: what it contains, and that nobody can change it.

use accounts::{Context, Event, KeyRequest, Person, Profile, Rotation};
use sqlx::Executor as _;
use token_crypto::UnixTime;

use crate::Url;
use crate::suite::{Fixture, NOW, somebody};

async fn names(database: &Fixture, user_id: i64) -> Vec<String> {
    let events = database.accounts.history(user_id, None, 100).await.unwrap();
    events.into_iter().rev().map(|event| event.event).collect()
}

pub(crate) async fn events_of_an_account_are_recorded_with_their_actor(url: Url) {
    let database = Fixture::open(url).await;
    let context = Context {
        client: Some("192.0.2.7".to_owned()),
        request_id: Some("7eb0f48200000001".to_owned()),
        operator: None,
    };
    let minted = context.scope(database.log_in(&somebody("one"))).await.unwrap();
    let user_id = minted.user_id;
    let again = database.log_in(&somebody("one")).await.unwrap();
    let request = KeyRequest { user_id, name: "a key", expires: None, idempotency_key: None, limit: 5 };
    let made = database.accounts.make_key(request, NOW).await.unwrap();
    database.accounts.rename_key(user_id, made.key.id, "another name", 0, NOW).await.unwrap().unwrap();
    let rotation = Rotation { user_id, id: made.key.id, grace: 60, limit: 5, keep_ended: 0 };
    let new = database.accounts.rotate_key(rotation, |_| Some(None), NOW).await.unwrap();
    assert!(database.accounts.end_key(user_id, new.key.id, 0, NOW).await.unwrap() == Some(true));
    assert!(
        database.accounts.end_key(user_id, new.key.id, 1, NOW).await.unwrap() == Some(false),
        "what has ended is known"
    );
    assert!(database.accounts.end_session(user_id, again.token_id, NOW).await.unwrap());
    database.accounts.log_out(user_id, minted.token_id, true, NOW).await.unwrap();
    assert_eq!(
        names(&database, user_id).await,
        [
            "user.created",
            "login.success",
            "login.success",
            "key.created",
            "key.renamed",
            "key.rotated",
            "key.revoked",
            "session.ended",
            "logout",
            "key.revoked",
        ]
    );
    let events = database.accounts.history(user_id, None, 100).await.unwrap();
    let first = events.last().unwrap();
    assert_eq!((first.actor_kind.as_str(), first.actor.clone()), ("person", Some(user_id.to_string())));
    assert_eq!(
        (first.client.as_deref(), first.request_id.as_deref()),
        (Some("192.0.2.7"), Some("7eb0f48200000001"))
    );
    assert_eq!((first.outcome.as_str(), first.at, first.user_id), ("success", NOW.seconds(), Some(user_id)));
    assert_eq!((events[1].reason.as_deref(), events[1].token_id), (None, Some(minted.token_id)));
    assert_eq!(events[2].reason.as_deref(), Some("owner"));
    // The record contains neither who somebody is nor a valid token.
    for event in &events {
        let text = format!("{event:?}");
        for secret in ["a key", "another name", "@", "somebody", "one"] {
            assert!(
                !text.contains(secret) || secret == "one" && !text.contains("\"one\""),
                "{secret}: {text}"
            );
        }
    }
    // The history is read page by page.
    let page = database.accounts.history(user_id, Some(events[3].id), 2).await.unwrap();
    assert_eq!(page.iter().map(|event| event.id).collect::<Vec<_>>(), [events[4].id, events[5].id]);
}

pub(crate) async fn an_operator_is_recorded_by_name_and_a_possible_duplicate_by_the_system(url: Url) {
    let database = Fixture::open(url).await;
    let address = || Profile { email: Some("camille@example.fr".to_owned()), ..Profile::default() };
    let first = Person { profile: address(), ..somebody("one") };
    let first = database.log_in(&first).await.unwrap();
    let second = database.log_in(&Person { profile: address(), ..somebody("two") }).await.unwrap();
    let sql = "SELECT user_id, actor_kind, details FROM audit WHERE event = 'user.possible_duplicate'";
    let recorded: (i64, String, String) =
        sqlx::query_as(sql).fetch_one(&mut database.connection().await).await.unwrap();
    let details = format!("{{\"older_user_id\":{}}}", first.user_id);
    assert_eq!(recorded, (second.user_id, "system".to_owned(), details));
    assert_eq!(
        names(&database, second.user_id).await,
        ["user.created", "login.success"],
        "it is not theirs to know"
    );
    let operator = Context { operator: Some("root".to_owned()), ..Context::default() };
    operator.scope(database.accounts.revoke(second.token_id, "disabled", NOW)).await.unwrap();
    let last = &database.accounts.history(second.user_id, None, 1).await.unwrap()[0];
    assert_eq!((last.event.as_str(), last.actor_kind.as_str()), ("session.ended", "operator"));
    assert_eq!((last.actor.as_deref(), last.reason.as_deref()), (Some("root"), Some("disabled")));
}

pub(crate) async fn only_the_pruning_can_change_the_record(url: Url) {
    let database = Fixture::open(url).await;
    let context = Context { client: Some("192.0.2.7".to_owned()), ..Context::default() };
    let minted = context.scope(database.log_in(&somebody("one"))).await.unwrap();
    let mut connection = database.connection().await;
    for sql in [
        "UPDATE audit SET outcome = 'failed'",
        "UPDATE audit SET client = NULL",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE id = 1",
    ] {
        let refused = connection.execute(sql).await;
        assert!(refused.unwrap_err().to_string().contains("append-only"), "{sql}");
    }
    if database.is_postgresql() {
        assert!(connection.execute("TRUNCATE audit").await.unwrap_err().to_string().contains("append-only"));
    } else {
        let replace = "REPLACE INTO audit (id, at, event, outcome, actor_kind) VALUES (1, 1, 'x', 'x', 'x')";
        assert!(connection.execute(replace).await.unwrap_err().to_string().contains("append-only"));
    }
    let day = 24 * 3_600;
    let prune = async |days: u64| {
        let now = UnixTime(NOW.0 + days * 24 * 3_600);
        database.accounts.prune_record(365 * day, 180 * day, now).await.unwrap()
    };
    assert_eq!(prune(180).await, 0);
    let events = async || database.accounts.history(minted.user_id, None, 10).await.unwrap();
    assert!(events().await.iter().all(|event| event.client.is_some()), "the day it may be kept");
    assert_eq!(prune(181).await, 0);
    assert!(events().await.iter().all(|event| event.client.is_none()));
    assert_eq!(events().await.len(), 2);
    assert_eq!(prune(366).await, 2);
    assert_eq!(events().await.len(), 0);
    // The pruning itself is recorded.
    let pruned: i64 = sqlx::query_scalar("SELECT count(*) FROM audit WHERE event = 'audit.pruned'")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(pruned, 1);
}

pub(crate) async fn an_expiry_is_recorded_once(url: Url) {
    let database = Fixture::open(url).await;
    let minted = database.log_in(&somebody("one")).await.unwrap();
    let logged_out = database.log_in(&somebody("one")).await.unwrap();
    database.accounts.log_out(logged_out.user_id, logged_out.token_id, false, NOW).await.unwrap();
    let later = UnixTime(NOW.0 + 3_600);
    let record = async |since: u64, now: UnixTime| {
        database.accounts.record_expiries(UnixTime(since), now).await.unwrap()
    };
    assert_eq!(record(0, UnixTime(later.0 - 1)).await, 0);
    assert_eq!(record(later.0, later).await, 0, "it expired before");
    let (one, other) = tokio::join!(record(0, later), record(later.0 - 1, later));
    assert_eq!(one + other, 1);
    assert_eq!(record(0, later).await, 0);
    let last = &database.accounts.history(minted.user_id, None, 1).await.unwrap()[0];
    assert_eq!((last.event.as_str(), last.token_id), ("session.expired", Some(minted.token_id)));
    assert_eq!((last.at, last.actor_kind.as_str()), (later.seconds(), "system"));
}

pub(crate) async fn a_change_that_cannot_be_recorded_does_not_happen(url: Url) {
    let database = Fixture::open(url).await;
    let minted = database.log_in(&somebody("one")).await.unwrap();
    let mut connection = database.connection().await;
    connection.execute("ALTER TABLE audit RENAME TO away").await.unwrap();
    assert!(database.log_in(&somebody("one")).await.is_err());
    assert!(database.log_in(&somebody("two")).await.is_err());
    assert!(database.accounts.revoke(minted.token_id, "owner", NOW).await.is_err());
    for with_keys in [false, true] {
        let ended = database.accounts.log_out(minted.user_id, minted.token_id, with_keys, NOW).await;
        assert!(ended.is_err(), "{with_keys}");
    }
    assert!(database.accounts.record(Event::login_refused("access_denied"), NOW).await.is_err());
    connection.execute("ALTER TABLE away RENAME TO audit").await.unwrap();
    assert_eq!(database.accounts.sessions(minted.user_id, NOW).await.unwrap().len(), 1);
    assert!(database.accounts.bearer(&minted.token, NOW).await.unwrap().is_ok());
    // What failed left nothing open that others would wait for.
    database.log_in(&somebody("two")).await.unwrap();
    database.accounts.log_out(minted.user_id, minted.token_id, false, NOW).await.unwrap();
    assert!(database.accounts.bearer(&minted.token, NOW).await.unwrap().is_err());
}

pub(crate) async fn many_expiries_are_recorded_in_steps(url: Url) {
    let database = Fixture::open(url).await;
    let minted = database.log_in(&somebody("one")).await.unwrap();
    let mut connection = database.connection().await;
    // Seven expire in each second, at the border between two steps too, and more than a step is long in the last one.
    for number in 0..1_300_i64 {
        sqlx::query("INSERT INTO tokens (user_id, hash, created, expires) VALUES ($1, $2, 0, $3)")
            .bind(minted.user_id)
            .bind(format!("hash {number}").into_bytes())
            .bind(1_000 + (number / 7).min(100))
            .execute(&mut connection)
            .await
            .unwrap();
    }
    let record = async |since: u64| database.accounts.record_expiries(UnixTime(since), NOW).await.unwrap();
    assert_eq!(record(1_099).await, 600);
    assert_eq!(record(0).await, 700);
    assert_eq!(record(0).await, 0);
}
