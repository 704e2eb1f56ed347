//! `/keys/{id}/…`: renaming, replacing and ending a key.

use serde_json::{Value, json};

use crate::support::api_keys::{WHOLE, but, key, list};
use crate::support::{Answer, Playground, assert_contains, now, with};

const DAY: u64 = 86_400;

fn active() -> (&'static str, Answer) {
    ("GET /v1/keys/8", Answer::Json(key(8, "Import", "active", now().0 + 300 * DAY)))
}

#[tokio::test]
async fn a_key_is_renamed_and_the_list_says_so() {
    let renamed = Answer::Json(key(8, "Nuit", "active", None));
    let playground = with(vec![active(), ("PATCH /v1/keys/8", renamed)]).await;
    let mut browser = playground.logged_in().await;
    let page = browser.get("/keys/8/rename").await;
    assert_contains(&page, &["value=\"Import\"", "action=\"/keys/8/rename\""]);
    let page = browser.submit("/keys/8/rename", "name=Nuit+%3Cb%3E").await;
    assert_eq!((page.status, page.location()), (303, "/keys#notice"));
    let call = playground.calls().into_iter().find(|call| call.line.starts_with("PATCH")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&call.body).unwrap(), json!({ "name": "Nuit <b>" }));
    let page = browser.get("/keys").await;
    assert!(page.role("status").unwrap().contains("Le nouveau nom est enregistré."));
    assert_contains(&page, &["id=\"notice\" tabindex=\"-1\""]);
}

#[tokio::test]
async fn a_refused_name_stays_in_the_field_with_a_message_beside_it() {
    let refusal = Answer::Problem(422, "invalid_name", json!({ "field": "name" }));
    let mut browser = with(vec![active(), ("PATCH /v1/keys/8", refusal)]).await.logged_in().await;
    for name in ["x".repeat(81).as_str(), "", "a%07b"] {
        let page = browser.submit("/keys/8/rename", &format!("name={name}")).await;
        assert_eq!(page.status, 422);
        page.assert_alert("Donnez un nom de 1 à 80");
        assert_contains(&page, &["aria-invalid=\"true\""]);
    }
}

#[tokio::test]
async fn a_key_is_ended_after_a_confirmation_that_names_it() {
    let playground = with(vec![active(), ("DELETE /v1/keys/8", Answer::Status(204))]).await;
    let mut browser = playground.logged_in().await;
    let page = browser.get("/keys/8/revoke").await;
    assert_contains(
        &page,
        &[
            "<bdi>Import</bdi>",
            "sk-pslAb…wxyz",
            "C’est définitif.",
            "href=\"/keys\"",
            "href=\"/keys/8/rotate\"",
        ],
    );
    assert!(playground.calls().iter().all(|call| !call.line.starts_with("DELETE")), "a link ends nothing");
    let page = browser.submit("/keys/8/revoke", "").await;
    assert_eq!((page.status, page.location()), (303, "/keys#notice"));
    assert!(browser.get("/keys").await.role("status").unwrap().contains("La clé est révoquée"));
}

#[tokio::test]
async fn a_key_is_replaced_and_the_new_one_is_shown_once() {
    for (grace, seconds, told) in [
        ("none", 0, "L’ancienne clé ne fonctionne plus."),
        ("day", 86_400, "L’ancienne clé fonctionne encore jusqu’au"),
        ("week", 604_800, "L’ancienne clé fonctionne encore jusqu’au"),
        ("nonsense", 86_400, "L’ancienne clé fonctionne encore jusqu’au"),
    ] {
        let made = but(key(9, "Import", "active", 1_797_776_000), &json!({ "value": WHOLE, "token": WHOLE }));
        let playground = with(vec![active(), ("POST /v1/keys/8/rotate", Answer::Made(201, made))]).await;
        let mut browser = playground.logged_in().await;
        let page = browser.get("/keys/8/rotate").await;
        assert_contains(
            &page,
            &["value=\"day\" checked", "value=\"week\"", "value=\"none\"", "24\u{a0}heures"],
        );
        let page = browser.submit("/keys/8/rotate", &format!("grace={grace}")).await;
        assert_eq!(page.status, 200);
        assert_contains(&page, &[&format!(">{WHOLE}</textarea>"), told]);
        let call = playground.calls().into_iter().find(|call| call.line.starts_with("POST")).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&call.body).unwrap(), json!({ "grace": seconds }));
        assert!(browser.get("/keys").await.role("status").unwrap().contains("n’est plus affichée"));
    }
}

#[tokio::test]
async fn a_lifetime_that_is_now_too_long_is_shortened_only_after_confirmation() {
    for (code, more) in
        [("expires_too_late", json!({ "max_expires": 1_795_507_860 })), ("expiry_required", json!({}))]
    {
        let refusal = Answer::Problem(422, code, more);
        let playground = with(vec![active(), ("POST /v1/keys/8/rotate", refusal)]).await;
        let mut browser = playground.logged_in().await;
        let page = browser.submit("/keys/8/rotate", "grace=week").await;
        assert_eq!(page.status, 422);
        page.assert_alert("la nouvelle clé expirera plus tôt");
        assert_contains(&page, &["value=\"week\" checked", "name=\"expires\" value=\"1"]);
        browser.submit("/keys/8/rotate", "grace=week&expires=1795507860").await;
        let call = playground.calls().into_iter().rfind(|call| call.line.starts_with("POST")).unwrap();
        let body: Value = serde_json::from_str(&call.body).unwrap();
        assert_eq!(body, json!({ "grace": 604_800, "expires": 1_795_507_860 }));
    }
}

#[tokio::test]
async fn the_page_says_why_a_key_cannot_be_replaced() {
    for (status, code, told) in [
        (409, "already_rotated", "Cette clé a déjà été remplacée."),
        (409, "key_revoked", "Cette clé est révoquée."),
        (409, "too_many_keys", "Vous avez atteint le nombre de clés"),
        (403, "keys_disabled", "Ce service ne crée plus de clés"),
        (429, "too_many_requests", "Trop de demandes"),
    ] {
        let refusal = Answer::Problem(status, code, json!({}));
        let mut browser = with(vec![active(), ("POST /v1/keys/8/rotate", refusal)]).await.logged_in().await;
        let page = browser.submit("/keys/8/rotate", "grace=day").await;
        assert_eq!(page.status, status, "{code}");
        page.assert_alert(told);
    }
    for (key, told) in [
        (key(8, "x", "revoked", None), "Cette clé est révoquée."),
        (but(key(8, "x", "active", None), &json!({ "replaced_by": 9 })), "Cette clé a déjà été remplacée."),
    ] {
        let mut browser = with(vec![("GET /v1/keys/8", Answer::Json(key))]).await.logged_in().await;
        let page = browser.get("/keys/8/rotate").await;
        page.assert_alert(told);
        assert!(!page.html.contains("action=\"/keys/8/rotate\""));
    }
}

#[tokio::test]
async fn an_expired_key_is_replaced_without_a_grace_period() {
    let expired = Answer::Json(key(8, "x", "expired", 1_790_000_000));
    let mut browser = with(vec![("GET /v1/keys/8", expired)]).await.logged_in().await;
    let page = browser.get("/keys/8/rotate").await;
    assert_contains(&page, &["Cette clé a expiré", "action=\"/keys/8/rotate\""]);
    assert!(!page.html.contains("name=\"grace\""));
}

#[tokio::test]
async fn the_key_of_another_person_is_not_found() {
    let mut browser = Playground::start().await.logged_in().await;
    for path in ["/keys/99/rename", "/keys/99/revoke", "/keys/99/rotate", "/sessions/99/end"] {
        for page in [browser.get(path).await, browser.submit(path, "name=x&grace=day").await] {
            assert_eq!(page.status, 404, "{path}");
            assert_contains(&page, &["Page introuvable"]);
        }
    }
    for path in
        ["/keys/x/revoke", "/keys/1e3/rotate", "/keys/99999999999999999999/rename", "/keys/8", "/keys/"]
    {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
    let page = with(vec![("GET /v1/keys", list(&[]))])
        .await
        .logged_in()
        .await
        .request(reqwest::Method::PUT, "/keys")
        .await;
    assert_eq!(page.status, 405);
}
