//! Why a rule refused somebody: told with what they have, in their own browser, once.

use std::sync::atomic::Ordering;

use token_crypto::{Refusal, UnixTime};

use crate::support::{Browser, KEY, OTHER_KEY, Page, Playground, keys, now};

const DOMAIN: &str = "Votre adresse se termine par @x.fr.";

fn sealed(reason: &str, value: &str, binding: &str) -> String {
    sealed_at(reason, value, binding, now())
}

fn sealed_at(reason: &str, value: &str, binding: &str, at: UnixTime) -> String {
    Refusal::new(reason, value, binding).seal(&keys(&[KEY]), at)
}

async fn land(browser: &mut Browser, reason: &str, refusal: &str) -> Page {
    let path =
        format!("/?login_error=access_refused&reason={reason}&refusal={}", refusal.replace('=', "%3D"));
    let page = browser.get(&path).await;
    assert_eq!((page.status, page.location()), (303, "/"), "a clean URL");
    browser.get("/").await
}

/// Asserts that the page says that the login was refused, and nothing of the person.
fn assert_plain(page: &Page, value: &str) {
    let alert = page.role("alert").unwrap();
    assert!(alert.contains("par ce service"), "{alert}");
    assert!(!page.html.contains(value), "{}", page.html);
    assert!(page.html.contains("Utiliser un autre compte"));
}

#[tokio::test]
async fn each_reason_is_told_with_the_persons_own_value() {
    let playground = Playground::configured("contact: aide@example.gouv.fr").await;
    for (reason, value, told) in [
        ("email_domain", "x.fr", DOMAIN),
        ("email", "a@x.fr", "Votre adresse est a@x.fr."),
        ("not_prepared", "a@x.fr", "Votre adresse est a@x.fr."),
        ("organization", "13002526500013", "Le SIRET de votre organisation est 13002526500013."),
        ("identity_provider", "71144ab3", "Votre fournisseur d’identité est 71144ab3."),
        ("role", "agent_public", "La catégorie de votre organisation est agent_public."),
        ("role_unknown", "13002526500013", "Le SIRET de votre organisation est 13002526500013."),
        ("custom", "DTNUM", "ProConnect nous a transmis\u{a0}: DTNUM."),
        ("denied", "a@x.fr", "ProConnect nous a transmis\u{a0}: a@x.fr."),
    ] {
        let mut browser = playground.browser();
        let binding = browser.begin_login("/login").await;
        let page = land(&mut browser, reason, &sealed(reason, value, &binding)).await;
        let alert = page.role("alert").unwrap();
        assert!(alert.ends_with(told), "{reason}: {alert}");
        assert!(page.html.contains("mailto:aide@example.gouv.fr"), "whom to ask");
        assert!(page.html.contains("href=\"/switch\""));
        // Once: neither a reload nor the same link in the same browser tells it again.
        assert!(!browser.get("/").await.html.contains(value), "{reason}");
        let again = land(&mut browser, reason, &sealed(reason, value, &binding)).await;
        assert!(!again.html.contains(value), "{reason}");
        assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
    }
}

#[tokio::test]
async fn it_is_told_in_english_too() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    browser.language = "en";
    let binding = browser.begin_login("/login").await;
    let page = land(&mut browser, "email_domain", &sealed("email_domain", "x.fr", &binding)).await;
    assert!(page.role("alert").unwrap().ends_with("Your address ends in @x.fr."));
}

#[tokio::test]
async fn markup_in_a_value_is_text() {
    let playground = Playground::start().await;
    let value = "x.fr<script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;";
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let page = land(&mut browser, "email_domain", &sealed("email_domain", value, &binding)).await;
    assert!(!page.html.contains("<script>alert") && !page.html.contains("<img src=x"), "{}", page.html);
    assert!(page.html.contains("@x.fr&lt;script&gt;alert(1)"), "{}", page.html);
    assert!(page.html.contains("&amp;amp;"));
}

#[tokio::test]
async fn of_another_browser_or_login_it_is_not_told() {
    let playground = Playground::start().await;
    let mut theirs = playground.browser();
    let binding = theirs.begin_login("/login").await;
    let refusal = sealed("email_domain", "x.fr", &binding);
    let mut stranger = playground.browser();
    assert_plain(&land(&mut stranger, "email_domain", &refusal).await, "@x.fr");
    stranger.begin_login("/login").await;
    assert_plain(&land(&mut stranger, "email_domain", &refusal).await, "@x.fr");
    for binding in ["", "another"] {
        let refusal = sealed("email_domain", "x.fr", binding);
        assert_plain(&land(&mut theirs, "email_domain", &refusal).await, "@x.fr");
    }
    // All of that has used up nothing.
    assert!(land(&mut theirs, "email_domain", &refusal).await.html.contains(DOMAIN));
}

#[tokio::test]
async fn expired_forged_or_of_another_purpose_it_is_not_told() {
    let playground = Playground::start().await;
    let ring = keys(&[KEY]);
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let good = sealed("email_domain", "x.fr", &binding);
    let json = format!(r#"{{"reason":"email_domain","value":"x.fr","binding":"{binding}"}}"#);
    let mut tampered = good.clone();
    tampered.replace_range(40..41, if &good[40..41] == "A" { "B" } else { "A" });
    for refusal in [
        sealed_at("email_domain", "x.fr", &binding, UnixTime(now().0 - 301)),
        sealed_at("email_domain", "x.fr", &binding, UnixTime(now().0 + 120)),
        Refusal::new("email_domain", "x.fr", &binding).seal(&keys(&[OTHER_KEY]), now()),
        ring.cookie_sealer("playground own value").seal(b"email_domain x.fr", now()),
        ring.cookie_sealer("playground session").seal(json.as_bytes(), now()),
        json.replace('"', "%22"),
        tampered,
        String::new(),
        "x.fr".to_owned(),
        "A".repeat(5_000),
    ] {
        assert_plain(&land(&mut browser, "email_domain", &refusal).await, "@x.fr");
    }
    // Under another reason than it was sealed for.
    let page = land(&mut browser, "email", &good).await;
    assert_plain(&page, "x.fr.");
}

#[tokio::test]
async fn it_belongs_to_a_refusal_by_a_rule_and_to_its_own_notice() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let refusal = sealed("email_domain", "x.fr", &binding).replace('=', "%3D");
    for query in [
        format!("login_error=account_disabled&reason=email_domain&refusal={refusal}"),
        format!("login_error=access_refused&refusal={refusal}"),
        format!("refusal={refusal}"),
        format!("encrypted_token=x&refusal={refusal}"),
    ] {
        browser.get(&format!("/?{query}")).await;
        assert!(!browser.get("/").await.html.contains("@x.fr"), "{query}");
    }
    // Another login fails before the page is shown: its own message has no value of the first.
    let binding = browser.begin_login("/login").await;
    let refusal = sealed("email_domain", "x.fr", &binding).replace('=', "%3D");
    browser.get(&format!("/?login_error=access_refused&reason=email_domain&refusal={refusal}")).await;
    browser.get("/?login_error=account_disabled").await;
    assert!(!browser.get("/").await.html.contains("@x.fr"));
}

#[tokio::test]
async fn a_page_that_is_shown_a_minute_late_does_not_tell_it() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let refusal = sealed("email_domain", "x.fr", &binding).replace('=', "%3D");
    browser.get(&format!("/?login_error=access_refused&reason=email_domain&refusal={refusal}")).await;
    assert!(!browser.cookies.values().any(|value| value.contains("x.fr")), "{:?}", browser.cookies);
    playground.ahead.fetch_add(61, Ordering::Relaxed);
    assert_plain(&browser.get("/").await, "@x.fr");
}
