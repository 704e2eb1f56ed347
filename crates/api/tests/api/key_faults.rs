//! Keys on either database: thirty made at once at the limit, and a database that is gone, locked or full.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{AnyConnection, Executor as _};

use crate::support::service::Service;
use crate::support::{Browser, Reply, Session};

const LIMIT: usize = 20;

async fn call(service: &Service, session: &Session, method: Method, path: &str, body: Value) -> Reply {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let bearer = session.bearer();
    Browser::at(service.base()).send(method, path, &[("authorization", &bearer)], body).await
}

async fn listed(service: &Service, session: &Session) -> Value {
    let reply = call(service, session, Method::GET, "/v1/keys?limit=100&sort_by=name", Value::Null).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

#[tokio::test]
async fn thirty_keys_made_at_once_stop_at_the_limit() {
    for service in Service::on_each_database() {
        let session = service.log_in("limit", json!({})).await;
        let create = || call(&service, &session, Method::POST, "/v1/keys", json!({ "name": "k" }));
        let made = join_all((0..30).map(|_| create())).await;
        let (good, refused): (Vec<_>, Vec<_>) = made.iter().partition(|reply| reply.status == 201);
        assert_eq!(good.len(), LIMIT, "{made:?}");
        for reply in refused {
            assert_eq!(
                (reply.status, reply.json()["code"].as_str()),
                (409, Some("too_many_keys")),
                "{reply:?}"
            );
        }
        assert_eq!(listed(&service, &session).await["total"], LIMIT);
        // As many events as keys.
        let events = service.strings("SELECT event FROM audit WHERE event = 'key.created'").await;
        assert_eq!(events.len(), LIMIT);
    }
}

/// What breaks the database, and what mends it.
struct Fault {
    name: &'static str,
    begins: &'static str,
    ends: &'static str,
    /// Whether it also stops what only reads.
    stops_readers: bool,
}

const GONE: Fault = Fault {
    name: "gone",
    begins: "ALTER TABLE tokens RENAME TO away",
    ends: "ALTER TABLE away RENAME TO tokens",
    stops_readers: true,
};
const SQLITE: [Fault; 3] = [
    GONE,
    Fault { name: "locked", begins: "BEGIN IMMEDIATE", ends: "ROLLBACK", stops_readers: false },
    // SQLite's own error for a disk that is full, from its own limit.
    Fault {
        name: "full",
        begins: "CREATE TRIGGER full_disk BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
        ends: "DROP TRIGGER full_disk",
        stops_readers: false,
    },
];
const POSTGRES: [Fault; 3] = [
    GONE,
    Fault {
        name: "locked",
        begins: "BEGIN; LOCK TABLE tokens IN ACCESS EXCLUSIVE MODE",
        ends: "ROLLBACK",
        stops_readers: true,
    },
    Fault {
        name: "full",
        begins: "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
                 CREATE TRIGGER full_disk BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION full_disk()",
        ends: "DROP FUNCTION full_disk CASCADE",
        stops_readers: false,
    },
];

#[tokio::test]
async fn with_a_database_that_fails_nothing_is_half_made_and_nothing_is_lost() {
    for service in Service::on_each_database() {
        let session = service.log_in("fault", json!({})).await;
        let body = json!({ "name": "kept" });
        let made = call(&service, &session, Method::POST, "/v1/keys", body.clone()).await.json();
        let key = format!("/v1/keys/{}", made["id"]);
        let mut database: AnyConnection = service.connection().await;
        let faults = if service.is_postgres() { POSTGRES } else { SQLITE };
        for Fault { name, begins, ends, stops_readers } in faults {
            let before = listed(&service, &session).await;
            database.execute(begins).await.unwrap();
            let rotation = format!("{key}/rotate");
            let others = "/v1/me/sessions?keep=current&keys=true";
            let answers = tokio::join!(
                call(&service, &session, Method::POST, "/v1/keys", body.clone()),
                call(&service, &session, Method::PATCH, &key, json!({ "name": "other" })),
                call(&service, &session, Method::POST, &rotation, Value::Null),
                call(&service, &session, Method::DELETE, &key, Value::Null),
                call(&service, &session, Method::DELETE, others, Value::Null),
                call(&service, &session, Method::GET, &key, Value::Null),
            );
            database.execute(ends).await.unwrap();
            let (create, rename, rotate, end, end_others, read) = answers;
            for reply in [create, rename, rotate, end, end_others] {
                let detail = reply.problem(503);
                assert!(
                    !detail.contains("disk") && !detail.contains("lock") && !detail.contains("away"),
                    "{detail}"
                );
                assert_eq!(reply.header("cache-control"), "no-store");
            }
            assert_eq!(read.status, if stops_readers { 503 } else { 200 }, "{name}: {read:?}");
            assert_eq!(listed(&service, &session).await, before, "{name}");
        }
        // And then everything works again.
        assert_eq!(call(&service, &session, Method::PATCH, &key, json!({ "name": "new" })).await.status, 200);
        assert_eq!(
            call(&service, &session, Method::POST, &format!("{key}/rotate"), Value::Null).await.status,
            201
        );
        assert_eq!(call(&service, &session, Method::DELETE, &key, Value::Null).await.status, 204);
        assert_eq!(listed(&service, &session).await["total"], 2);
    }
}

#[tokio::test]
async fn a_parameter_that_nobody_knows_changes_nothing() {
    for service in Service::on_each_database() {
        let session = service.log_in("typo", json!({})).await;
        let made = call(&service, &session, Method::POST, "/v1/keys", json!({ "name": "kept" })).await.json();
        let key = format!("/v1/keys/{}", made["id"]);
        let this_session = format!("/v1/me/sessions/{}", session.token_id);
        let before = listed(&service, &session).await;
        for (method, path) in [
            (Method::GET, "/v1/keys?statut=active"),
            (Method::POST, "/v1/keys?dry_run=true"),
            (Method::GET, &*format!("{key}?full")),
            (Method::PATCH, &format!("{key}?dry_run=true")),
            (Method::DELETE, &format!("{key}?dry_run=true")),
            (Method::POST, &format!("{key}/rotate?grace=60")),
            (Method::GET, "/v1/me/sessions?all=true"),
            (Method::DELETE, "/v1/me/sessions"),
            (Method::DELETE, "/v1/me/sessions?keep=others"),
            (Method::DELETE, "/v1/me/sessions?keep=current&key=true"),
            (Method::DELETE, &format!("{this_session}?keep=current")),
            (Method::GET, "/v1/me/history?page=2"),
        ] {
            let body = if method == Method::PATCH || path == "/v1/keys?dry_run=true" {
                json!({ "name": "other" })
            } else {
                Value::Null
            };
            let reply = call(&service, &session, method.clone(), path, body).await;
            let told = (reply.status, reply.json()["code"].as_str().map(str::to_owned));
            assert_eq!(told, (422, Some("invalid_query".to_owned())), "{method} {path}: {reply:?}");
        }
        assert_eq!(listed(&service, &session).await, before);
    }
}
