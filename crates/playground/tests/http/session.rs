//! Attacks on the session cookie: planted, changed or exchanged cookies.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE;

use crate::support::{Browser, KEY, OTHER_KEY, Page, Playground, envelope, keys, now, sealed};

/// The lines that set or remove a cookie.
fn set_cookies(page: &Page) -> Vec<&str> {
    page.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect()
}

async fn assert_no_session(playground: &Playground, value: &str) {
    let mut browser = playground.browser();
    browser.cookies.insert("playground_session".into(), value.into());
    let page = browser.get("/").await;
    assert_eq!(page.status, 200, "{value}");
    assert!(page.html.contains("href=\"/login\"") && !page.html.contains("Camille"), "{value}");
    assert!(!browser.has_session(), "{value}");
}

/// Checks every cookie that a login and a logout set and remove: a browser removes a `__Host-` cookie only when the
/// attributes are those that set it.
#[tokio::test]
async fn no_cookie_is_available_to_scripts_other_sites_or_other_hosts() {
    for (public_url, prefix, secure) in
        [("http://localhost:3000", "", false), ("https://app.example.gouv.fr", "__Host-", true)]
    {
        let playground = Playground::configured(&format!("public_url: {public_url}")).await;
        let mut browser = playground.browser();
        let mut kinds = BTreeSet::new();
        let mut look = |page: &Page| {
            for line in set_cookies(page) {
                let (pair, attributes) = line.split_once("; ").unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                let name = name.strip_prefix(prefix).unwrap_or_else(|| panic!("{line}"));
                let kind = name.strip_prefix("playground_").unwrap().split('_').next().unwrap();
                let mut given: Vec<&str> = attributes.split("; ").collect();
                given.retain(|attribute| !attribute.starts_with("Expires="));
                let lives = given.iter().position(|attribute| attribute.starts_with("Max-Age=")).unwrap();
                let removed = given.remove(lives) == "Max-Age=0";
                given.sort_unstable();
                let mut expected = vec!["HttpOnly", "Path=/", "SameSite=Lax"];
                expected.extend(secure.then_some("Secure"));
                assert_eq!(given, expected, "{line}");
                assert_eq!(value.is_empty(), removed, "{line}");
                kinds.insert(format!("{} {kind}", if removed { "removed" } else { "set" }));
            }
        };
        look(&browser.get("/?login_error=access_denied").await);
        look(&browser.get("/").await);
        look(&browser.get("/login").await);
        browser.cookies.clear();
        let binding = browser.begin_login("/login").await;
        look(&browser.land(&sealed(Some(&binding))).await);
        look(&browser.get("/").await);
        look(&browser.post_with("/logout", &[("origin", public_url)]).await);
        let call = playground.calls().pop().unwrap();
        let body: serde_json::Value = serde_json::from_str(&call.body).unwrap();
        look(&browser.get(&format!("/logged-out?state={}", body["state"].as_str().unwrap())).await);
        look(&browser.get("/logged-out").await);
        look(&browser.get("/").await);
        let all = ["login", "logout", "notice", "session"];
        let expected: BTreeSet<String> =
            all.iter().flat_map(|kind| [format!("removed {kind}"), format!("set {kind}")]).collect();
        assert_eq!(kinds, expected, "{public_url}");
        assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
    }
}

#[tokio::test]
async fn a_session_planted_before_the_login_is_completely_replaced() {
    let playground = Playground::start().await;
    let log_in = async |browser: &mut Browser, token: &str, id_token: String| {
        let binding = browser.begin_login("/login").await;
        let mut own = envelope(Some(&binding));
        (own.app_token, own.proconnect_token) = (token.into(), id_token.into());
        browser.land(&own.seal(&keys(&[KEY]), now())).await;
        browser.get("/").await;
        assert_eq!(playground.calls().pop().unwrap().authorization, format!("Bearer {token}"));
    };
    let mut attacker = playground.browser();
    log_in(&mut attacker, "sk-of-the-attacker", "x".repeat(9000)).await;
    let planted = attacker.cookies.clone();
    assert!(planted.len() > 2, "a session of several pieces");

    let mut victim = playground.browser();
    victim.cookies.clone_from(&planted);
    log_in(&mut victim, "sk-of-the-victim", "a.b.c".into()).await;
    assert_eq!(victim.cookies_named("playground_session").len(), 1);
    assert!(victim.cookies.values().all(|value| planted.values().all(|other| other != value)));
}

#[tokio::test]
async fn a_changed_byte_at_any_place_ends_the_session() {
    let playground = Playground::start().await;
    let session = playground.logged_in().await.cookies["playground_session"].clone();
    for place in (2..session.len()).step_by(9) {
        let mut changed = session.clone();
        let other = if &session[place..=place] == "A" { "B" } else { "A" };
        changed.replace_range(place..=place, other);
        assert_no_session(&playground, &changed).await;
    }
}

#[tokio::test]
async fn content_sealed_for_another_purpose_is_not_a_session() {
    let playground = Playground::start().await;
    let inner = |envelope: &str| String::from_utf8(BASE64_URL_SAFE.decode(envelope).unwrap()).unwrap();
    let session = br#"{"a":"sk-stolen","i":42,"p":"a.b.c"}"#;
    let of = |key: &str, purpose: &str| keys(&[key]).cookie_sealer(purpose).seal(session, now());
    for text in [
        sealed(None),
        inner(&sealed(None)),
        of(KEY, "pending login"),
        of(KEY, "playground logout"),
        of(OTHER_KEY, "playground session"),
    ] {
        assert_no_session(&playground, &text).await;
        assert_no_session(&playground, &format!("1.{text}")).await;
    }
    // The same content with the right seal is accepted; otherwise this test would prove nothing.
    let mut browser = playground.browser();
    browser.cookies.insert("playground_session".into(), format!("1.{}", of(KEY, "playground session")));
    assert!(browser.get("/").await.html.contains("Camille Martin"));
}
