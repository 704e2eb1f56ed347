//! `GET /?encrypted_token` and `GET /?login_error`.

use token_crypto::UnixTime;

use crate::support::{
    APP_TOKEN, Browser, ID_TOKEN, KEY, OTHER_KEY, Page, Playground, envelope, keys, now, sealed,
};

const FAILED: &str = "La connexion n'a pas pu aboutir. Reconnectez-vous.";

/// Follows a landing that failed to the page that says so, and reloads it.
async fn assert_refused(browser: &mut Browser, landed: Page, message: &str) {
    assert_eq!((landed.status, landed.location()), (303, "/"), "{}", landed.html);
    assert_told(browser, message).await;
}

/// Asserts that the home page shows the message, once.
async fn assert_told(browser: &mut Browser, message: &str) {
    assert!(!browser.has_session());
    let page = browser.get("/").await;
    assert_eq!(page.status, 200);
    page.assert_alert(message);
    assert!(page.html.contains("href=\"/login\""));
    assert!(page.title().starts_with("Erreur\u{a0}: "), "{}", page.title());
    let again = browser.get("/").await;
    assert!(again.role("alert").is_none(), "the message is shown once");
}

async fn assert_envelope_refused(text: &str) {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let landed = browser.land(text).await;
    assert_refused(&mut browser, landed, FAILED).await;
}

#[tokio::test]
async fn an_envelope_for_this_browser_starts_a_session_on_a_clean_url() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let page = browser.land(&sealed(Some(&binding))).await;
    assert_eq!((page.status, page.location()), (303, "/"));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert!(browser.cookies_named("playground_login").is_empty(), "the binding is used up");

    let cookie = page.set_cookie("playground_session");
    assert!(cookie.starts_with("playground_session="), "{cookie}");
    for attribute in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=172800"] {
        assert!(cookie.contains(attribute), "{attribute} is not in {cookie}");
    }
    assert!(!cookie.contains("Secure"), "{cookie}");
    assert!(!cookie.contains(APP_TOKEN) && !cookie.contains(ID_TOKEN));
}

#[tokio::test]
async fn on_https_the_session_is_bound_to_the_host() {
    let playground = Playground::configured("public_url: https://app.example.gouv.fr").await;
    let mut browser = playground.browser();
    let page = browser.log_in().await;
    let cookie = page.set_cookie("playground_session");
    assert!(cookie.starts_with("__Host-playground_session="), "{cookie}");
    assert!(cookie.contains("; Secure") && cookie.contains("; Path=/") && !cookie.contains("Domain"));
    assert!(browser.get("/").await.html.contains("Camille Martin"));
}

#[tokio::test]
async fn a_login_ends_where_it_began() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login?return_to=/essais/premier").await;
    let page = browser.land(&sealed(Some(&binding))).await;
    assert_eq!(page.location(), "/essais/premier");
}

#[tokio::test]
async fn a_login_never_ends_on_another_site() {
    let playground = Playground::start().await;
    for path in
        ["https://evil.example/", "//evil.example", "/%5Cevil.example", "/logout", "%2F%09%2Fevil.example"]
    {
        let mut browser = playground.browser();
        let binding = browser.begin_login(&format!("/login?return_to={path}")).await;
        let page = browser.land(&sealed(Some(&binding))).await;
        assert_eq!(page.location(), "/", "{path}");
    }
}

#[tokio::test]
async fn three_tabs_finish_in_any_order() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let mut bindings = Vec::new();
    for tab in ["/a", "/b", "/c"] {
        bindings.push((tab, browser.begin_login(&format!("/login?return_to={tab}")).await));
    }
    for index in [1, 2, 0] {
        let (tab, binding) = &bindings[index];
        let page = browser.land(&sealed(Some(binding))).await;
        assert_eq!(page.location(), *tab);
        assert!(browser.has_session());
    }
    assert!(browser.cookies_named("playground_login").is_empty());
}

#[tokio::test]
async fn an_expired_envelope_is_refused() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let old = envelope(Some(&binding)).seal(&keys(&[KEY]), UnixTime(now().0 - 301));
    let landed = browser.land(&old).await;
    assert_refused(&mut browser, landed, FAILED).await;
}

#[tokio::test]
async fn an_envelope_from_the_future_is_refused() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let early = envelope(Some(&binding)).seal(&keys(&[KEY]), UnixTime(now().0 + 90));
    let landed = browser.land(&early).await;
    assert_refused(&mut browser, landed, FAILED).await;
}

#[tokio::test]
async fn an_envelope_of_another_key_is_refused() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let foreign = envelope(Some(&binding)).seal(&keys(&[OTHER_KEY]), now());
    let landed = browser.land(&foreign).await;
    assert_refused(&mut browser, landed, FAILED).await;
}

#[tokio::test]
async fn a_tampered_envelope_is_refused() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let mut bytes = sealed(Some(&binding)).into_bytes();
    bytes[200] = if bytes[200] == b'A' { b'B' } else { b'A' };
    let landed = browser.land(&String::from_utf8(bytes).unwrap()).await;
    assert_refused(&mut browser, landed, FAILED).await;
}

#[tokio::test]
async fn an_empty_envelope_is_refused() {
    assert_envelope_refused("").await;
}

#[tokio::test]
async fn a_string_that_is_not_an_envelope_is_refused() {
    assert_envelope_refused("%00%ff+%E2%9C%93<script>").await;
}

#[tokio::test]
async fn a_60_kb_url_is_refused_like_any_bad_envelope() {
    assert_envelope_refused(&"A".repeat(60_000)).await;
}

#[tokio::test]
async fn a_url_that_is_too_long_is_a_client_error() {
    let playground = Playground::start().await;
    let request = format!("GET /?encrypted_token={} HTTP/1.1\r\nhost: x\r\n\r\n", "A".repeat(70_000));
    let answer = playground.raw(request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 414 "), "{answer}");
}

#[tokio::test]
async fn a_session_cookie_is_not_accepted_as_an_envelope() {
    use base64::Engine as _;
    let playground = Playground::start().await;
    let session = playground.logged_in().await.cookies["playground_session"].clone();
    let replayed = base64::prelude::BASE64_URL_SAFE.encode(session.split_once('.').unwrap().1);
    let mut browser = playground.browser();
    let landed = browser.land(&replayed).await;
    assert_refused(&mut browser, landed, FAILED).await;
}

#[tokio::test]
async fn an_envelope_without_binding_is_refused() {
    assert_envelope_refused(&sealed(None)).await;
}

#[tokio::test]
async fn an_envelope_without_binding_is_accepted_when_none_is_required() {
    let playground = Playground::configured("require_binding: false").await;
    let mut browser = playground.browser();
    let page = browser.land(&sealed(None)).await;
    assert_eq!((page.status, page.location()), (303, "/"));
    assert!(browser.has_session());
}

#[tokio::test]
async fn a_binding_must_match_even_when_none_is_required() {
    let playground = Playground::configured("require_binding: false").await;
    let mut browser = playground.browser();
    assert_refused_by_way_of_cookies(&mut browser, &sealed(Some(&token_crypto::binding_of([7; 32])))).await;
}

#[tokio::test]
async fn a_stolen_link_is_refused_in_another_browser() {
    let playground = Playground::start().await;
    let binding = playground.browser().begin_login("/login").await;
    let mut thief = playground.browser();
    thief.begin_login("/login").await;
    let landed = thief.land(&sealed(Some(&binding))).await;
    assert_refused(&mut thief, landed, FAILED).await;
}

#[tokio::test]
async fn a_replay_without_session_is_refused() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let text = sealed(Some(&binding));
    browser.land(&text).await;
    browser.cookies.clear();
    assert_refused_by_way_of_cookies(&mut browser, &text).await;
}

/// Asserts a refusal after `/cookies`, where the playground tests whether a browser without login cookie keeps cookies.
async fn assert_refused_by_way_of_cookies(browser: &mut Browser, envelope: &str) {
    let landed = browser.land(envelope).await;
    assert_eq!((landed.status, landed.location()), (303, "/cookies"), "{}", landed.html);
    let page = browser.get("/cookies").await;
    assert_refused(browser, page, FAILED).await;
}

#[tokio::test]
async fn a_browser_without_cookies_gets_a_message_and_its_envelope_stays_valid() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let login = std::mem::take(&mut browser.cookies);
    let text = sealed(Some(&binding));
    for _ in 0..2 {
        let landed = browser.land(&text).await;
        assert_eq!((landed.status, landed.location()), (303, "/cookies"));
        browser.cookies.clear();
        let page = browser.get(landed.location()).await;
        assert_eq!(page.status, 200);
        page.assert_alert(
            "Votre navigateur n’a pas conservé les cookies nécessaires à la connexion. \
             Autorisez-les pour ce site, puis recommencez.",
        );
        assert!(
            page.html.contains("href=\"/login\"") && page.html.contains("S'identifier avec"),
            "{}",
            page.html
        );
        assert!(page.title().starts_with("Erreur\u{a0}: "));
        browser.cookies.clear();
    }
    browser.cookies = login;
    assert_eq!(browser.land(&text).await.location(), "/");
    assert!(browser.has_session(), "the envelope is still valid");
}

#[tokio::test]
async fn a_logged_in_browser_is_not_asked_whether_it_keeps_cookies() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    let landed = browser.land(&sealed(Some(&token_crypto::binding_of([7; 32])))).await;
    assert_eq!(landed.location(), "/");
    assert!(browser.get("/").await.html.contains("Camille Martin"));
}

#[tokio::test]
async fn a_replay_in_a_logged_in_browser_keeps_its_session() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let text = sealed(Some(&binding));
    browser.land(&text).await;
    let landed = browser.land(&text).await;
    assert_eq!((landed.status, landed.location()), (303, "/"));
    let page = browser.get("/").await;
    assert_eq!(page.status, 200);
    assert!(page.html.contains("Camille Martin"));
    assert!(page.role("alert").is_none(), "{}", page.html);
    assert!(
        page.role("status")
            .unwrap()
            .contains("Votre connexion était déjà établie\u{a0}: cette page est à jour.")
    );
}

#[tokio::test]
async fn a_bad_envelope_in_a_logged_in_browser_keeps_its_session() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    for envelope in ["", "garbage"] {
        browser.land(envelope).await;
        let page = browser.get("/").await;
        assert!(page.html.contains("Camille Martin"));
        assert!(page.role("alert").is_none());
    }
}

#[tokio::test]
async fn every_login_error_has_its_message() {
    let playground = Playground::start().await;
    for (code, message) in [
        ("access_denied", "La connexion a été annulée ou refusée."),
        ("acr_not_met", "double authentification"),
        ("not_allowed", "Votre compte n’a pas accès à ce service."),
        ("login_expired", "Votre demande de connexion a expiré ou a déjà servi."),
        ("provider_error", "Votre fournisseur d’identité"),
        ("provider_unavailable", "ProConnect ne répond pas"),
        ("account_disabled", "Votre compte est désactivé"),
        ("internal", "Une erreur est survenue de notre côté."),
        ("a_code_of_a_later_version", FAILED),
        ("logged_out", FAILED),
        ("%3Cscript%3E", FAILED),
        ("", FAILED),
    ] {
        let mut browser = playground.browser();
        let landed = browser.get(&format!("/?login_error={code}")).await;
        let cookie = landed.set_cookie("playground_notice");
        assert!(cookie.contains("; HttpOnly") && cookie.contains("; Max-Age=60"), "{cookie}");
        assert_refused(&mut browser, landed, message).await;
    }
}

#[tokio::test]
async fn a_login_error_in_a_logged_in_browser_keeps_its_session_and_offers_another_try() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    browser.get("/?login_error=acr_not_met").await;
    let page = browser.get("/").await;
    page.assert_alert("double authentification");
    assert!(page.html.contains("href=\"/login\""));
    assert!(page.html.contains("Camille Martin"));
}

/// Of two equal callbacks the second may find its code used, though the first has logged the person in.
#[tokio::test]
async fn in_a_logged_in_browser_a_login_that_expired_is_no_news() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    browser.get("/?login_error=login_expired").await;
    let page = browser.get("/").await;
    assert!(page.html.contains("Camille Martin") && page.role("alert").is_none(), "{}", page.html);
    assert!(!page.html.contains("expiré"), "{}", page.html);
}

#[tokio::test]
async fn an_invented_notice_is_not_shown() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    browser.cookies.insert("playground_notice".into(), "You-have-won".into());
    let page = browser.get("/").await;
    assert!(page.role("alert").is_none() && page.role("status").is_none());
    assert!(!page.html.contains("You-have-won"));
}

#[tokio::test]
async fn an_envelope_of_an_old_key_opens_and_the_session_is_sealed_with_the_new_key() {
    let playground =
        Playground::configured(&format!("oauth2_encryption_key: [\"{OTHER_KEY}\", \"{KEY}\"]")).await;
    let mut browser = playground.logged_in().await;
    let session = browser.cookies["playground_session"].clone();
    let (_, sealed) = session.split_once('.').unwrap();
    let new = keys(&[OTHER_KEY]).cookie_sealer("playground session");
    assert!(new.open(sealed, now(), std::time::Duration::from_mins(1)).is_ok());
    assert!(browser.get("/").await.html.contains("Camille Martin"));
}

#[tokio::test]
async fn a_prefetch_has_no_effect() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let landing = format!("/?encrypted_token={}", sealed(Some(&binding)));
    for headers in [("sec-purpose", "prefetch"), ("purpose", "prefetch"), ("x-moz", "prefetch")] {
        assert_eq!(browser.send_with(&landing, &[headers]).await.status, 204);
        assert!(!browser.has_session());
    }
    assert_eq!(browser.request(reqwest::Method::HEAD, &landing).await.status, 204);
    assert_eq!(browser.get(&landing).await.location(), "/");
    assert!(browser.get("/").await.html.contains("Camille Martin"));
}

#[tokio::test]
async fn a_prefetch_begins_no_login() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let before = browser.cookies.clone();
    for headers in [("sec-purpose", "prefetch"), ("purpose", "prefetch"), ("x-moz", "prefetch")] {
        // Eight of them would drop the login that has begun.
        for _ in 0..9 {
            let page = browser.send_with("/login", &[headers]).await;
            assert_eq!((page.status, page.location()), (204, ""), "{headers:?}");
        }
    }
    assert_eq!(browser.request(reqwest::Method::HEAD, "/login").await.status, 204);
    assert_eq!(browser.cookies, before);
    assert_eq!(browser.land(&sealed(Some(&binding))).await.location(), "/");
    assert!(browser.has_session());
}

/// A page that was fetched in advance may never be seen: its message is shown again when the person comes.
#[tokio::test]
async fn a_prefetch_of_a_page_uses_up_no_message() {
    let playground = Playground::start().await;
    for headers in [&[("sec-purpose", "prefetch")][..], &[("purpose", "prefetch")], &[("x-moz", "prefetch")]]
    {
        let mut browser = playground.browser();
        browser.get("/?login_error=access_denied").await;
        assert_eq!(browser.send_with("/", headers).await.status, 200);
        assert_eq!(browser.request(reqwest::Method::HEAD, "/").await.status, 200);
        assert_told(&mut browser, "La connexion a été annulée ou refusée.").await;
    }
    // Nor does it end a session before the person is told that it has ended.
    let mut browser = playground.logged_in().await;
    browser.get("/").await;
    playground.ahead.store(3_601, std::sync::atomic::Ordering::Relaxed);
    for path in ["/", "/keys"] {
        browser.send_with(path, &[("sec-purpose", "prefetch")]).await;
        assert!(browser.has_session(), "{path}");
    }
    assert!(browser.get("/").await.html.contains("Votre session a pris fin"));
}
