//! `/keys`: the list, and the form that makes a key.

use serde_json::{Value, json};

use crate::support::api_keys::{WHOLE, but, key, list};
use crate::support::{APP_TOKEN, Answer, Page, Playground, assert_contains, now, with};

const MARK: &str = "0123456789abcdef0123456789abcdef";
const DAY: u64 = 86_400;

fn in_days(days: u64) -> u64 {
    now().0 + days * DAY
}

fn form(name: &str, lifetime: &str) -> String {
    format!("request={MARK}&name={name}&lifetime={lifetime}&date=")
}

#[tokio::test]
async fn without_a_session_only_the_login_is_shown() {
    let playground = Playground::start().await;
    for path in [
        "/keys",
        "/keys?status=active&name=x",
        "/try",
        "/keys/8/rename",
        "/keys/8/revoke",
        "/keys/8/rotate",
        "/sessions",
        "/sessions/end",
        "/sessions/7/end",
    ] {
        let page = playground.browser().get(path).await;
        // A query comes back too: as a parameter, its `&` is no end of it.
        let path = path.replace('&', "%26");
        assert_eq!(page.status, 200, "{path}");
        assert_contains(&page, &[&format!("href=\"/login?return_to={path}\""), "<b>ProConnect</b>"]);
        assert!(!page.html.contains("<nav"), "{path}");
    }
    assert!(playground.calls().is_empty());
}

#[tokio::test]
async fn the_list_shows_all_details_of_a_key() {
    let keys = [
        but(key(8, "Import de nuit", "active", in_days(40)), &json!({ "last_used": now().0 - 3 * DAY })),
        key(7, "Essai", "expired", 1_790_086_400),
        key(6, "Ancienne", "revoked", None),
        but(key(5, "Relève", "active", in_days(1)), &json!({ "replaced_by": 8 })),
    ];
    let playground = with(vec![("GET /v1/keys", list(&keys))]).await;
    let page = playground.logged_in().await.get("/keys").await;
    assert_eq!(page.status, 200);
    assert_contains(
        &page,
        &[
            "<title>Clés d’API - Passerelle</title>",
            "<a href=\"/keys\" aria-current=\"page\">Clés d’API</a>",
            "<bdi>Import de nuit</bdi>",
            "sk-pslAb…wxyz",
            "21 septembre 2026",
            "il y a 3\u{a0}jours",
            "jamais",
            "sans date de fin",
            ">Active</span>",
            ">Expirée</span>",
            ">Révoquée</span>",
            ">Remplacée</span>",
            "fonctionne encore",
            "href=\"/keys/8/rename\"",
            "href=\"/keys/8/rotate\"",
            "href=\"/keys/8/revoke\"",
            "href=\"/keys/7/rotate\"",
            "href=\"/keys?status=expired#list\"",
        ],
    );
    assert!(page.html.contains("dans 39\u{a0}jours") || page.html.contains("dans 40\u{a0}jours"));
    for dead_end in ["/keys/7/revoke", "/keys/6/revoke", "/keys/6/rotate", "/keys/5/rotate"] {
        assert!(!page.html.contains(dead_end), "{dead_end}");
    }
    assert!(playground.calls().iter().all(|call| call.authorization == format!("Bearer {APP_TOKEN}")));
}

#[tokio::test]
async fn a_name_is_escaped_and_isolated() {
    let name = "<img src=x onerror=alert(1)> \u{202e}tfel \"&";
    let playground = with(vec![
        ("GET /v1/keys", list(&[key(8, name, "active", in_days(3))])),
        ("GET /v1/keys/8", Answer::Json(key(8, name, "active", in_days(3)))),
    ])
    .await;
    let mut browser = playground.logged_in().await;
    for path in ["/keys", "/", "/keys/8/rename", "/keys/8/revoke", "/keys/8/rotate"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.html.contains("<img"), "{path}");
        let shown = "<bdi>&lt;img src=x onerror=alert(1)&gt; \u{202e}tfel ";
        assert_contains(&page, &[shown]);
        let others = page.html.replace(shown, "").replace("value=\"&lt;img", "");
        assert!(!others.contains("&lt;img"), "outside of <bdi> on {path}: {others}");
    }
}

#[tokio::test]
async fn the_filter_and_the_page_are_sent_to_the_api() {
    let many = Answer::Json(json!({
        "object": "list", "total": 45, "offset": 20, "limit": 20, "data": [key(8, "x", "revoked", None)]
    }));
    let playground = with(vec![("GET /v1/keys", many)]).await;
    let mut browser = playground.logged_in().await;
    let page = browser.get("/keys?status=revoked&page=2").await;
    assert_contains(
        &page,
        &[
            "Page 2 sur 3",
            "href=\"/keys?status=revoked#list\"",
            "href=\"/keys?status=revoked&amp;page=3#list\"",
            "href=\"/keys?status=revoked#list\" aria-current=\"page\"",
        ],
    );
    assert!(
        playground.calls().iter().any(|call| call.line == "GET /v1/keys?status=revoked&offset=20&limit=20")
    );
    for odd in
        ["?status=<b>", "?page=-1", "?page=x", "?status=a&status=b", "?%ff", "?page=99999999999999999999"]
    {
        assert_eq!(browser.get(&format!("/keys{odd}")).await.status, 200, "{odd}");
    }
}

#[tokio::test]
async fn an_empty_list_says_what_to_do() {
    let mut browser = Playground::start().await.logged_in().await;
    let page = browser.get("/keys").await;
    assert_contains(&page, &["Vous n’avez pas encore de clé.", "name=\"name\"", "name=\"request\""]);
    assert!(!page.html.contains("<table"));
    let page = browser.get("/keys?status=expired").await;
    assert_contains(&page, &["Aucune clé ne correspond", "href=\"/keys#list\""]);
    let page = browser.get("/keys?page=4").await;
    assert_eq!((page.status, page.location()), (303, "/keys"));
}

#[tokio::test]
async fn a_link_fills_in_the_form() {
    let mut browser = Playground::start().await.logged_in().await;
    let page = browser.get("/keys?name=Tutoriel%20%3Cb%3E&expires_in=30").await;
    assert_contains(&page, &["value=\"Tutoriel &lt;b&gt;\"", "<option value=\"30\" selected"]);
    let page = browser.get("/keys?expires_in=7").await;
    assert_contains(&page, &["<option value=\"date\" selected", "type=\"date\" value=\"20"]);
}

#[tokio::test]
async fn a_new_key_is_shown_only_in_the_answer_to_the_form() {
    let made = but(key(9, "Import", "active", 1_797_776_000), &json!({ "value": WHOLE, "token": WHOLE }));
    let playground = with(vec![("POST /v1/keys", Answer::Made(201, made))]).await;
    let mut browser = playground.logged_in().await;
    let page = browser.submit("/keys", &form("Import", "90")).await;
    assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
    assert!(page.role("status").unwrap().contains("Votre clé est prête"));
    assert_contains(
        &page,
        &[
            &format!(">{WHOLE}</textarea>"),
            &format!("curl -H \"Authorization: Bearer {WHOLE}\" http"),
            "/v1/me</textarea>",
            "readonly",
            "20 décembre 2026",
            "<bdi>Import</bdi>",
        ],
    );
    assert_eq!(page.html.matches(WHOLE).count(), 2, "in two fields, and nowhere else");
    assert!(!page.headers.iter().any(|(_, value)| value.to_str().is_ok_and(|text| text.contains("sk-"))));
    assert!(!page.html.contains("data-props"));

    let call = playground.calls().into_iter().find(|call| call.line == "POST /v1/keys").unwrap();
    assert_eq!(call.idempotency_key, MARK);
    let body: Value = serde_json::from_str(&call.body).unwrap();
    let asked = body["expires"].as_u64().unwrap();
    assert_eq!(body["name"], "Import");
    assert!((in_days(90) - 5..=in_days(90)).contains(&asked), "{asked}");

    let again = browser.get("/keys").await;
    assert!(again.role("status").unwrap().contains("Votre nouvelle clé n’est plus affichée."));
    assert!(!again.html.contains(WHOLE));
    assert!(!browser.get("/keys").await.html.contains("n’est plus affichée"), "it is told once");
}

#[tokio::test]
async fn a_key_without_expiry_and_a_chosen_day_are_sent_to_the_api() {
    let made = but(key(9, "x", "active", None), &json!({ "value": WHOLE, "token": WHOLE }));
    let playground = with(vec![("POST /v1/keys", Answer::Made(201, made))]).await;
    let mut browser = playground.logged_in().await;
    let page = browser.submit("/keys", &form("x", "none")).await;
    assert_contains(&page, &["sans date de fin"]);
    browser.submit("/keys", &format!("request={MARK}&name=x&lifetime=date&date=2027-01-31")).await;
    let bodies = playground.calls().into_iter().filter(|call| call.line == "POST /v1/keys");
    let bodies: Vec<Value> = bodies.map(|call| serde_json::from_str(&call.body).unwrap()).collect();
    assert_eq!(bodies[0], json!({ "name": "x", "expires": null }));
    assert_eq!(bodies[1], json!({ "name": "x", "expires": 1_801_436_399 }), "the end of that day in Paris");
}

/// The page after the api refused the form.
async fn refused(status: u16, code: &'static str, more: Value, form: &str) -> Page {
    let playground = with(vec![("POST /v1/keys", Answer::Problem(status, code, more))]).await;
    let mut browser = playground.logged_in().await;
    let page = browser.submit("/keys", form).await;
    assert!(!page.html.contains("Only for programs"), "the api's own words are for programs");
    assert!(browser.has_session());
    page
}

#[tokio::test]
async fn an_error_is_shown_beside_its_field() {
    let long = "x".repeat(81);
    for (code, more, typed, told, field) in [
        (
            "invalid_name",
            json!({ "field": "name" }),
            form(&long, "90"),
            "Donnez un nom de 1 à 80",
            "id=\"name\"",
        ),
        ("invalid_name", json!({}), form("a%00b", "90"), "Donnez un nom de 1 à 80", "id=\"name\""),
        (
            "expiry_required",
            json!({}),
            form("x", "none"),
            "n’admet pas de clé sans date de fin",
            "id=\"lifetime\"",
        ),
        (
            "expires_too_late",
            json!({ "max_expires": 1_795_507_860 }),
            form("x", "365"),
            "24 novembre 2026</time>",
            "id=\"lifetime\"",
        ),
        (
            "expires_too_late",
            json!({ "max_expires": 1_795_507_860 }),
            format!("request={MARK}&name=x&lifetime=date&date=2031-01-01"),
            "24 novembre 2026</time>",
            "id=\"date\"",
        ),
        (
            "invalid_expires",
            json!({}),
            format!("request={MARK}&name=x&lifetime=date&date=2020-01-01"),
            "Choisissez une date à venir.",
            "id=\"date\"",
        ),
    ] {
        let page = refused(422, code, more, &typed).await;
        assert_eq!(page.status, 422, "{code}");
        page.assert_alert(told);
        assert!(page.title().starts_with("Erreur\u{a0}: "), "{}", page.title());
        let (_, after) = page.html.split_once(field).unwrap();
        let tag = after.split('>').next().unwrap();
        assert!(tag.contains("aria-invalid=\"true\"") && tag.contains("autofocus"), "{code}: {tag}");
        assert_contains(&page, &[&format!("name=\"request\" value=\"{MARK}\"")]);
    }
    let page = refused(422, "expiry_required", json!({}), &form("Sans%20fin", "none")).await;
    assert_contains(&page, &["value=\"Sans fin\"", "<option value=\"none\" selected"]);
}

#[tokio::test]
async fn an_invalid_date_is_not_sent_to_the_api() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    for date in ["", "demain", "2027-02-30", "31%2F01%2F2027"] {
        let form = format!("request={MARK}&name=x&lifetime=date&date={date}");
        let page = browser.submit("/keys", &form).await;
        assert_eq!(page.status, 422);
        page.assert_alert("Indiquez une date");
    }
    assert!(playground.calls().iter().all(|call| !call.line.starts_with("POST")));
}

#[tokio::test]
async fn the_last_day_that_the_api_allows_can_be_chosen() {
    // The end of the day is too late, although the day is allowed.
    let refusal = Answer::Problem(422, "expires_too_late", json!({ "max_expires": 1_801_400_000 }));
    let playground = with(vec![("POST /v1/keys", refusal)]).await;
    let form = format!("request={MARK}&name=x&lifetime=date&date=2027-01-31");
    playground.logged_in().await.submit("/keys", &form).await;
    let bodies = playground.calls().into_iter().filter(|call| call.line == "POST /v1/keys");
    let asked: Vec<Value> = bodies.map(|call| serde_json::from_str(&call.body).unwrap()).collect();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1]["expires"], 1_801_400_000);
}

#[tokio::test]
async fn refusals_of_the_api_have_our_own_messages() {
    for (status, code, more, role, told) in [
        (409, "too_many_keys", json!({}), "alert", "Vous avez atteint le nombre de clés"),
        (409, "already_created", json!({ "id": 9 }), "status", "Ce formulaire a déjà créé une clé."),
        (403, "keys_disabled", json!({}), "alert", "Ce service ne crée plus de clés"),
        (429, "too_many_requests", json!({}), "alert", "Trop de demandes"),
        (400, "invalid_body", json!({}), "alert", "La demande n’a pas pu être exécutée."),
    ] {
        let page = refused(status, code, more, &form("x", "90")).await;
        assert!(page.role(role).is_some_and(|words| words.contains(told)), "{code}: {}", page.html);
        assert_eq!(page.status, if status == 400 { 422 } else { status }, "{code}");
        assert_eq!(page.html.contains("name=\"request\""), code != "keys_disabled", "{code}");
        assert_eq!(page.html.contains("href=\"#key-9\""), code == "already_created");
    }
}

#[tokio::test]
async fn a_form_without_a_valid_request_value_makes_no_key() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    for body in
        ["", "name=x", "request=short&name=x", "request=%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00"]
    {
        let page = browser.submit("/keys", body).await;
        assert_eq!(page.status, 422, "{body}");
        page.assert_alert("La demande n’a pas pu être exécutée.");
    }
    assert!(playground.calls().iter().all(|call| !call.line.starts_with("POST")));
}

#[tokio::test]
async fn an_unanswered_form_can_be_sent_again_and_makes_one_key() {
    for answer in [Answer::Status(503), Answer::Text("<html>"), Answer::Problem(504, "timeout", json!({}))] {
        let playground = with(vec![("POST /v1/keys", answer)]).await;
        let mut browser = playground.logged_in().await;
        let page = browser.submit("/keys", &form("%22Import%22", "180")).await;
        assert_eq!(page.status, 503);
        page.assert_alert("Votre session est conservée");
        assert_contains(
            &page,
            &[
                "<form method=\"post\" action=\"/keys\">",
                &format!("name=\"request\" value=\"{MARK}\""),
                "name=\"name\" value=\"&quot;Import&quot;\"",
                "name=\"lifetime\" value=\"180\"",
                ">Réessayer</button>",
            ],
        );
        assert!(browser.has_session());
    }
}

#[tokio::test]
async fn an_unreachable_api_keeps_the_session() {
    let playground = Playground::alone().await;
    let mut browser = playground.logged_in().await;
    for path in ["/keys", "/keys/8/revoke", "/sessions", "/sessions/end"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 503, "{path}");
        page.assert_alert("Votre session est conservée");
        assert_contains(&page, &[&format!("href=\"{path}\"")]);
        assert!(browser.has_session());
    }
}

#[tokio::test]
async fn the_page_says_that_the_api_ended_the_session() {
    for ended in [Answer::Status(401), Answer::Problem(403, "session_required", json!({}))] {
        for path in ["/keys", "/sessions"] {
            let others = vec![("GET /v1/keys", ended.clone()), ("GET /v1/me/sessions", ended.clone())];
            let mut browser = with(others).await.logged_in().await;
            let page = browser.get(path).await;
            assert_eq!(page.status, 200);
            assert!(page.role("status").unwrap().contains("Votre session a pris fin."));
            assert_contains(&page, &[&format!("href=\"/login?return_to={path}\"")]);
            assert!(!browser.has_session());
        }
    }
}

#[tokio::test]
async fn other_sites_can_neither_make_nor_end_keys() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    let theirs = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    for path in
        ["/keys", "/keys/8/rename", "/keys/8/revoke", "/keys/8/rotate", "/sessions/end", "/sessions/7/end"]
    {
        let page = browser.post_form(path, &theirs, &form("x", "90")).await;
        assert_eq!(page.status, 403, "{path}");
        assert_contains(&page, &["Action refusée"]);
    }
    assert!(playground.calls().is_empty());
}

#[tokio::test]
async fn a_key_that_expires_soon_is_shown_on_both_pages() {
    for (days, count, words) in [(20, 1, "À savoir"), (6, 1, "Attention"), (0, 1, "Attention"), (40, 0, "")]
    {
        let end = now().0 + days * DAY + 3_600;
        let keys = [key(8, "Import", "active", end), key(7, "Plus tard", "active", in_days(300))];
        let mut browser = with(vec![("GET /v1/keys", list(&keys))]).await.logged_in().await;
        for path in ["/", "/keys"] {
            let page = browser.get(path).await;
            let banner = page.html.matches("Remplacez-la avant").count();
            assert_eq!(banner, count, "{days} {path}: {}", page.html);
            assert!(page.html.contains(words));
        }
    }
    let soon = [key(8, "Import", "active", in_days(2)), key(7, "Essai", "active", in_days(3))];
    let page = with(vec![("GET /v1/keys", list(&soon))]).await.logged_in().await.get("/").await;
    assert_contains(&page, &["2\u{a0}clés expirent bientôt", "href=\"/keys?status=active\""]);
}

#[tokio::test]
async fn the_account_is_shown_even_when_its_keys_cannot_be_read() {
    let playground = with(vec![("GET /v1/keys", Answer::Status(500))]).await;
    let page = playground.logged_in().await.get("/").await;
    assert_eq!(page.status, 200);
    assert_contains(&page, &["Camille Martin", "href=\"/keys\""]);
}

#[tokio::test]
async fn every_page_renews_the_session() {
    let mut browser = Playground::start().await.logged_in().await;
    let page = browser.get("/keys").await;
    let cookie = page.set_cookie("playground_session");
    assert!(cookie.contains("Max-Age="), "{cookie}");
    assert!(browser.get("/keys").await.headers.get("set-cookie").is_none());
}

#[tokio::test]
async fn the_pages_are_available_in_english() {
    let keys = [key(8, "Import", "active", in_days(40))];
    let mut browser = with(vec![("GET /v1/keys", list(&keys))]).await.logged_in().await;
    browser.language = "en";
    let page = browser.get("/keys").await;
    assert_contains(
        &page,
        &["<h1>API keys</h1>", "never", ">Active</span>", "Create a key", "21 September 2026"],
    );
    assert!(!page.html.contains("Révoquer"));
}
