//! Sessions: listed and ended by whose they are, keys included where these are meant.

use reqwest::Method;
use serde_json::json;

use crate::keys::{call, made, refused};
use crate::support::{Api, Browser};

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
async fn a_logout_ends_keys_only_when_it_says_so() {
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
