//! `/history`: the history of an account.

use serde_json::{Value, json};

use crate::keys::{assert_contains, with};
use crate::support::{Answer, Playground};

fn event(id: i64, name: &str, reason: Option<&str>) -> Value {
    json!({
        "object": "event", "id": id, "at": "2026-11-24T08:11:00Z", "event": name, "outcome": "success",
        "reason": reason, "token_id": 7, "client": "192.0.2.7", "details": null
    })
}

fn list(events: &[Value]) -> Answer {
    Answer::Json(json!({ "object": "list", "data": events }))
}

const FIRST: &str = "GET /v1/me/history?limit=50";

#[tokio::test]
async fn each_event_is_shown_in_words_with_its_time_address_and_subject() {
    let mut unknown = event(1, "user.<b>teleported", None);
    unknown["client"] = Value::Null;
    unknown["token_id"] = Value::Null;
    let events = [
        event(4, "key.created", None),
        event(3, "session.ended", Some("login")),
        event(2, "login.success", None),
        unknown,
    ];
    let mut browser = with(vec![(FIRST, list(&events))]).await.logged_in().await;
    let page = browser.get("/history").await;
    assert_eq!(page.status, 200);
    assert_contains(
        &page,
        &[
            "<a href=\"/history\" aria-current=\"page\">Journal</a>",
            "Clé créée",
            "Session fermée",
            "par une nouvelle connexion",
            "Connexion",
            "24 novembre 2026 à 9\u{a0}h\u{a0}11",
            "192.0.2.7",
            "adresse inconnue",
            "<code>user.&lt;b&gt;teleported</code>",
        ],
    );
    assert!(page.html.contains("clé") && page.html.contains("session"));
    assert!(!page.html.contains("plus anciens"), "there are no more");
    browser.language = "en";
    let page = browser.get("/history").await;
    assert_contains(&page, &["Key created", "Session ended", "by another login", "unknown address"]);
}

#[tokio::test]
async fn every_event_that_the_api_records_has_words() {
    for name in [
        "login.success",
        "login.refused",
        "login.failed",
        "logout",
        "session.ended",
        "session.expired",
        "key.created",
        "key.renamed",
        "key.rotated",
        "key.revoked",
        "key.expired",
        "user.created",
        "user.linked",
        "user.role_changed",
        "user.disabled",
        "user.enabled",
    ] {
        let mut browser = with(vec![(FIRST, list(&[event(1, name, None)]))]).await.logged_in().await;
        let page = browser.get("/history").await;
        assert!(page.status == 200 && !page.html.contains("<code>"), "{name} has no words");
    }
}

#[tokio::test]
async fn older_events_are_on_the_next_page() {
    let events: Vec<Value> = (51..=100).rev().map(|id| event(id, "login.success", None)).collect();
    let older = ("GET /v1/me/history?limit=50&before=51", list(&[event(50, "logout", None)]));
    let mut browser = with(vec![(FIRST, list(&events)), older]).await.logged_in().await;
    let page = browser.get("/history").await;
    assert!(page.html.contains("href=\"/history?before=51\""), "{}", page.html);
    let page = browser.get("/history?before=51").await;
    assert_contains(&page, &["Déconnexion", "Revenir aux plus récents"]);
    assert!(!page.html.contains("plus anciens"));
    // A value that is not an event's id shows the newest events.
    for query in ["?before=x", "?before=0", "?before=-1", "?other=1"] {
        assert!(browser.get(&format!("/history{query}")).await.html.contains("before=51"), "{query}");
    }
}

#[tokio::test]
async fn without_events_a_session_or_an_api_the_page_says_so() {
    let mut browser = with(vec![(FIRST, list(&[]))]).await.logged_in().await;
    assert!(browser.get("/history").await.html.contains("Aucun événement."));
    let page = Playground::start().await.browser().get("/history").await;
    assert_eq!(page.status, 200);
    assert!(
        page.html.contains("/login?return_to=/history") || page.html.contains("/login?return_to=%2Fhistory")
    );
    let mut browser = with(vec![(FIRST, Answer::Status(503))]).await.logged_in().await;
    let page = browser.get("/history").await;
    assert_eq!(page.status, 503);
    assert!(browser.has_session());
    let mut browser = with(vec![(FIRST, Answer::Status(401))]).await.logged_in().await;
    let page = browser.get("/history").await;
    assert!(page.role("status").unwrap().contains("Votre session a pris fin."), "{}", page.html);
}
