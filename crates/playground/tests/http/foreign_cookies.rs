//! Cookies of somebody else, which a browser sends along with ours: they hide none.

use crate::support::{Answer, Answers, Playground};

/// Latin-1, UTF-8, bytes that are neither, and what a server might decode or trim.
const FOREIGN: [&[u8]; 8] =
    [b"nom=H\xe9", b"nom=\xc3\xa9", b"\xff", b"a=\x80b", b"a=\xc3", b"a=\tb", b"a=%e9", b"%ff=\"x"];

#[tokio::test]
async fn a_login_succeeds_and_its_session_lasts() {
    for foreign in FOREIGN {
        let playground = Playground::start().await;
        let mut browser = playground.browser();
        browser.foreign = foreign;
        assert_eq!(browser.log_in().await.location(), "/", "{}", foreign.escape_ascii());
        let page = browser.get("/").await;
        assert!(page.html.contains("Camille Martin"), "{}: {}", foreign.escape_ascii(), page.html);
        assert!(browser.cookies_named("playground_login").is_empty(), "{}", foreign.escape_ascii());
    }
}

#[tokio::test]
async fn a_logout_ends_the_token_and_is_recognised_when_it_comes_back() {
    for foreign in FOREIGN {
        let playground = Playground::start().await;
        let mut browser = playground.logged_in().await;
        browser.foreign = foreign;
        let page = browser.post("/logout").await;
        assert_eq!((page.status, browser.has_session()), (200, false), "{}", foreign.escape_ascii());
        let call = playground.calls().pop().unwrap();
        assert_eq!(call.path, "/v1/oauth2/logout", "{}", foreign.escape_ascii());
        let body: serde_json::Value = serde_json::from_str(&call.body).unwrap();
        let back = format!("/logged-out?state={}", body["state"].as_str().unwrap());
        let page = browser.get(&back).await;
        assert!(page.role("status").unwrap().contains("Vous êtes déconnecté."), "{}", page.html);
    }
}

#[tokio::test]
async fn a_notice_is_shown() {
    for foreign in FOREIGN {
        let playground = Playground::with(Answers::me(Answer::Status(500)), "").await;
        let mut browser = playground.browser();
        browser.foreign = foreign;
        assert_eq!(browser.get("/?login_error=access_denied").await.status, 303);
        let page = browser.get("/").await;
        assert!(page.role("alert").is_some(), "{}: {}", foreign.escape_ascii(), page.html);
    }
}
