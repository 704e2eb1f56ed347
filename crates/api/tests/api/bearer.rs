//! Which API tokens are accepted, and which are refused.

use std::fmt::Write as _;
use std::time::Duration;

use oidc::CachePolicy;
use reqwest::Method;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::support::{Api, Browser, Extra, Provider, Session, clock};

/// Asserts that both calls that need a token refuse these headers, and that the token of the session stays valid.
async fn both_refuse(api: &Api, session: &Session, headers: &[(&'static str, &str)]) {
    let body = json!({ "proconnect_token": session.id_token }).to_string();
    let mut browser = Browser::new(api);
    for (method, path) in [(Method::GET, "/v1/me/info"), (Method::POST, "/v1/oauth2/logout")] {
        let reply = browser.send(method, path, headers, body.clone()).await;
        let detail = reply.problem(401);
        assert!(reply.header("www-authenticate").starts_with("Bearer"), "{path} {headers:?}");
        assert!(!detail.contains(&session.app_token));
    }
}

#[tokio::test]
async fn a_request_without_a_well_formed_token_is_refused() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let token = session.app_token.as_str();
    let (_, random) = token.split_at(3);
    both_refuse(&api, &session, &[]).await;
    for value in [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        token.to_owned(),
        format!("Basic {token}"),
        format!("Token {token}"),
        format!("Bearer:{token}"),
        format!("Bearer {random}"),
        format!("Bearer SK-{random}"),
        format!("Bearer {token}A"),
        format!("Bearer {}", &token[..token.len() - 1]),
        format!("Bearer {token} {token}"),
        format!("Bearer {token}, Bearer {token}"),
        format!("Bearer \"{token}\""),
        format!("Bearer {}", token.to_lowercase()),
        format!("Bearer {}", token.to_uppercase()),
        format!("Bearer {}", session.id_token),
        format!("Bearer sk-{}", "A".repeat(43)),
        format!("Bearer sk-{}", "'".repeat(43)),
        format!("Bearer sk-{}", "%".repeat(43)),
        "Bearer ' OR 1=1 --".to_owned(),
    ] {
        both_refuse(&api, &session, &[("authorization", &value)]).await;
    }
    both_refuse(
        &api,
        &session,
        &[("authorization", &session.bearer()), ("authorization", &session.bearer())],
    )
    .await;
    both_refuse(&api, &session, &[("x-api-key", token)]).await;
    both_refuse(&api, &session, &[("cookie", &format!("token={token}"))]).await;
    assert_eq!(session.me(&api).await.status, 200);
}

#[tokio::test]
async fn a_token_is_compared_exactly_as_it_was_sent() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    for value in [format!("Bearer  {}", session.app_token), format!("Bearer \t{}", session.app_token)] {
        both_refuse(&api, &session, &[("authorization", &value)]).await;
    }
    assert_eq!(session.me(&api).await.status, 200);
}

#[tokio::test]
async fn a_string_that_cannot_be_a_token_is_refused_without_the_database() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    api.execute("ALTER TABLE tokens RENAME TO away").await;
    let wrong_sum = format!("{}{}", &session.app_token[..41], i32::from(session.app_token.ends_with('0')));
    both_refuse(&api, &session, &[("authorization", &format!("Bearer {wrong_sum}"))]).await;
    session.me(&api).await.problem(503);
}

#[tokio::test]
async fn only_a_string_that_could_be_a_token_counts_as_a_wrong_one() {
    let extra = Extra { api: "trusted_proxies: [127.0.0.0/8]", ..Extra::default() };
    let api = Api::with(Provider::start(), extra, CachePolicy::default()).await;
    let unknown = format!("sk-psl{}", "A".repeat(30));
    for (sum, refused) in [("26rZvj", 401), ("26rZvi", 429)] {
        let bearer = format!("Bearer {unknown}{sum}");
        let headers = [("authorization", bearer.as_str()), ("x-forwarded-for", "192.0.2.1")];
        let mut last = 0;
        for _ in 0..1_200 {
            last = Browser::new(&api).get_with("/v1/me", &headers).await.status;
            if last == 429 {
                break;
            }
        }
        assert_eq!(last, refused);
    }
    // The others of that address are still let in and out with a valid token, and nobody elsewhere is refused.
    let (bearer, there) = (format!("Bearer {unknown}26rZvi"), ("x-forwarded-for", "192.0.2.1"));
    let elsewhere = [("authorization", bearer.as_str()), ("x-forwarded-for", "192.0.2.2")];
    assert_eq!(Browser::new(&api).get_with("/v1/me", &elsewhere).await.status, 401);
    let session = Browser::new(&api).log_in().await;
    let (bearer, body) = (session.bearer(), json!({ "proconnect_token": session.id_token }).to_string());
    let headers = [("authorization", bearer.as_str()), there];
    assert_eq!(Browser::new(&api).get_with("/v1/me", &headers).await.status, 200);
    let logout = Browser::new(&api).send(Method::POST, "/v1/oauth2/logout", &headers, body).await;
    assert_eq!(logout.status, 200, "{logout:?}");
}

#[tokio::test]
async fn the_scheme_may_be_in_any_case() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let value = format!("{scheme} {}", session.app_token);
        let reply = Browser::new(&api).get_with("/v1/me/info", &[("authorization", &value)]).await;
        assert_eq!(reply.status, 200, "{scheme}");
    }
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    clock::advance(Duration::from_secs(24 * 3600 - 1));
    assert_eq!(session.me(&api).await.status, 200);
    clock::advance(Duration::from_secs(1));
    both_refuse(&api, &session, &[("authorization", &session.bearer())]).await;
}

#[tokio::test]
async fn a_revoked_token_is_refused() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    api.execute("DELETE FROM tokens").await;
    both_refuse(&api, &session, &[("authorization", &session.bearer())]).await;
}

#[tokio::test]
async fn the_token_of_a_disabled_or_deleted_account_is_refused() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    api.execute("UPDATE users SET disabled = 1").await;
    both_refuse(&api, &session, &[("authorization", &session.bearer())]).await;
    api.execute("DELETE FROM users").await;
    both_refuse(&api, &session, &[("authorization", &session.bearer())]).await;
}

#[tokio::test]
async fn the_database_has_only_the_hash_of_a_token() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let hash = Sha256::digest(&session.app_token);
    let hash = hash.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02X}").unwrap();
        text
    });
    assert_eq!(api.text("SELECT hex(hash) FROM tokens").await, hash);
    // The hash is not accepted as a token.
    let stolen = format!("Bearer sk-{}", &hash[..43]);
    both_refuse(&api, &session, &[("authorization", &stolen)]).await;
}
