//! `/sessions`: the list, and ending sessions.

use serde_json::{Value, json};

use crate::support::{Answer, Playground, assert_contains, now, with};

fn session(id: i64, other: &Value) -> Value {
    let mut session = json!({
        "object": "session", "id": id, "created": now().0 - 7_200, "last_used": now().0 - 600,
        "expires": now().0 + 79_200, "device": { "browser": "Firefox", "system": "Windows" },
        "address": "192.0.2.0/24", "application": null, "acr": null, "current": false
    });
    session.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    session
}

fn sessions() -> (&'static str, Answer) {
    let data = [
        session(
            43,
            &json!({
                "application": "https://autre.example.gouv.fr", "address": null, "last_used": null,
                "device": { "browser": null, "system": null }
            }),
        ),
        session(42, &json!({ "current": true })),
        session(41, &json!({ "device": { "browser": "<b>Chrome", "system": "Android" } })),
    ];
    ("GET /v1/me/sessions", Answer::Json(json!({ "object": "list", "total": 3, "data": data })))
}

#[tokio::test]
async fn the_list_names_each_device_and_marks_this_one() {
    let mut browser = with(vec![sessions()]).await.logged_in().await;
    let page = browser.get("/sessions").await;
    assert_eq!(page.status, 200);
    assert_contains(
        &page,
        &[
            "<a href=\"/sessions\" aria-current=\"page\">Sessions</a>",
            "<bdi>Firefox sur Windows</bdi>",
            "<bdi>Appareil inconnu</bdi>",
            "<bdi>&lt;b&gt;Chrome sur Android</bdi>",
            "<bdi>https://autre.example.gouv.fr</bdi>",
            "cette application",
            "192.0.2.0/24",
            "il y a 2\u{a0}heures",
            "il y a 10\u{a0}minutes",
            "href=\"/sessions/41/end\"",
            "href=\"/sessions/43/end\"",
            "href=\"/sessions/end\"",
        ],
    );
    assert_eq!(page.html.matches("Cette session").count(), 1);
    assert!(!page.html.contains("/sessions/42/end"));
    let first = page.html.split("<tbody").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(first.contains("Cette session"), "{first}");
}

#[tokio::test]
async fn one_session_is_ended_after_a_confirmation_that_names_it() {
    let playground = with(vec![sessions(), ("DELETE /v1/me/sessions/43", Answer::Status(204))]).await;
    let mut browser = playground.logged_in().await;
    let page = browser.get("/sessions/43/end").await;
    assert_contains(
        &page,
        &["Appareil inconnu", "https://autre.example.gouv.fr", "action=\"/sessions/43/end\""],
    );
    assert!(playground.calls().iter().all(|call| !call.line.starts_with("DELETE")));
    let page = browser.submit("/sessions/43/end", "").await;
    assert_eq!((page.status, page.location()), (303, "/sessions#notice"));
    let page = browser.get("/sessions").await;
    assert!(page.role("status").unwrap().contains("La session est fermée."));
}

#[tokio::test]
async fn ending_the_current_session_redirects_to_the_logout() {
    let playground = with(vec![sessions()]).await;
    let mut browser = playground.logged_in().await;
    for page in [browser.get("/sessions/42/end").await, browser.submit("/sessions/42/end", "").await] {
        assert_eq!((page.status, page.location()), (303, "/logout"));
    }
    assert!(browser.has_session());
}

#[tokio::test]
async fn all_other_sessions_end_and_the_keys_only_on_request() {
    let ended = Answer::Json(json!({ "ended": 2, "keys": 3 }));
    let playground = with(vec![sessions(), ("DELETE /v1/me/sessions", ended)]).await;
    let mut browser = playground.logged_in().await;
    let page = browser.get("/sessions/end").await;
    assert_contains(&page, &["2\u{a0}autres sessions sont ouvertes.", "type=\"checkbox\"", "name=\"keys\""]);
    for (form, line, told) in [
        ("", "DELETE /v1/me/sessions?keep=current&keys=false", "Vos autres sessions sont fermées."),
        ("keys=true", "DELETE /v1/me/sessions?keep=current&keys=true", "vos clés d’API révoquées"),
    ] {
        let page = browser.submit("/sessions/end", form).await;
        assert_eq!((page.status, page.location()), (303, "/sessions#notice"));
        assert!(playground.calls().iter().any(|call| call.line == line), "{line}");
        assert!(browser.get("/sessions").await.role("status").unwrap().contains(told), "{told}");
    }
}

#[tokio::test]
async fn with_one_session_the_page_says_so() {
    let data = [session(42, &json!({ "current": true }))];
    let one = Answer::Json(json!({ "object": "list", "total": 1, "data": data }));
    let mut browser = with(vec![("GET /v1/me/sessions", one)]).await.logged_in().await;
    let page = browser.get("/sessions").await;
    assert_contains(&page, &["Aucune autre session n’est ouverte."]);
    assert!(!page.html.contains("href=\"/sessions/end\""));
}

#[tokio::test]
async fn hundreds_of_sessions_are_shown() {
    let data: Vec<Value> = (100..600).map(|id| session(id, &json!({}))).collect();
    let many = Answer::Json(json!({ "object": "list", "total": 500, "data": data }));
    let page = with(vec![("GET /v1/me/sessions", many)]).await.logged_in().await.get("/sessions").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.html.matches("<tr").count(), 501);
}

#[tokio::test]
async fn an_api_that_fails_ends_nothing_and_keeps_the_session() {
    let playground = Playground::alone().await;
    let mut browser = playground.logged_in().await;
    for path in ["/sessions/end", "/sessions/43/end", "/keys/8/revoke"] {
        let page = browser.submit(path, "keys=true").await;
        assert_eq!(page.status, 503, "{path}");
        assert_contains(&page, &[&format!("href=\"{path}\"")]);
        assert!(browser.has_session());
    }
}
