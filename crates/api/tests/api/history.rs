//! A person's own history, and failed logins in the record.

use reqwest::Method;
use serde_json::{Value, json};

use crate::keys::{call, made, refused};
use crate::support::{Api, Browser, ORIGIN, Session};

async fn history(api: &Api, session: &Session, query: &str) -> Value {
    let path = format!("/v1/me/history{query}");
    let reply = Browser::new(api).get_with(&path, &[("authorization", &session.bearer())]).await;
    assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"), "{reply:?}");
    reply.json()
}

fn names(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_person_reads_the_history_of_their_account_newest_first() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    let path = format!("{}?{}", back.path(), back.query().unwrap());
    let reply = browser.get_with(&path, &[("x-forwarded-for", "203.0.113.9")]).await;
    let session = Session::from(&reply);
    api.provider.script().sub = "somebody-else";
    let other = Browser::new(&api).log_in().await;
    let (key, _) = made(&api, &session, "a key").await;
    let list = history(&api, &session, "").await;
    assert_eq!(names(&list), ["key.created", "login.success", "user.created"]);
    let login = &list["data"][1];
    let id = login["id"].clone();
    assert_eq!(
        *login,
        json!({
            "object": "event", "id": id, "at": "2026-01-01T00:00:00Z", "event": "login.success",
            "outcome": "success", "reason": null, "token_id": session.token_id, "client": "203.0.113.9",
            "details": null,
        })
    );
    assert_eq!(list["data"][0]["token_id"], key);
    assert!(!list.to_string().contains("a key"), "{list}");
    let id = api.text("SELECT request_id FROM audit WHERE event = 'login.success' ORDER BY id LIMIT 1").await;
    assert_eq!(id, reply.header("x-request-id"));
    // The history is read page by page, and has no events of other people.
    let page = history(&api, &session, "?limit=1").await;
    assert_eq!(names(&page), ["key.created"]);
    let next = history(&api, &session, &format!("?limit=5&before={}", page["data"][0]["id"])).await;
    assert_eq!(names(&next), ["login.success", "user.created"]);
    assert_eq!(names(&history(&api, &other, "").await), ["login.success", "user.created"]);
}

#[tokio::test]
async fn a_key_cannot_read_the_history_and_a_typo_is_reported() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let (_, bearer) = made(&api, &session, "a key").await;
    let reply = Browser::new(&api).get_with("/v1/me/history", &[("authorization", &bearer)]).await;
    reply.problem(403);
    for query in
        ["?limit=0", "?limit=101", "?limit=x", "?before=0", "?before=x", "?after=1", "?limit=1&limit=2"]
    {
        let reply = call(&api, &session.bearer(), Method::GET, &format!("/v1/me/history{query}"), None).await;
        refused(&reply, 422, "invalid_query");
    }
    Browser::new(&api).get("/v1/me/history").await.problem(401);
}

#[tokio::test]
async fn a_failed_login_is_recorded_only_when_its_state_is_known() {
    let api = Api::start().await;
    for (error, event, reason) in [
        ("access_denied", "login.refused", "access_denied"),
        ("unmet_authentication_requirements", "login.refused", "acr_not_met"),
        ("invalid_scope", "login.failed", "configuration"),
        ("server_error", "login.failed", "provider_error"),
        ("temporarily_unavailable", "login.failed", "provider_unavailable"),
    ] {
        let mut browser = Browser::new(&api);
        let mut back = browser.until_callback().await;
        let state = back.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        back.query_pairs_mut().clear().append_pair("state", &state).append_pair("error", error);
        let reply = browser.call_back(&back).await;
        assert_eq!(reply.location(), format!("{ORIGIN}/?login_error={reason}"));
        let last = "SELECT event || ' ' || reason || ' ' || outcome FROM audit ORDER BY id DESC LIMIT 1";
        let outcome = event.strip_prefix("login.").unwrap();
        assert_eq!(api.text(last).await, format!("{event} {reason} {outcome}"));
    }
    // Requests without a pending login add nothing to the record.
    let before = api.count("audit").await;
    for path in ["/v1/oauth2/login", "/v1/oauth2/callback?state=x&error=y", "/v1/me", "/nowhere"] {
        Browser::new(&api).get(path).await;
    }
    let forged = format!("/v1/oauth2/callback?state={}&error=access_denied", "s".repeat(43));
    Browser::new(&api).get(&forged).await.problem(400);
    assert_eq!(api.count("audit").await, before);
}

#[tokio::test]
async fn a_disabled_account_is_a_refusal() {
    let api = Api::start().await;
    Browser::new(&api).log_in().await;
    api.execute("UPDATE users SET disabled = 1").await;
    Browser::new(&api).try_to_log_in().await;
    let last = "SELECT event || ' ' || reason FROM audit ORDER BY id DESC LIMIT 1";
    assert_eq!(api.text(last).await, "login.refused account_disabled");
}
