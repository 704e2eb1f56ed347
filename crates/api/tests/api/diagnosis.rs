//! What an operator finds in the log: one line for each refusal, at WARN or, when only the operator can solve it, at ERROR, with
//! the provider's own words, the key to change if one is wrong, and the request's id; never an address or a token.

use reqwest::Method;

use crate::support::browser::fail;
use crate::support::log::Log;
use crate::support::script::Script;
use crate::support::twist::Twist;
use crate::support::{Api, Browser, ORIGIN, login_path};

#[tokio::test]
async fn an_error_of_the_provider_is_quoted_after_cutting_and_cleaning() {
    let api = Api::start().await;
    let log = Log::capture();
    let endless = "x".repeat(5_000);
    for (error, description, code, words) in [
        (
            "invalid_scope",
            "requested scope is not allowed",
            "configuration",
            &["invalid_scope", "requested scope is not allowed", "oauth2.client_id", "scope"][..],
        ),
        ("access_denied", "User auth aborted", "access_denied", &["access_denied", "User auth aborted"]),
        (
            "server_error",
            "oops\r\n2026-11-26 INFO forged: line",
            "provider_error",
            &["server_error", "oops 2026-11-26 INFO forged: line"],
        ),
        ("server_error", &endless, "provider_error", &["server_error", &endless[..100]]),
        ("access_denied", "camille@example.gouv.fr is unknown", "access_denied", &["[address] is unknown"]),
    ] {
        let mut browser = Browser::new(&api);
        let mut back = browser.until_callback().await;
        fail(&mut back, error, description);
        log.take();
        let reply = browser.call_back(&back).await;
        assert_eq!(reply.location(), format!("{ORIGIN}/?login_error={code}"));
        let line = log.the_refusal(&reply, "a login is refused");
        for word in words {
            assert!(line.contains(word), "{word} is not in {line}");
        }
    }
}

#[tokio::test]
async fn an_error_with_an_unknown_state_is_logged_too() {
    let api = Api::start().await;
    let log = Log::capture();
    let path =
        format!("/v1/oauth2/callback?state={}&error=invalid_scope&error_description=no", "s".repeat(43));
    let reply = Browser::new(&api).get(&path).await;
    reply.problem(400);
    let line = log.the_refusal(&reply, "a callback is refused");
    assert!(line.contains("invalid_scope"), "{line}");
}

#[tokio::test]
async fn a_wrong_client_secret_names_the_keys_to_compare() {
    let api = Api::start().await;
    let log = Log::capture();
    let script = |script: &mut Script| {
        script.token = Twist::Instead(
            401,
            "application/json",
            r#"{"error":"invalid_client","error_description":"client authentication failed"}"#,
        );
    };
    script(&mut api.provider.script());
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    log.take();
    let reply = browser.call_back(&back).await;
    assert_eq!(reply.location(), format!("{ORIGIN}/?login_error=configuration"));
    let line = log.the_refusal(&reply, "a login is refused");
    for word in ["invalid_client", "client authentication failed", "client_secret"] {
        assert!(line.contains(word), "{word} is not in {line}");
    }
}

#[tokio::test]
async fn a_refused_code_is_logged_with_what_the_provider_says_of_it() {
    let api = Api::start().await;
    let log = Log::capture();
    let body = r#"{"error":"invalid_grant","error_description":"redirect_uri mismatch\r\nfor camille@x.fr"}"#;
    api.provider.script().token = Twist::Instead(400, "application/json", body);
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    log.take();
    let reply = browser.call_back(&back).await;
    assert_eq!(reply.location(), format!("{ORIGIN}/?login_error=login_expired"));
    let line = log.the_refusal(&reply, "a login is refused");
    assert!(line.contains("(redirect_uri mismatch for [address])"), "{line}");
}

#[tokio::test]
async fn every_refusal_to_begin_a_login_is_logged() {
    let api = Api::start().await;
    let log = Log::capture();
    let binding = format!("{}&binding=short", login_path(ORIGIN));
    let twice = format!("{}&origin=x", login_path(ORIGIN));
    for (path, words) in [
        (
            login_path("https://elsewhere.example/path?secret=1"),
            &["elsewhere.example", "allowed_domains"][..],
        ),
        (login_path("https://user:a-password@evil.example"), &["evil.example"]),
        ("/v1/oauth2/login".to_owned(), &["names no origin"]),
        (binding, &["binding", "length=5"]),
        (twice, &["twice"]),
    ] {
        let reply = Browser::new(&api).get(&path).await;
        reply.problem(400);
        let line = log.the_refusal(&reply, "is refused");
        assert!(line.contains(&format!("code={}", reply.json()["code"])), "{line}");
        for word in words {
            assert!(line.contains(word), "{word} is not in {line}");
        }
        assert!(!line.contains("secret=1") && !line.contains("a-password"), "{line}");
    }
}

#[tokio::test]
async fn a_possible_duplicate_account_is_a_warning_with_its_id() {
    let api = Api::start().await;
    let log = Log::capture();
    let first = Browser::new(&api).log_in().await.me(&api).await.json()["id"].as_i64().unwrap();
    assert!(!log.take().contains(" WARN "), "a first login alone is no news");
    api.provider.script().sub = "the-same-person-elsewhere";
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    log.take();
    let reply = browser.call_back(&back).await;
    let line = log.the_refusal(&reply, "may be of somebody who has an account");
    assert!(line.contains(&format!("older_user_id={first}")), "{line}");
    // The second login of the same identity logs nothing.
    Browser::new(&api).log_in().await;
    assert!(!log.take().contains("may be of somebody"));
    assert_eq!(api.count("users").await, 2, "nothing is merged");
}

#[tokio::test]
async fn a_login_that_may_be_speculative_does_not_begin() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let pending = browser.until_callback().await;
    let before = browser.cookies.clone();
    for headers in [
        [("sec-purpose", "prefetch")],
        [("sec-purpose", "prefetch;prerender")],
        [("purpose", "prefetch")],
        [("x-moz", "prefetch")],
    ] {
        // Eight of them would drop the login that has begun.
        for _ in 0..9 {
            let reply = browser.get_with(&login_path(ORIGIN), &headers).await;
            assert_eq!((reply.status, reply.location()), (204, ""), "{headers:?}");
        }
        // What is wrong with a login is still said.
        browser.get_with(&login_path("https://evil.example"), &headers).await.problem(400);
    }
    assert_eq!(browser.send(Method::HEAD, &login_path(ORIGIN), &[], String::new()).await.status, 204);
    assert_eq!(browser.cookies, before);
    assert!(browser.call_back(&pending).await.location().contains("encrypted_token"));
}

#[tokio::test]
async fn a_callback_that_may_be_speculative_has_no_effect() {
    let api = Api::start().await;
    let ahead: [&[(&'static str, &str)]; 5] = [
        &[("sec-purpose", "prefetch")],
        &[("sec-purpose", "prefetch;prerender")],
        &[("purpose", "prefetch")],
        &[("x-moz", "prefetch")],
        &[("x-purpose", "preview")],
    ];
    for headers in ahead {
        let mut browser = Browser::new(&api);
        let back = browser.until_callback().await;
        let path = format!("{}?{}", back.path(), back.query().unwrap());
        let before = browser.cookies.clone();
        assert_eq!(browser.get_with(&path, headers).await.status, 204, "{headers:?}");
        assert_eq!(browser.cookies, before, "{headers:?}");
        assert!(browser.call_back(&back).await.location().contains("encrypted_token"), "{headers:?}");
    }
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    let path = format!("{}?{}", back.path(), back.query().unwrap());
    assert_eq!(browser.send(Method::HEAD, &path, &[], String::new()).await.status, 204);
    assert!(browser.call_back(&back).await.location().contains("encrypted_token"));
}
