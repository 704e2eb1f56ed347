//! Foreign cookies, which a browser sends together with ours: at any place, they do not hide ours.

use service::testing::FOREIGN_COOKIES;

use crate::support::{Answer, Answers, Browser, Placement, Playground, sealed};

/// Every foreign pair at every place, with a name for messages.
fn every_case() -> impl Iterator<Item = (&'static [u8], Placement, String)> {
    FOREIGN_COOKIES.into_iter().flat_map(|foreign| {
        Placement::ALL
            .map(|placement| (foreign, placement, format!("{placement:?} {}", foreign.escape_ascii())))
    })
}

fn browser_with(playground: &Playground, foreign: &'static [u8], placement: Placement) -> Browser {
    let mut browser = playground.browser();
    (browser.foreign, browser.placement) = (foreign, placement);
    browser
}

#[tokio::test]
async fn a_login_succeeds_and_its_session_lasts() {
    let playground = Playground::start().await;
    for (foreign, placement, case) in every_case() {
        let mut browser = browser_with(&playground, foreign, placement);
        assert_eq!(browser.log_in().await.location(), "/", "{case}");
        let page = browser.get("/").await;
        assert!(page.html.contains("Camille Martin"), "{case}: {}", page.html);
        assert!(browser.cookies_named("playground_login").is_empty(), "{case}");
    }
}

#[tokio::test]
async fn both_of_two_pending_logins_can_finish() {
    let playground = Playground::start().await;
    for (foreign, placement, case) in every_case() {
        let mut browser = browser_with(&playground, foreign, placement);
        let first = browser.begin_login("/login").await;
        let second = browser.begin_login("/login").await;
        for (binding, left) in [(first, 1), (second, 0)] {
            assert_eq!(browser.land(&sealed(Some(&binding))).await.location(), "/", "{case}");
            assert_eq!(browser.cookies_named("playground_login").len(), left, "{case}");
        }
        assert!(browser.has_session(), "{case}");
    }
}

#[tokio::test]
async fn a_logout_ends_the_token_and_its_return_is_recognised() {
    let playground = Playground::start().await;
    for (foreign, placement, case) in every_case() {
        let mut browser = browser_with(&playground, foreign, placement);
        browser.log_in().await;
        let page = browser.post("/logout").await;
        assert_eq!((page.status, browser.has_session()), (200, false), "{case}");
        let call = playground.calls().pop().unwrap();
        assert_eq!(call.path, "/v1/oauth2/logout", "{case}");
        let body: serde_json::Value = serde_json::from_str(&call.body).unwrap();
        let back = format!("/logged-out?state={}", body["state"].as_str().unwrap());
        let page = browser.back_from_proconnect(&back).await;
        assert!(page.role("status").unwrap().contains("Vous êtes déconnecté."), "{case}: {}", page.html);
    }
}

#[tokio::test]
async fn a_notice_is_shown() {
    let playground = Playground::with(Answers::me(Answer::Status(500)), "").await;
    for (foreign, placement, case) in every_case() {
        let mut browser = browser_with(&playground, foreign, placement);
        assert_eq!(browser.get("/?login_error=access_denied").await.status, 303, "{case}");
        let page = browser.get("/").await;
        assert!(page.role("alert").is_some(), "{case}: {}", page.html);
    }
}
