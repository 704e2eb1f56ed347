//! Sessions: their owner lists and ends them, and their keys on request.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use sqlx::Executor as _;

use crate::keys::{call, made, refused};
use crate::support::{Api, Browser, Session, clock};

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let api = Api::start().await;
    let [one, other, third] = [
        Browser::new(&api).log_in().await,
        Browser::new(&api).log_in().await,
        Browser::new(&api).log_in().await,
    ];
    let (_, key) = made(&api, &one, "one").await;
    let listed = call(&api, &one.bearer(), Method::GET, "/v1/me/sessions", None).await.json();
    let current =
        listed["data"].as_array().unwrap().iter().find(|session| session["current"] == true).unwrap();
    assert_eq!(
        (&listed["total"], &current["id"], &current["object"]),
        (&json!(3), &json!(one.token_id), &json!("session"))
    );
    assert!(current["device"].is_object() && current["application"].is_null(), "{current}");
    let path = format!("/v1/me/sessions/{}", other.token_id);
    for _ in 0..2 {
        assert_eq!(call(&api, &one.bearer(), Method::DELETE, &path, None).await.status, 204);
    }
    other.me(&api).await.problem(401);
    let ended = call(&api, &one.bearer(), Method::DELETE, "/v1/me/sessions?keep=current", None).await;
    assert_eq!(ended.json(), json!({ "ended": 1, "keys": 0 }));
    third.me(&api).await.problem(401);
    assert_eq!(call(&api, &key, Method::GET, "/v1/me", None).await.status, 200);
    let ended =
        call(&api, &one.bearer(), Method::DELETE, "/v1/me/sessions?keep=current&keys=true", None).await;
    assert_eq!(ended.json(), json!({ "ended": 0, "keys": 1 }));
    refused(&call(&api, &key, Method::GET, "/v1/me", None).await, 401, "invalid_token");
    assert_eq!(one.me(&api).await.status, 200);
}

#[tokio::test]
async fn a_logout_ends_keys_only_on_request() {
    let api = Api::start().await;
    for (with_keys, status) in [(false, 200), (true, 401)] {
        let session = Browser::new(&api).log_in().await;
        let (_, key) = made(&api, &session, "one").await;
        let body = json!({ "proconnect_token": session.id_token, "keys": with_keys });
        assert_eq!(call(&api, &session.bearer(), Method::POST, "/v1/oauth2/logout", body).await.status, 200);
        session.me(&api).await.problem(401);
        assert_eq!(call(&api, &key, Method::GET, "/v1/me", None).await.status, status);
    }
    assert_eq!(api.count("tokens WHERE revoked_by = 'logout'").await, 4);
}

const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

#[tokio::test]
async fn a_session_shows_its_browser_and_where_it_was_last_used() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    let path = format!("{}?{}", back.path(), back.query().unwrap());
    let headers = [("user-agent", FIREFOX), ("x-forwarded-for", "203.0.113.9")];
    let session = Session::from(&browser.get_with(&path, &headers).await);
    let listed = async |forwarded: &[(&'static str, &str)]| {
        let bearer = session.bearer();
        let headers: Vec<(&'static str, &str)> =
            [("authorization", bearer.as_str())].into_iter().chain(forwarded.iter().copied()).collect();
        Browser::new(&api).get_with("/v1/me/sessions", &headers).await.json()["data"][0].clone()
    };
    let first = listed(&[]).await;
    assert_eq!(first["device"], json!({ "browser": "Firefox", "system": "Windows" }));
    assert_eq!((&first["address"], &first["last_used"]), (&json!("203.0.113.0/24"), &first["created"]));
    // Ten minutes later another network is stored, in the background.
    clock::advance(Duration::from_secs(601));
    for _ in 0..100 {
        let now = listed(&[("x-forwarded-for", "2001:db8:1:2::3")]).await;
        if now["address"] == "2001:db8:1::/48" {
            assert_eq!(now["last_used"].as_i64().unwrap() - now["created"].as_i64().unwrap(), 601);
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the use was not noted");
}

#[tokio::test]
async fn when_the_database_cannot_be_written_no_use_is_delayed_or_refused() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    clock::advance(Duration::from_secs(601));
    let mut lock = api.database().await;
    lock.execute("BEGIN EXCLUSIVE").await.unwrap();
    let started = Instant::now();
    for _ in 0..20 {
        assert_eq!(session.me(&api).await.status, 200);
    }
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    lock.execute("ROLLBACK").await.unwrap();
}
