//! Replacing keys with new ones.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::keys::{DAY, call, list, made, now, refused, with};
use crate::support::{Browser, clock};

#[tokio::test]
async fn a_replaced_key_is_valid_for_its_grace_period_and_no_longer() {
    let api = with("token_ttl: 400d").await;
    let session = Browser::new(&api).log_in().await;
    let (id, old) = made(&api, &session, "one").await;
    let rotate = format!("/v1/keys/{id}/rotate");
    for grace in [json!(-1), json!(604_801)] {
        let reply = call(&api, &session.bearer(), Method::POST, &rotate, json!({ "grace": grace })).await;
        assert_eq!(refused(&reply, 422, "invalid_grace")["field"], "grace");
    }
    for grace in [json!("1"), json!(null), json!(1.5), json!(1e30)] {
        let reply = call(&api, &session.bearer(), Method::POST, &rotate, json!({ "grace": grace })).await;
        refused(&reply, 400, "invalid_body");
    }
    let bearer = session.bearer();
    let calls = (0..5).map(|_| call(&api, &bearer, Method::POST, &rotate, None));
    let replies = futures_util::future::join_all(calls).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        refused(reply, 409, "already_rotated");
    }
    let new = replies.iter().find(|reply| reply.status == 201).unwrap().json();
    assert_eq!((new["name"].as_str(), new["expires"].as_i64()), (Some("one"), Some(now() + 90 * DAY)));
    let path = format!("/v1/keys/{id}");
    let shown = call(&api, &session.bearer(), Method::GET, &path, None).await.json();
    assert_eq!(
        (&shown["status"], &shown["expires"], &shown["replaced_by"]),
        (&json!("active"), &json!(now() + DAY), &new["id"])
    );
    clock::advance(Duration::from_secs(86_399));
    assert_eq!(call(&api, &old, Method::GET, "/v1/me", None).await.status, 200);
    clock::advance(Duration::from_secs(1));
    refused(&call(&api, &old, Method::GET, "/v1/me", None).await, 401, "invalid_token");
    let shown = call(&api, &session.bearer(), Method::GET, &path, None).await.json();
    assert_eq!(shown["status"], "revoked");
    refused(&call(&api, &session.bearer(), Method::POST, &rotate, None).await, 409, "already_rotated");
    let new = format!("Bearer {}", new["value"].as_str().unwrap());
    assert_eq!(call(&api, &new, Method::GET, "/v1/me", None).await.status, 200);
    clock::advance(Duration::from_secs(30 * 86_400));
    refused(&call(&api, &session.bearer(), Method::POST, &rotate, None).await, 404, "not_found");
}

#[tokio::test]
async fn a_replaced_key_does_not_count_and_an_expired_one_counts_again() {
    let api = with("token_ttl: 400d\nkeys:\n  max_per_user: 1").await;
    let session = Browser::new(&api).log_in().await;
    let (id, _) = made(&api, &session, "one").await;
    let new =
        call(&api, &session.bearer(), Method::POST, &format!("/v1/keys/{id}/rotate"), None).await.json();
    clock::advance(Duration::from_secs(90 * 86_400));
    let (_, active) = made(&api, &session, "two").await;
    let rotate = format!("/v1/keys/{}/rotate", new["id"]);
    refused(&call(&api, &session.bearer(), Method::POST, &rotate, None).await, 409, "too_many_keys");
    let path = format!("/v1/keys/{}", list(&api, &session, "?status=active").await["data"][0]["id"]);
    assert_eq!(call(&api, &session.bearer(), Method::DELETE, &path, None).await.status, 204);
    refused(&call(&api, &active, Method::GET, "/v1/me", None).await, 401, "invalid_token");
    assert_eq!(call(&api, &session.bearer(), Method::POST, &rotate, None).await.status, 201);
    let dead =
        call(&api, &session.bearer(), Method::GET, &format!("/v1/keys/{}", new["id"]), None).await.json();
    assert_eq!((&dead["status"], dead["replaced_by"].is_i64()), (&json!("expired"), true));
}
