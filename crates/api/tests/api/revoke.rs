//! `POST /v1/oauth2/revoke`: whoever has a token may end it.

use reqwest::Method;

use crate::support::{Api, Browser, Reply};

const FORM: &str = "application/x-www-form-urlencoded";

async fn revoke(api: &Api, body: &str) -> Reply {
    let headers = [("content-type", FORM)];
    Browser::new(api).send(Method::POST, "/v1/oauth2/revoke", &headers, body.to_owned()).await
}

#[tokio::test]
async fn whoever_has_a_token_can_end_it_and_no_other_token_ends() {
    let api = Api::start().await;
    let (session, other) = (Browser::new(&api).log_in().await, Browser::new(&api).log_in().await);
    for body in [
        format!("token={}&token_type_hint=access_token", session.app_token),
        format!("token={}", session.app_token),
    ] {
        let reply = revoke(&api, &body).await;
        assert_eq!((reply.status, reply.body.as_str()), (200, ""), "{reply:?}");
        assert_eq!(reply.header("cache-control"), "no-store");
    }
    assert_eq!(session.me(&api).await.status, 401);
    assert_eq!(other.me(&api).await.status, 200);
    assert_eq!(api.text("SELECT revoked_by FROM tokens WHERE revoked IS NOT NULL").await, "holder");
    let body = format!("token={}&reason=login", other.app_token);
    assert_eq!(revoke(&api, &body).await.status, 200);
    assert_eq!(other.me(&api).await.status, 401);
    assert_eq!(api.text("SELECT revoked_by FROM tokens ORDER BY id DESC LIMIT 1").await, "login");
}

#[tokio::test]
async fn an_unknown_or_invalid_token_gets_the_same_answer() {
    let api = Api::start().await;
    for token in ["x", "sk-pss", "sk-psszzzzzzzzzzzzzzzzzzzzzzzzzzzzzz0SdsOl", "%00", "é"] {
        let reply = revoke(&api, &format!("token={token}")).await;
        assert_eq!((reply.status, reply.body.as_str()), (200, ""), "{token}");
    }
}

#[tokio::test]
async fn a_request_without_exactly_one_token_is_refused_and_ends_nothing() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let token = &session.app_token;
    for body in [
        String::new(),
        "token=".to_owned(),
        format!("tokens={token}"),
        format!("token={token}&token={token}"),
        format!("token={token}&reason=whim"),
    ] {
        let reply = revoke(&api, &body).await;
        reply.problem(400);
        assert_eq!(reply.json()["code"], "invalid_body", "{body}");
    }
    for headers in [&[][..], &[("content-type", "application/json")]] {
        let body = format!("token={token}");
        let reply = Browser::new(&api).send(Method::POST, "/v1/oauth2/revoke", headers, body).await;
        reply.problem(415);
    }
    let reply = Browser::new(&api).get(&format!("/v1/oauth2/revoke?token={token}")).await;
    reply.problem(405);
    assert_eq!(session.me(&api).await.status, 200);
}
