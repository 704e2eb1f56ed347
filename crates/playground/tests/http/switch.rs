//! « Utiliser un autre compte », and what a login does to the session that it replaces.

use std::time::Duration;

use url::Url;

use crate::support::{APP_TOKEN, Answer, Answers, Browser, KEY, Playground, envelope, keys, now};

const OFFER: &str = "Utiliser un autre compte";

#[tokio::test]
async fn a_refused_person_with_a_proconnect_session_is_offered_another_account() {
    let playground = Playground::start().await;
    for (code, is_offered) in [
        ("account_disabled", true),
        ("acr_not_met", true),
        ("not_allowed", true),
        ("access_refused", true),
        ("access_refused&reason=email_domain", true),
        ("access_refused&reason=of_a_later_version", true),
        ("access_denied&reason=email_domain", false),
        ("access_denied", false),
        ("login_expired", false),
        ("provider_error", false),
        ("provider_unavailable", false),
        ("configuration", false),
        ("internal", false),
    ] {
        let mut browser = playground.browser();
        browser.get(&format!("/?login_error={code}")).await;
        let page = browser.get("/").await;
        assert_eq!(page.html.contains(OFFER), is_offered, "{code}: {}", page.html);
        assert_eq!(page.html.contains("href=\"/switch\""), is_offered, "{code}");
    }
}

/// Follows the link; returns the state that ProConnect will send back.
async fn switch(browser: &mut Browser) -> String {
    let page = browser.get("/switch").await;
    assert_eq!(page.status, 303, "{}", page.html);
    let url = Url::parse(page.location()).unwrap();
    assert_eq!(url.path(), "/v1/oauth2/switch");
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    assert_eq!(pairs[0], ("origin".to_owned(), "http://localhost:3000".to_owned()));
    assert_eq!((pairs[1].0.as_str(), pairs[1].1.len(), pairs.len()), ("state", 43, 2));
    pairs[1].1.clone()
}

#[tokio::test]
async fn the_new_login_begins_after_proconnect_has_ended_the_first_session() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let state = switch(&mut browser).await;
    // A return with another state, or in another browser, begins no login.
    for path in ["/logged-out", "/logged-out?state=", "/logged-out?state=AAAA"] {
        let page = browser.back_from_proconnect(path).await;
        assert!(page.role("status").unwrap().contains("Aucune session"), "{path}");
    }
    let elsewhere = playground.browser().get(&format!("/logged-out?state={state}")).await;
    assert_eq!(elsewhere.location(), "/logged-out");
    let page = browser.get(&format!("/logged-out?state={state}")).await;
    assert_eq!((page.status, page.location()), (303, "/login"));
    // It works once.
    let page = browser.get(&format!("/logged-out?state={state}")).await;
    assert_eq!(page.location(), "/logged-out");
}

#[tokio::test]
async fn a_prefetched_link_begins_nothing() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    for headers in [("sec-purpose", "prefetch"), ("purpose", "prefetch"), ("x-moz", "prefetch")] {
        assert_eq!(browser.send_with("/switch", &[headers]).await.status, 204);
    }
    assert_eq!(browser.request(reqwest::Method::HEAD, "/switch").await.status, 204);
    assert!(browser.cookies.is_empty());
}

/// Logs in with a token of this name and number.
async fn log_in(browser: &mut Browser, token: &str, token_id: i64) {
    let binding = browser.begin_login("/login").await;
    let mut own = envelope(Some(&binding));
    (own.app_token, own.token_id) = (token.into(), token_id);
    browser.land(&own.seal(&keys(&[KEY]), now())).await;
    assert!(browser.has_session());
}

/// The bodies of the revocations, as soon as there are `expected` of them; none after a timeout.
async fn revocations(playground: &Playground, expected: usize) -> Vec<String> {
    for _ in 0..60 {
        let calls = playground.calls().into_iter().filter(|call| call.path == "/v1/oauth2/revoke");
        let bodies: Vec<String> = calls.map(|call| call.body).collect();
        if bodies.len() >= expected.max(1) {
            return bodies;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Vec::new()
}

#[tokio::test]
async fn a_login_ends_the_previous_session_of_the_same_browser() {
    let playground = Playground::start().await;
    let (mut browser, mut other) = (playground.browser(), playground.browser());
    log_in(&mut browser, APP_TOKEN, 42).await;
    log_in(&mut other, "sk-of-another-browser", 43).await;
    // A login that fails ends nothing.
    browser.get("/?login_error=access_denied").await;
    browser.get("/?encrypted_token=garbage").await;
    log_in(&mut browser, "sk-the-second", 44).await;
    assert_eq!(revocations(&playground, 1).await, [format!("token={APP_TOKEN}&reason=login")]);
}

#[tokio::test]
async fn ending_the_previous_session_is_tried_twice() {
    let answers = Answers { revoke: Answer::Status(503), ..Answers::default() };
    let playground = Playground::with(answers, "").await;
    let mut browser = playground.browser();
    log_in(&mut browser, APP_TOKEN, 42).await;
    log_in(&mut browser, "sk-the-second", 43).await;
    assert_eq!(revocations(&playground, 2).await.len(), 2);
}

#[tokio::test]
async fn a_refusal_names_the_rule_and_never_its_list() {
    let playground = Playground::start().await;
    for (query, words) in [
        (
            "login_error=access_refused&reason=email_domain",
            "Votre adresse électronique n’est pas d’un domaine admis",
        ),
        (
            "reason=organization&login_error=access_refused",
            "Votre organisation n’est pas parmi celles admises",
        ),
        ("login_error=access_refused&reason=role_unknown", "ProConnect n’a pas pu déterminer"),
        ("login_error=access_refused&reason=denied", "Ce service ne vous est pas ouvert."),
        ("login_error=access_refused&reason=<script>", "ne remplit pas les conditions"),
        ("login_error=access_refused", "ne remplit pas les conditions"),
    ] {
        let mut browser = playground.browser();
        let landed = browser.get(&format!("/?{query}")).await;
        assert_eq!((landed.status, landed.location()), (303, "/"), "{query}");
        let page = browser.get("/").await;
        assert!(page.role("alert").unwrap().contains(words), "{query}: {}", page.html);
    }
}
