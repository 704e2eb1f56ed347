//! Keys: only their owner makes, lists, renames, replaces and ends them.

use oidc::CachePolicy;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, Browser, Extra, Provider, Reply, Session, clock};

pub(crate) const DAY: i64 = 86_400;

pub(crate) async fn call(
    api: &Api,
    bearer: &str,
    method: Method,
    path: &str,
    body: impl Into<Option<Value>>,
) -> Reply {
    let body = body.into().map(|body| body.to_string()).unwrap_or_default();
    Browser::new(api).send(method, path, &[("authorization", bearer)], body).await
}

async fn make(api: &Api, session: &Session, body: Value) -> Reply {
    call(api, &session.bearer(), Method::POST, "/v1/keys", body).await
}

pub(crate) async fn made(api: &Api, session: &Session, name: &str) -> (i64, String) {
    let reply = make(api, session, json!({ "name": name })).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    (reply.json()["id"].as_i64().unwrap(), format!("Bearer {}", reply.json()["value"].as_str().unwrap()))
}

pub(crate) async fn list(api: &Api, session: &Session, query: &str) -> Value {
    let reply = call(api, &session.bearer(), Method::GET, &format!("/v1/keys{query}"), None).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

pub(crate) fn now() -> i64 {
    clock::now().0.try_into().unwrap()
}

pub(crate) fn refused(reply: &Reply, status: u16, code: &str) -> Value {
    assert_eq!((reply.status, reply.json()["code"].as_str()), (status, Some(code)), "{reply:?}");
    reply.json()
}

pub(crate) async fn with(api: &'static str) -> Api {
    Api::with(Provider::start(), Extra { api, ..Extra::default() }, CachePolicy::default()).await
}

#[tokio::test]
async fn a_key_is_shown_once_and_is_valid() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let reply = make(&api, &session, json!({ "name": "  Import de nuit \u{202e}<b> " })).await;
    let key = reply.json();
    let whole = key["value"].as_str().unwrap().to_owned();
    assert_eq!((reply.status, reply.location()), (201, &*format!("/v1/keys/{}", key["id"])));
    assert_eq!(reply.header("cache-control"), "no-store");
    assert!(whole.starts_with("sk-psl") && whole.len() == 42 && key["token"] == key["value"]);
    assert_eq!(
        (key["name"].as_str(), key["status"].as_str()),
        (Some("Import de nuit \u{202e}<b>"), Some("active"))
    );
    assert_eq!((key["expires"].as_i64(), key["created"].as_i64()), (Some(now() + 90 * DAY), Some(now())));
    let me = call(&api, &format!("Bearer {whole}"), Method::GET, "/v1/me", None).await;
    assert_eq!((me.status, &me.json()["expires"]), (200, &key["expires"]));

    for path in ["/v1/keys", "/v1/me/keys"] {
        let listed = call(&api, &session.bearer(), Method::GET, path, None).await.json();
        let hint = format!("{}…{}", &whole[..8], &whole[38..]);
        assert_eq!(
            (&listed["object"], &listed["total"], &listed["limit"]),
            (&json!("list"), &json!(1), &json!(10))
        );
        assert_eq!((&listed["without_expiry"], &listed["max_lifetime"]), (&json!(false), &json!(365 * DAY)));
        assert_eq!(
            (listed["data"][0]["value"].as_str(), listed["data"][0]["token"].as_str()),
            (Some(&*hint), Some(&*hint))
        );
        let one = call(&api, &session.bearer(), Method::GET, &format!("{path}/{}", key["id"]), None).await;
        // The use above may be noted between the two.
        let but_its_use = |mut key: Value| {
            key.as_object_mut().unwrap().remove("last_used");
            key
        };
        assert_eq!(but_its_use(one.json()), but_its_use(listed["data"][0].clone()));
    }
}

#[tokio::test]
async fn only_a_session_may_manage_keys_and_sessions() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let (id, key) = made(&api, &session, "one").await;
    for (method, path) in [
        (Method::GET, "/v1/keys".to_owned()),
        (Method::POST, "/v1/keys".to_owned()),
        (Method::GET, format!("/v1/me/keys/{id}")),
        (Method::PATCH, format!("/v1/keys/{id}")),
        (Method::DELETE, format!("/v1/keys/{id}")),
        (Method::POST, format!("/v1/keys/{id}/rotate")),
        (Method::GET, "/v1/me/sessions".to_owned()),
        (Method::DELETE, "/v1/me/sessions?keep=current".to_owned()),
        (Method::DELETE, format!("/v1/me/sessions/{}", session.token_id)),
        (Method::POST, "/v1/oauth2/logout".to_owned()),
    ] {
        let reply = call(&api, &key, method.clone(), &path, None).await;
        refused(&reply, 403, "session_required");
        assert!(reply.header("www-authenticate").contains(r#"error="insufficient_scope""#), "{path}");
        let nobody = Browser::new(&api).send(method, &path, &[], String::new()).await;
        refused(&nobody, 401, "missing_token");
    }
    assert_eq!(list(&api, &session, "").await["total"], 1);
}

#[tokio::test]
async fn an_invalid_request_makes_no_key() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    for body in [
        json!({}),
        json!([]),
        json!({ "name": null }),
        json!({ "name": 1 }),
        json!({ "name": "x", "expires": "tomorrow" }),
        json!({ "name": "x", "expires": 1.5 }),
        json!({ "name": "x", "expires": 1e30 }),
        json!({ "name": "x", "expires": true }),
        json!({ "name": "x", "expire": 1 }),
    ] {
        refused(&make(&api, &session, body).await, 400, "invalid_body");
    }
    for name in ["", "  ", "a\u{7}", "a\nb", "\u{9f}x", &"é".repeat(81)] {
        let problem = refused(&make(&api, &session, json!({ "name": name })).await, 422, "invalid_name");
        assert_eq!(problem["field"], "name");
    }
    for expires in [now(), 0, -1, i64::MIN] {
        let reply = make(&api, &session, json!({ "name": "x", "expires": expires })).await;
        assert_eq!(refused(&reply, 422, "invalid_expires")["field"], "expires");
    }
    for expires in [now() + 365 * DAY + 1, i64::MAX] {
        let reply = make(&api, &session, json!({ "name": "x", "expires": expires })).await;
        assert_eq!(refused(&reply, 422, "expires_too_late")["max_expires"], now() + 365 * DAY);
    }
    refused(&make(&api, &session, json!({ "name": "x", "expires": null })).await, 422, "expiry_required");
    assert_eq!(list(&api, &session, "").await["total"], 0);
    for name in ["x", &"é".repeat(80), "x"] {
        assert_eq!(
            make(&api, &session, json!({ "name": name, "expires": now() + 365 * DAY })).await.status,
            201
        );
    }
}

#[tokio::test]
async fn an_unknown_or_wrong_query_parameter_changes_nothing() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    Browser::new(&api).log_in().await;
    for query in [
        "?limit=101",
        "?limit=0",
        "?limit=x",
        "?offset=-1",
        "?status=dead",
        "?sort=name",
        "?sort_by=id",
        "?limit=1&limit=2",
    ] {
        let reply = call(&api, &session.bearer(), Method::GET, &format!("/v1/keys{query}"), None).await;
        assert!(refused(&reply, 422, "invalid_query")["field"].is_string(), "{query}");
    }
    for query in ["", "?keep=currents", "?keeps=current", "?keep=current&keys=yes", "?keep=current&key=true"]
    {
        let reply =
            call(&api, &session.bearer(), Method::DELETE, &format!("/v1/me/sessions{query}"), None).await;
        refused(&reply, 422, "invalid_query");
    }
    let sessions = call(&api, &session.bearer(), Method::GET, "/v1/me/sessions", None).await.json();
    assert_eq!(sessions["total"], 2);
}

#[tokio::test]
async fn lists_are_sorted_filtered_and_cut() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let mut ids = Vec::new();
    for name in ["b", "a", "c"] {
        ids.push(made(&api, &session, name).await.0);
    }
    let names = async |query: &str| -> String {
        let keys = list(&api, &session, query).await;
        keys["data"].as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("").await, "cab");
    assert_eq!(names("?sort_by=name&sort_order=asc").await, "abc");
    assert_eq!(names("?sort_by=created&sort_order=asc&offset=1&limit=1").await, "a");
    assert_eq!(names("?sort_by=last_used&sort_order=desc").await, "cab");
    call(&api, &session.bearer(), Method::DELETE, &format!("/v1/keys/{}", ids[1]), None).await;
    assert_eq!((names("?status=active").await, names("?status=revoked").await), ("cb".into(), "a".into()));
    assert_eq!(list(&api, &session, "?status=active&limit=1").await["total"], 2);
    assert_eq!(names("?status=expired").await, "");
}

#[tokio::test]
async fn the_key_of_another_person_is_not_found() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let (id, key) = made(&api, &session, "mine").await;
    api.provider.script().sub = "somebody-else";
    let other = Browser::new(&api).log_in().await;
    for id in [
        id.to_string(),
        "999".into(),
        "x".into(),
        "-1".into(),
        format!("+{id}"),
        format!("0{id}"),
        "9".repeat(30),
    ] {
        for (method, path, body) in [
            (Method::GET, format!("/v1/keys/{id}"), None),
            (Method::PATCH, format!("/v1/keys/{id}"), Some(json!({ "name": "theirs" }))),
            (Method::DELETE, format!("/v1/keys/{id}"), None),
            (Method::POST, format!("/v1/keys/{id}/rotate"), None),
            (Method::DELETE, format!("/v1/me/sessions/{id}"), None),
        ] {
            refused(&call(&api, &other.bearer(), method, &path, body).await, 404, "not_found");
        }
    }
    let path = format!("/v1/me/sessions/{}", session.token_id);
    refused(&call(&api, &other.bearer(), Method::DELETE, &path, None).await, 404, "not_found");
    assert_eq!(call(&api, &key, Method::GET, "/v1/me", None).await.status, 200);
    assert_eq!(list(&api, &session, "").await["data"][0]["name"], "mine");
}

#[tokio::test]
async fn a_key_is_renamed_and_ended_permanently() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let (id, key) = made(&api, &session, "one").await;
    let path = format!("/v1/keys/{id}");
    let renamed = call(&api, &session.bearer(), Method::PATCH, &path, json!({ "name": " deux " })).await;
    assert_eq!((renamed.status, renamed.json()["name"].as_str()), (200, Some("deux")));
    for _ in 0..2 {
        assert_eq!(call(&api, &session.bearer(), Method::DELETE, &path, None).await.status, 204);
        refused(&call(&api, &key, Method::GET, "/v1/me", None).await, 401, "invalid_token");
    }
    assert_eq!(api.text("SELECT revoked_by FROM tokens WHERE kind = 'key'").await, "owner");
    let rotated = call(&api, &session.bearer(), Method::POST, &format!("{path}/rotate"), None).await;
    refused(&rotated, 409, "key_revoked");
}

#[tokio::test]
async fn the_limit_holds_for_parallel_calls() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let calls = (0..30).map(|_| make(&api, &session, json!({ "name": "x" })));
    let replies = futures_util::future::join_all(calls).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 20);
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        refused(reply, 409, "too_many_keys");
    }
}

#[tokio::test]
async fn a_repeated_request_makes_no_second_key() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let send = async |mark: &str, body: Value| {
        let headers = [("authorization", &*session.bearer()), ("idempotency-key", mark)];
        Browser::new(&api).send(Method::POST, "/v1/keys", &headers, body.to_string()).await
    };
    let mark = "0123456789abcdef";
    refused(&send(mark, json!({ "name": "" })).await, 422, "invalid_name");
    let first = send(mark, json!({ "name": "one" })).await;
    assert_eq!(first.status, 201);
    let again = send(mark, json!({ "name": "two" })).await;
    assert_eq!(refused(&again, 409, "already_created")["id"], first.json()["id"]);
    assert!(!again.body.contains("sk-"), "{again:?}");
    for bad in ["", "short", &"x".repeat(129), "0123456789 abcdef"] {
        refused(&send(bad, json!({ "name": "x" })).await, 422, "invalid_idempotency_key");
    }
    let calls = (0..10).map(|_| send("another-mark-of-16", json!({ "name": "x" })));
    let replies = futures_util::future::join_all(calls).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
    assert_eq!(list(&api, &session, "").await["total"], 2);
}

#[tokio::test]
async fn a_key_may_have_no_expiry_when_that_is_allowed() {
    let api = with("keys:\n    without_expiry: true\n    max_lifetime: 100d").await;
    let session = Browser::new(&api).log_in().await;
    let listed = list(&api, &session, "").await;
    assert_eq!((&listed["without_expiry"], &listed["max_lifetime"]), (&json!(true), &json!(100 * DAY)));
    let reply = make(&api, &session, json!({ "name": "x", "expires": null })).await;
    assert_eq!((reply.status, reply.json()["expires"].clone()), (201, Value::Null));
    let bearer = format!("Bearer {}", reply.json()["value"].as_str().unwrap());
    assert_eq!(call(&api, &bearer, Method::GET, "/v1/me", None).await.json()["expires"], Value::Null);
    let rotate = format!("/v1/keys/{}/rotate", reply.json()["id"]);
    let new = call(&api, &session.bearer(), Method::POST, &rotate, json!({})).await;
    assert_eq!((new.status, new.json()["expires"].clone()), (201, Value::Null));
}

#[tokio::test]
async fn when_keys_are_disabled_none_is_made_and_existing_keys_still_work() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let (id, key) = made(&api, &session, "one").await;
    let base = api.replica(Extra { api: "keys:\n    enabled: false", ..Extra::default() }).await;
    for path in ["/v1/keys".to_owned(), format!("/v1/keys/{id}/rotate")] {
        let headers = [("authorization", &*session.bearer())];
        let body = json!({ "name": "x" }).to_string();
        refused(&Browser::at(&base).send(Method::POST, &path, &headers, body).await, 403, "keys_disabled");
    }
    assert_eq!(Browser::at(&base).get_with("/v1/me", &[("authorization", &key)]).await.status, 200);
}

#[tokio::test]
async fn a_locked_or_broken_database_makes_and_ends_nothing() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let (id, key) = made(&api, &session, "one").await;
    let rotate = format!("/v1/keys/{id}/rotate");
    for event in ["INSERT", "UPDATE"] {
        api.execute(&format!(
            "CREATE TRIGGER broken BEFORE {event} ON tokens BEGIN SELECT RAISE(ABORT, 'full'); END"
        ))
        .await;
        call(&api, &session.bearer(), Method::POST, &rotate, None).await.problem(503);
        api.execute("DROP TRIGGER broken").await;
        assert_eq!(list(&api, &session, "").await["total"], 1, "{event}");
        assert_eq!(list(&api, &session, "").await["data"][0]["replaced_by"], Value::Null);
    }
    assert_eq!(call(&api, &key, Method::GET, "/v1/me", None).await.status, 200);
}

#[tokio::test]
async fn every_answer_to_a_key_that_expires_soon_says_when() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    for (lives, told) in [(30 * DAY, true), (30 * DAY + 1, false)] {
        let end = now() + lives;
        let key = make(&api, &session, json!({ "name": "x", "expires": end })).await.json();
        let bearer = format!("Bearer {}", key["value"].as_str().unwrap());
        for (path, status) in [("/v1/me", 200), ("/v1/keys", 403)] {
            let reply = call(&api, &bearer, Method::GET, path, None).await;
            assert_eq!(reply.status, status);
            let said = reply.headers.get("x-token-expires").map(|end| end.to_str().unwrap().to_owned());
            assert_eq!(said, told.then(|| end.to_string()));
        }
    }
    assert!(!session.me(&api).await.headers.contains_key("x-token-expires"));
}
