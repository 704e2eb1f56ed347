//! Levels of authentication: preferred, required, and asked again of the people of some identity providers.

use serde_json::{Value, json};
use url::Url;

use crate::support::{Api, Browser, Extra, ORIGIN, Provider, Reply, clock};

const SCOPE: &str = "scope: openid email siret idp_id roles";
const ASKED: &str = "access: {acr: [{identity_providers: [weak], values: [eidas2, eidas3]}]}";

async fn api(lines: &[&str]) -> Api {
    let lines = [&[SCOPE], lines].concat().join("\n").leak();
    let api = Api::configured(lines).await;
    set(&api, "weak", "eidas1");
    api
}

/// Who logs in at the provider from now on, and how.
fn set(api: &Api, idp_id: &str, acr: &str) {
    api.provider.script().person["idp_id"] = json!(idp_id);
    api.provider.script().id_token.claim("acr", acr);
}

/// What a redirect to the provider asks of the level, if anything.
fn asked(url: &str) -> Option<Value> {
    let url = Url::parse(url).unwrap();
    let claims = url.query_pairs().find(|(name, _)| name == "claims")?.1.into_owned();
    Some(serde_json::from_str::<Value>(&claims).unwrap()["id_token"]["acr"].take())
}

fn is_second_question(api: &Api, reply: &Reply) -> bool {
    reply.status == 303 && reply.location().starts_with(&format!("{}/authorize?", api.provider.issuer()))
}

/// The second question, asked and answered.
async fn again(api: &Api, browser: &mut Browser, reply: &Reply) -> Reply {
    assert!(is_second_question(api, reply), "{reply:?}");
    let back = browser.authorize(&Url::parse(reply.location()).unwrap()).await;
    browser.call_back(&back).await
}

#[tokio::test]
async fn a_preferred_level_is_asked_for_and_done_without() {
    let api = api(&["preferred_acr: [eidas2]"]).await;
    let mut browser = Browser::new(&api);
    let url = browser.begin().await;
    assert_eq!(asked(url.as_str()), Some(json!({"essential": false, "values": ["eidas2"]})));
    let back = browser.authorize(&url).await;
    assert!(browser.call_back(&back).await.location_parameter("encrypted_token").is_some());
    assert_eq!(api.text("SELECT acr FROM tokens").await, "eidas1", "the level that came is stored");
}

#[tokio::test]
async fn a_required_level_is_asked_for_instead_of_a_preferred_one() {
    let api = api(&["required_acr: [eidas3]", "preferred_acr: [eidas2]"]).await;
    let mut browser = Browser::new(&api);
    let url = browser.begin().await;
    assert_eq!(asked(url.as_str()), Some(json!({"essential": true, "values": ["eidas3"]})));
    let reply = browser.try_to_log_in().await;
    assert_eq!(reply.location(), format!("{ORIGIN}/?login_error=acr_not_met"));
}

#[tokio::test]
async fn people_of_a_listed_identity_provider_are_asked_once_more_for_the_level() {
    let api = api(&[ASKED, "preferred_acr: [eidas3]"]).await;
    let mut browser = Browser::new(&api);
    let first = browser.begin().await;
    let back = browser.authorize(&first).await;
    let reply = browser.call_back(&back).await;
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(
        asked(reply.location()),
        Some(json!({"essential": true, "values": ["eidas2", "eidas3"]})),
        "the preferred level is no part of the second question"
    );
    let second = Url::parse(reply.location()).unwrap();
    for name in ["state", "nonce", "code_challenge"] {
        let of = |url: &Url| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        assert_ne!(of(&first), of(&second), "{name}");
    }
    assert_eq!((api.count("users").await, api.count("audit").await), (0, 0), "nothing has happened yet");
    // The first answer is used up.
    assert_eq!(browser.call_back(&back).await.status, 400);
    set(&api, "weak", "eidas2");
    let reply = again(&api, &mut browser, &reply).await;
    assert!(reply.location_parameter("encrypted_token").is_some(), "{reply:?}");
    assert_eq!(api.text("SELECT acr FROM tokens").await, "eidas2");
    assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
}

#[tokio::test]
async fn who_reaches_the_level_or_comes_from_elsewhere_is_not_asked_again() {
    let api = api(&[ASKED]).await;
    for (idp_id, acr) in [("weak", "eidas3"), ("other", "eidas1"), ("WEAK", "eidas1"), ("", "eidas1")] {
        set(&api, idp_id, acr);
        let reply = Browser::new(&api).try_to_log_in().await;
        assert!(reply.location_parameter("encrypted_token").is_some(), "{idp_id} {acr}: {reply:?}");
    }
}

#[tokio::test]
async fn nobody_is_asked_a_third_time() {
    let api = api(&[ASKED]).await;
    let mut browser = Browser::new(&api);
    let reply = browser.try_to_log_in().await;
    let reply = again(&api, &mut browser, &reply).await;
    assert_eq!(reply.location(), format!("{ORIGIN}/?login_error=acr_not_met"));
    assert_eq!(api.count("users").await, 0);
    assert!(browser.cookies.contains_key("passerelle_refused"), "they can be somebody else");
    assert_eq!(api.text("SELECT event || ' ' || reason FROM audit").await, "login.refused acr_not_met");
}

#[tokio::test]
async fn who_comes_back_as_somebody_else_is_asked_the_rules_anew() {
    let rules = "access: {email_domains: [example.gouv.fr], acr: [{identity_providers: [weak, weaker], values: [eidas2]}]}";
    let api = api(&[rules]).await;
    let mut browser = Browser::new(&api);
    let reply = browser.try_to_log_in().await;
    // Another person, of the right level, whom the rules refuse.
    api.provider.script().sub = "somebody-else";
    api.provider.script().person["email"] = json!("x@elsewhere.example");
    set(&api, "weak", "eidas2");
    let reply = again(&api, &mut browser, &reply).await;
    assert!(reply.location().contains("login_error=access_refused&reason=email_domain"), "{reply:?}");
    // Another person, of another identity provider that is asked for the level, too.
    api.provider.script().person["email"] = json!("x@example.gouv.fr");
    set(&api, "weak", "eidas1");
    let reply = browser.try_to_log_in().await;
    set(&api, "weaker", "eidas1");
    let reply = again(&api, &mut browser, &reply).await;
    assert!(reply.location().ends_with("login_error=acr_not_met"), "{reply:?}");
    // Another person, of whom no level is asked.
    set(&api, "weak", "eidas1");
    let reply = browser.try_to_log_in().await;
    set(&api, "strong", "eidas1");
    let reply = again(&api, &mut browser, &reply).await;
    assert!(reply.location_parameter("encrypted_token").is_some(), "{reply:?}");
    assert_eq!(api.text("SELECT sub FROM users").await, "somebody-else");
}

#[tokio::test]
async fn who_may_not_enter_is_told_so_before_a_second_question() {
    let rules =
        "access: {email_domains: [example.fr], acr: [{identity_providers: [weak], values: [eidas2]}]}";
    let first = api(&[rules]).await;
    let reply = Browser::new(&first).try_to_log_in().await;
    assert!(reply.location().contains("access_refused"), "{reply:?}");
    let api = api(&[ASKED]).await;
    set(&api, "weak", "eidas2");
    Browser::new(&api).log_in().await;
    api.execute("UPDATE users SET disabled = 1").await;
    set(&api, "weak", "eidas1");
    let reply = Browser::new(&api).try_to_log_in().await;
    assert!(reply.location().ends_with("login_error=account_disabled"), "{reply:?}");
}

#[tokio::test]
async fn after_the_second_question_the_level_is_the_first_reason() {
    let rules =
        "access: {email_domains: [example.gouv.fr], acr: [{identity_providers: [weak], values: [eidas2]}]}";
    let api = api(&[rules]).await;
    let mut browser = Browser::new(&api);
    let reply = browser.try_to_log_in().await;
    api.provider.script().person["email"] = json!("x@elsewhere.example");
    let reply = again(&api, &mut browser, &reply).await;
    assert!(reply.location().ends_with("login_error=acr_not_met"), "{reply:?}");
}

#[tokio::test]
async fn another_replica_takes_the_answer_to_the_second_question() {
    let api = api(&[ASKED]).await;
    let reply_of = |browser: Browser| async {
        let mut browser = browser;
        let reply = browser.try_to_log_in().await;
        (browser, reply)
    };
    let (browser, reply) = reply_of(Browser::new(&api)).await;
    set(&api, "weak", "eidas2");
    let lines = [SCOPE, ASKED, &format!("redirect_uri: {}/v1/oauth2/callback", api.base)].join("\n").leak();
    let base = api.replica(Extra { oauth2: lines, ..Extra::default() }).await;
    let mut elsewhere = Browser::at(&base);
    elsewhere.cookies = browser.cookies.clone();
    let reply = again(&api, &mut elsewhere, &reply).await;
    assert!(reply.location_parameter("encrypted_token").is_some(), "{reply:?}");
}

#[tokio::test]
async fn a_second_question_that_takes_too_long_has_expired() {
    let api = api(&[ASKED]).await;
    let mut browser = Browser::new(&api);
    let reply = browser.try_to_log_in().await;
    clock::advance(std::time::Duration::from_secs(3_601));
    let reply = again(&api, &mut browser, &reply).await;
    assert!(reply.location().ends_with("login_error=login_expired"), "{reply:?}");
}

#[tokio::test]
async fn levels_that_the_provider_does_not_know_are_told_at_its_discovery() {
    let provider = Provider::start();
    provider.script().metadata =
        crate::support::twist::Twist::with("acr_values_supported", json!(["eidas1"]));
    let oauth2 = [SCOPE, ASKED, "preferred_acr: [eidas9, eidas1]"].join("\n").leak();
    let log = crate::support::log::Log::capture();
    let api = Api::with(provider, Extra { oauth2, ..Extra::default() }, crate::support::FORGETFUL).await;
    Browser::new(&api).begin().await;
    let said = log.take();
    for (key, value) in
        [("oauth2.preferred_acr", "eidas9"), ("oauth2.access.acr", "eidas2"), ("oauth2.access.acr", "eidas3")]
    {
        assert!(said.lines().any(|line| line.contains(key) && line.contains(value)), "{key} {value}: {said}");
    }
    assert!(!said.contains("value=\"eidas1\""), "{said}");
}
