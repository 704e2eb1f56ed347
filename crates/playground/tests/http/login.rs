//! `GET /login` and the pages that lead there.

use url::Url;

use crate::support::Playground;

#[tokio::test]
async fn the_login_page_has_the_official_button_and_needs_no_script() {
    let playground = Playground::start().await;
    let page = playground.browser().get("/").await;
    assert_eq!(page.status, 200);
    assert!(page.html.contains("<html lang=\"fr\">"), "{}", page.html);
    assert!(page.html.contains("href=\"/login\""));
    assert!(page.html.contains("S'identifier avec"));
    assert!(page.html.contains("href=\"https://www.proconnect.gouv.fr/\""));
    assert!(page.html.contains("title=\"Qu’est-ce que ProConnect\u{202f}? - nouvelle fenêtre\""));
    assert!(page.html.contains("rel=\"noopener noreferrer\""));
    assert!(!page.html.contains("<script"), "{}", page.html);
    assert_eq!(page.title(), "Connexion - Passerelle");
    assert!(page.role("alert").is_none());
}

#[tokio::test]
async fn a_browser_that_prefers_english_gets_english() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    browser.language = "en-GB,en;q=0.9,fr;q=0.5";
    let page = browser.get("/").await;
    assert!(page.html.contains("<html lang=\"en\">"));
    assert!(page.html.contains("Log in with"));
    assert_eq!(page.header("content-language"), "en");
    assert_eq!(page.header("vary"), "accept-language, cookie");
}

#[tokio::test]
async fn the_name_and_the_contact_of_the_service_are_on_the_page() {
    let extra = "title: Albert & Cie\ncontact: aide@example.gouv.fr";
    let playground = Playground::configured(extra).await;
    let page = playground.browser().get("/").await;
    assert_eq!(page.title(), "Connexion - Albert &amp; Cie");
    assert!(page.html.contains("href=\"mailto:aide@example.gouv.fr\""));
}

#[tokio::test]
async fn login_redirects_to_the_public_url_of_the_api() {
    let playground = Playground::configured("api_public_url: https://api.example.gouv.fr/base/").await;
    let mut browser = playground.browser();
    let page = browser.get("/login").await;
    assert_eq!(page.status, 303);
    let url = Url::parse(page.location()).unwrap();
    assert!(url.as_str().starts_with("https://api.example.gouv.fr/base/v1/oauth2/login?"), "{url}");
    let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    assert_eq!(query[0], ("origin".into(), "http://localhost:3000".into()));
    assert_eq!((query[1].0.as_str(), query[1].1.len()), ("binding", 43));
    assert_eq!(query.len(), 2);

    let cookie = page.set_cookie("playground_login");
    assert!(cookie.starts_with("playground_login_"), "{cookie}");
    for attribute in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=3900"] {
        assert!(cookie.contains(attribute), "{attribute} is not in {cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn on_https_the_binding_is_bound_to_the_host() {
    let playground = Playground::configured("public_url: https://app.example.gouv.fr").await;
    let page = playground.browser().get("/login").await;
    let cookie = page.set_cookie("playground_login");
    assert!(cookie.starts_with("__Host-playground_login_"), "{cookie}");
    assert!(cookie.contains("; Secure") && cookie.contains("; Path=/") && !cookie.contains("Domain"));
    assert!(page.location().contains("origin=https%3A%2F%2Fapp.example.gouv.fr&"), "{}", page.location());
}

#[tokio::test]
async fn the_binding_is_the_hash_of_the_cookie_and_never_the_cookie() {
    use base64::Engine as _;
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let secret = browser.cookies.values().next().unwrap();
    let bytes = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(secret).unwrap();
    assert_eq!(bytes.len(), 32);
    assert_eq!(token_crypto::binding_of(bytes), binding);
}

#[tokio::test]
async fn a_browser_keeps_at_most_eight_logins_and_drops_the_oldest() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let oldest = browser.begin_login("/login").await;
    let mut newest = String::new();
    for _ in 0..8 {
        playground.ahead.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        newest = browser.begin_login("/login").await;
    }
    assert_eq!(browser.cookies_named("playground_login").len(), 8);
    browser.land(&crate::support::sealed(Some(&oldest))).await;
    assert!(!browser.has_session());
    browser.land(&crate::support::sealed(Some(&newest))).await;
    assert!(browser.has_session());
}

#[tokio::test]
async fn a_login_requested_on_another_host_is_redirected_once() {
    let playground = Playground::start().await;
    for headers in [
        &[("host", "127.0.0.1:3000")][..],
        &[("host", "localhost:3000"), ("x-forwarded-host", "old.example")],
    ] {
        let mut browser = playground.browser();
        let page = browser.login_asked_for_on(headers, "?return_to=/keys").await;
        assert_eq!(
            (page.status, page.location()),
            (303, "http://localhost:3000/login?return_to=%2Fkeys&moved=1"),
            "{headers:?}"
        );
        assert!(browser.cookies.is_empty(), "a login that cannot end there begins there");
        // A proxy that rewrites the host does not cause a redirect loop.
        let page = browser.login_asked_for_on(headers, "?return_to=/keys&moved=1").await;
        assert!(page.location().contains("/v1/oauth2/login?"), "{}", page.location());
    }
    for headers in [
        &[("host", "localhost:3000")][..],
        &[("host", "10.0.0.7:80"), ("x-forwarded-host", "localhost:3000")],
    ] {
        let page = playground.browser().login_asked_for_on(headers, "").await;
        assert!(page.location().contains("/v1/oauth2/login?"), "{headers:?}: {}", page.location());
    }
}
