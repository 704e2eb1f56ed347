//! The headers of every answer.

use token_crypto::KeyRing;

use crate::support::{KEY, Playground};

#[tokio::test]
async fn every_page_has_the_policy_and_is_not_cached() {
    let playground = Playground::start().await;
    let mut logged_in = playground.logged_in().await;
    let mut browser = playground.browser();
    for page in [
        browser.get("/").await,
        browser.get("/logged-out").await,
        browser.get("/cookies").await,
        browser.get("/nothing-here").await,
        browser.get("/logout").await,
        browser.post_with("/logout", &[("sec-fetch-site", "cross-site")]).await,
        logged_in.get("/").await,
        logged_in.post("/logout").await,
    ] {
        let policy = page.header("content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
        assert_eq!(
            policy,
            format!(
                "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
                 connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
                 frame-ancestors 'none'"
            )
        );
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("strict-transport-security"), "", "this is plain http");
        assert!(!page.html.contains(" style="), "the policy forbids inline styles");
        assert!(page.html.starts_with("<!DOCTYPE html><html lang=\"fr\">"), "{}", page.html);
        assert_eq!(page.html.matches("<h1>").count(), 1, "{}", page.html);
        assert_eq!(page.html.matches("<main").count(), 1);
        assert!(page.title().ends_with(" - Passerelle"), "{}", page.title());
        assert_eq!(page.header("x-request-id").len(), 16);
    }
}

#[tokio::test]
async fn https_sets_hsts() {
    let playground = Playground::configured("public_url: https://app.example.gouv.fr").await;
    let mut browser = playground.browser();
    for path in ["/", "/login", "/nothing-here", "/health/live", "/pkg/playground.CssHash.css"] {
        let page = browser.get(path).await;
        assert_eq!(page.header("strict-transport-security"), "max-age=63072000", "{path}");
    }
}

#[tokio::test]
async fn https_on_this_machine_sets_no_hsts() {
    for host in ["localhost", "app.localhost", "127.0.0.1", "[::1]"] {
        let playground = Playground::configured(&format!("public_url: https://{host}:3443")).await;
        let page = playground.browser().get("/").await;
        assert_eq!(page.header("strict-transport-security"), "", "{host}");
    }
}

#[tokio::test]
async fn the_live_and_ready_probes_answer() {
    let playground = Playground::alone().await;
    // `api doctor` compares the fingerprint with the api's.
    let key = KeyRing::parse([KEY.into()]).unwrap().fingerprint();
    let ready = format!(r#"{{"status":"ready","key":"{key}"}}"#);
    for (path, body) in [("/health/live", r#"{"status":"live"}"#), ("/health/ready", ready.as_str())] {
        let answer = playground.browser().get(path).await;
        assert_eq!((answer.status, answer.html.as_str()), (200, body));
        assert_eq!(answer.header("content-type"), "application/json");
    }
}
