//! `GET /` for people who are logged in.

use std::sync::atomic::Ordering;

use serde_json::json;
use token_crypto::UnixTime;

use crate::support::{APP_TOKEN, Answer, Answers, KEY, OTHER_KEY, Playground, envelope, keys, now};

#[tokio::test]
async fn the_account_is_shown_as_the_api_knows_it() {
    let expires = 1_795_507_860;
    let answers = Answers::me(Answer::Json(json!({
        "object": "userInfo", "id": 7, "email": "camille.martin@example.gouv.fr", "name": "Camille Martin",
        "role": "Freemium", "permissions": [], "organization": "Direction <interministérielle>",
        "siret": "13002526500013", "expires": expires, "created": 1, "updated": 1
    })));
    let playground = Playground::with(answers, "").await;
    let page = playground.logged_in().await.get("/").await;
    assert_eq!(page.status, 200);
    for text in [
        "<span class=\"who\">Camille Martin</span>",
        "<h1>Camille Martin</h1>",
        "<data value=\"camille.martin@example.gouv.fr\">",
        "camille<wbr>.martin@<wbr>example<wbr>.gouv<wbr>.fr",
        "Direction &lt;interministérielle&gt;",
        "130\u{a0}025\u{a0}265\u{a0}00013",
        "Freemium",
        "<time datetime=\"2026-11-24T09:11:00+01:00\">24 novembre 2026 à 9\u{a0}h\u{a0}11</time>",
        "(heure\u{a0}de\u{a0}Paris)",
        "Se déconnecter",
    ] {
        assert!(page.html.contains(text), "{text} is not in {}", page.html);
    }
    let calls = playground.calls();
    assert!(calls.iter().any(|call| call.path == "/v1/me/info"));
    assert!(calls.iter().all(|call| call.authorization == format!("Bearer {APP_TOKEN}")));
}

#[tokio::test]
async fn missing_details_are_shown_as_missing() {
    let answers = Answers::me(Answer::Json(json!({
        "object": "userInfo", "id": 7, "email": null, "name": " ", "role": " ", "permissions": [],
        "organization": null, "siret": null, "expires": i64::MAX, "created": 1, "updated": 1
    })));
    let playground = Playground::with(answers, "").await;
    let page = playground.logged_in().await.get("/").await;
    assert_eq!(page.html.matches("non communiqué").count(), 4, "{}", page.html);
    assert!(page.html.contains("<h1>Votre compte</h1>"), "{}", page.html);
}

#[tokio::test]
async fn the_page_holds_no_token_and_no_cookie() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    let page = browser.get("/").await;
    for secret in [APP_TOKEN, crate::support::ID_TOKEN, browser.cookies["playground_session"].as_str()] {
        assert!(!page.html.contains(secret));
    }
}

#[tokio::test]
async fn the_island_is_loaded_from_files_with_hashes_and_a_nonce_of_this_answer() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    let page = browser.get("/").await;
    assert!(page.html.contains("href=\"/pkg/playground.JsHash.js\""), "{}", page.html);
    assert!(page.html.contains("href=\"/pkg/playground.WasmHash.wasm\""));
    assert!(page.html.contains("href=\"/pkg/playground.CssHash.css\""));
    assert!(page.html.contains("import(\"/pkg/playground.JsHash.js\")"));
    assert!(page.html.contains("module_or_path:\"/pkg/playground.WasmHash.wasm\""));
    assert!(page.html.contains("<leptos-island "));
    assert!(!page.html.contains("data-props"), "{}", page.html);
    let policy = page.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert!(nonce.len() >= 22, "{nonce}");
    let scripts = page.html.matches("<script").count();
    assert_eq!((scripts, page.html.matches(&format!("nonce=\"{nonce}\"")).count()), (1, 1));
    assert!(!browser.get("/").await.header("content-security-policy").contains(nonce));
    assert!(page.html.ends_with("</html>"), "{}", page.html);
}

#[tokio::test]
async fn the_session_ends_when_the_token_expires() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    let page = browser.get("/").await;
    let cookie = page.set_cookie("playground_session");
    let lives: u64 = cookie.split("Max-Age=").nth(1).unwrap().split(';').next().unwrap().parse().unwrap();
    // The cookie expires a day later, so that the page can say that the session has ended.
    assert!((3590..=3600).contains(&(lives - 86_400)), "{cookie}");
    let again = browser.get("/").await;
    assert!(again.headers.get("set-cookie").is_none(), "it is stored once");

    playground.ahead.store(3601, Ordering::Relaxed);
    let page = browser.get("/").await;
    assert!(page.html.contains("href=\"/login\"") && !page.html.contains("Camille Martin"));
    assert!(page.role("status").unwrap().contains("Votre session a pris fin."), "{}", page.html);
    assert!(!browser.has_session());
    assert!(browser.get("/").await.role("status").is_none(), "it is said once");
}

#[tokio::test]
async fn a_session_without_known_expiry_lasts_a_day() {
    let playground = Playground::with(Answers::me(Answer::Status(500)), "").await;
    let mut browser = playground.logged_in().await;
    assert_eq!(browser.get("/").await.status, 503);
    playground.ahead.store(24 * 3600 + 1, Ordering::Relaxed);
    assert_eq!(browser.get("/").await.status, 200);
    assert!(!browser.has_session());
}

#[tokio::test]
async fn a_401_or_a_403_ends_the_session_with_a_message() {
    for status in [401, 403] {
        let playground = Playground::with(Answers::me(Answer::Status(status)), "").await;
        let mut browser = playground.logged_in().await;
        let page = browser.get("/").await;
        assert_eq!(page.status, 200);
        assert!(page.role("status").unwrap().contains("Votre session a pris fin. Reconnectez-vous."));
        assert!(page.role("alert").is_none(), "this is no error");
        assert!(page.html.contains("href=\"/login\""));
        assert!(!browser.has_session());
    }
}

pub(crate) async fn assert_unavailable(playground: Playground) {
    let mut browser = playground.logged_in().await;
    let page = browser.get("/").await;
    assert_eq!(page.status, 503);
    page.assert_alert("Votre session est conservée");
    assert!(page.html.contains("Service momentanément indisponible"));
    assert!(page.html.contains(">Réessayer</a>"));
    assert!(page.title().starts_with("Erreur\u{a0}: "));
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(browser.has_session());
}

#[tokio::test]
async fn an_unreachable_api_keeps_the_session() {
    assert_unavailable(Playground::alone().await).await;
}

#[tokio::test]
async fn an_api_that_fails_keeps_the_session() {
    for status in [404, 500, 502, 503] {
        assert_unavailable(Playground::with(Answers::me(Answer::Status(status)), "").await).await;
    }
}

#[tokio::test]
async fn an_invalid_answer_of_the_api_keeps_the_session() {
    for garbage in ["", "<html>", "{\"name\": 7}", "[]", "\u{0}"] {
        assert_unavailable(Playground::with(Answers::me(Answer::Text(garbage)), "").await).await;
    }
}

#[tokio::test]
async fn an_endless_answer_of_the_api_keeps_the_session() {
    assert_unavailable(Playground::with(Answers::me(Answer::Endless), "").await).await;
}

#[tokio::test]
async fn the_token_does_not_follow_a_redirect() {
    let playground = Playground::with(Answers::me(Answer::Elsewhere), "").await;
    let mut browser = playground.logged_in().await;
    assert_eq!(browser.get("/").await.status, 503);
    assert!(playground.calls().iter().all(|call| call.path != "/v1/me/elsewhere"));
}

#[tokio::test]
async fn a_session_too_large_for_one_cookie_is_split_and_old_pieces_are_removed() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let mut large = envelope(Some(&binding));
    large.proconnect_token = "x".repeat(9000).into();
    browser.land(&large.seal(&keys(&[KEY]), now())).await;
    let names = browser.cookies_named("playground_session");
    assert!(names.len() >= 4, "{names:?}");
    assert!(browser.cookies.values().all(|value| value.len() <= 3900));
    assert!(browser.get("/").await.html.contains("Camille Martin"));

    let binding = browser.begin_login("/login").await;
    browser.land(&crate::support::sealed(Some(&binding))).await;
    assert_eq!(browser.cookies_named("playground_session"), ["playground_session"]);
    assert!(browser.get("/").await.html.contains("Camille Martin"));
}

#[tokio::test]
async fn an_incomplete_session_is_refused_and_removed() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let mut large = envelope(Some(&binding));
    large.proconnect_token = "x".repeat(9000).into();
    browser.land(&large.seal(&keys(&[KEY]), now())).await;
    browser.cookies.remove("playground_session_1").unwrap();
    let page = browser.get("/").await;
    assert_eq!(page.status, 200);
    assert!(page.html.contains("href=\"/login\""));
    assert!(!browser.has_session(), "{:?}", browser.cookies);
}

#[tokio::test]
async fn a_session_too_large_for_any_browser_is_refused() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let mut huge = envelope(Some(&binding));
    huge.proconnect_token = "x".repeat(24_000).into();
    let landed = browser.land(&huge.seal(&keys(&[KEY]), now())).await;
    assert_eq!(landed.location(), "/");
    browser.get("/").await.assert_alert("La connexion n'a pas pu aboutir.");
    assert!(!browser.has_session());
}

#[tokio::test]
async fn a_forged_session_is_refused() {
    let playground = Playground::start().await;
    let mut logged_in = playground.logged_in().await;
    let session = logged_in.cookies["playground_session"].clone();
    for forged in [
        "",
        "1.",
        "1.AAAA",
        "0.x",
        "99.x",
        "1",
        &session[..session.len() - 8],
        &format!("2{}", &session[1..]),
    ] {
        let mut browser = playground.browser();
        browser.cookies.insert("playground_session".into(), forged.into());
        let page = browser.get("/").await;
        assert_eq!(page.status, 200);
        assert!(page.html.contains("href=\"/login\""), "{forged}");
    }
    assert!(logged_in.get("/").await.html.contains("Camille Martin"));
}

#[tokio::test]
async fn a_session_sealed_with_an_old_key_is_sealed_again() {
    let both = format!("oauth2_encryption_key: [\"{OTHER_KEY}\", \"{KEY}\"]");
    let mut browser = Playground::start().await.logged_in().await;
    let before = browser.cookies.clone();

    let rotated = Playground::configured(&both).await;
    let mut moved = rotated.browser();
    moved.cookies = before;
    assert!(moved.get("/").await.html.contains("Camille Martin"));

    let last = Playground::configured(&format!("oauth2_encryption_key: {OTHER_KEY}")).await;
    let mut at_last = last.browser();
    at_last.cookies = moved.cookies;
    assert!(at_last.get("/").await.html.contains("Camille Martin"), "the new key alone opens it");
    assert!(browser.get("/").await.html.contains("Camille Martin"));
}

#[tokio::test]
async fn a_clock_that_is_set_back_ends_no_session() {
    let playground = Playground::start().await;
    let sealer = keys(&[KEY]).cookie_sealer("playground session");
    let text = sealer.seal(br#"{"a":"x","i":1,"p":"y"}"#, UnixTime(now().0 + 3600));
    let mut browser = playground.browser();
    browser.cookies.insert("playground_session".into(), format!("1.{text}"));
    assert!(browser.get("/").await.html.contains("Camille Martin"));
    assert!(browser.has_session());
}

#[tokio::test]
async fn the_api_gets_the_address_of_the_browser() {
    let playground = Playground::configured("trusted_proxies: [10.0.0.0/8]").await;
    let mut browser = playground.logged_in().await;
    for (forwarded, told) in [
        (None, ""),
        (Some("203.0.113.9"), "203.0.113.9"),
        (Some("198.51.100.7, 203.0.113.9, 10.0.0.2"), "203.0.113.9"),
        (Some("[2001:db8::1]:443"), "2001:db8::1"),
        (Some("127.0.0.1"), ""),
        (Some("what is no address"), ""),
    ] {
        let headers: Vec<(&str, &str)> =
            forwarded.map(|line| ("x-forwarded-for", line)).into_iter().collect();
        browser.send_with("/", &headers).await;
        assert_eq!(playground.calls().pop().unwrap().forwarded_for, told, "{forwarded:?}");
    }
}

#[tokio::test]
async fn the_api_gets_the_id_of_the_request() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    let page = browser.send_with("/", &[("x-request-id", "given-by-the-proxy")]).await;
    assert_eq!(page.headers["x-request-id"], "given-by-the-proxy");
    assert_eq!(playground.calls().pop().unwrap().request_id, "given-by-the-proxy");
    let page = browser.send_with("/", &[]).await;
    assert_eq!(page.headers["x-request-id"], playground.calls().pop().unwrap().request_id);
}
