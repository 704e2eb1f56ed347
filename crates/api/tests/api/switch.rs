//! « Utiliser un autre compte »: a person who is refused after the provider's login can end the provider's session.

use std::time::Duration;

use serde_json::json;
use url::Url;

use crate::support::twist::Twist;
use crate::support::{Api, Browser, ORIGIN, Reply, clock};

const SWITCH: &str = "/v1/oauth2/switch";
const BACK: &str = "https://app.gouv.fr/logged-out";

fn path(parameters: &[(&str, &str)]) -> String {
    let url = Url::parse_with_params(&format!("http://x{SWITCH}"), parameters).unwrap();
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

fn usual() -> String {
    path(&[("origin", ORIGIN), ("state", "a-state")])
}

/// The parameters with which the browser goes to the provider's end-session endpoint.
fn visit(api: &Api, reply: &Reply) -> Vec<(String, String)> {
    assert_eq!(reply.status, 303, "{reply:?}");
    let url = Url::parse(reply.location()).unwrap();
    assert!(url.as_str().starts_with(&format!("{}/session/end?", api.provider.issuer())), "{url}");
    url.query_pairs().into_owned().collect()
}

fn names(parameters: &[(String, String)]) -> Vec<&str> {
    parameters.iter().map(|(name, _)| name.as_str()).collect()
}

#[tokio::test]
async fn after_a_refusal_the_logout_url_has_the_token_of_that_login_once() {
    let refusals: [(&str, &str, &str); 2] = [
        ("", "UPDATE users SET disabled = 1", "account_disabled"),
        ("required_acr: [eidas3]", "SELECT 1", "acr_not_met"),
    ];
    for (oauth2, sql, code) in refusals {
        let api = Api::configured(oauth2).await;
        let mut browser = Browser::new(&api);
        api.provider.script().id_token.claim("acr", "eidas1");
        if oauth2.is_empty() {
            Browser::new(&api).log_in().await;
        }
        api.execute(sql).await;
        let reply = browser.try_to_log_in().await;
        assert_eq!(reply.location(), format!("{ORIGIN}/?login_error={code}"));
        assert!(reply.header("set-cookie").contains("HttpOnly"), "{reply:?}");
        // A prefetch does not use up the token.
        for headers in [[("sec-purpose", "prefetch")], [("purpose", "prefetch")]] {
            assert_eq!(browser.get_with(&usual(), &headers).await.status, 204);
        }
        let first = visit(&api, &browser.get(&usual()).await);
        assert_eq!(
            names(&first),
            ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"],
            "{code}"
        );
        assert_eq!((first[2].1.as_str(), first[3].1.as_str()), (BACK, "a-state"));
        let second = visit(&api, &browser.get(&usual()).await);
        assert_eq!(names(&second), ["client_id", "post_logout_redirect_uri", "state"], "{code}");
    }
}

#[tokio::test]
async fn the_browser_keeps_the_token_of_a_refused_login_for_ten_minutes() {
    let api = Api::configured("required_acr: [eidas3]").await;
    let mut browser = Browser::new(&api);
    browser.try_to_log_in().await;
    let stolen = browser.clone();
    clock::advance(Duration::from_secs(601));
    for mut other in [Browser::new(&api), stolen] {
        let parameters = visit(&api, &other.get(&usual()).await);
        assert_eq!(names(&parameters), ["client_id", "post_logout_redirect_uri", "state"]);
    }
}

#[tokio::test]
async fn a_token_too_large_for_a_cookie_is_left_out() {
    let api = Api::configured("required_acr: [eidas3]").await;
    api.provider.script().id_token.claim("custom", "c".repeat(3_000));
    let mut browser = Browser::new(&api);
    let reply = browser.try_to_log_in().await;
    assert!(reply.location().ends_with("login_error=acr_not_met"));
    assert!(!browser.cookies.contains_key("passerelle_refused"));
    assert_eq!(visit(&api, &browser.get(&usual()).await).len(), 3);
}

#[tokio::test]
async fn a_provider_without_the_redirect_uri_is_visited_without_it() {
    let api = Api::start().await;
    api.provider.script().registered = Some("https://app.gouv.fr/logged-out/");
    let parameters = visit(&api, &Browser::new(&api).get(&usual()).await);
    assert_eq!(names(&parameters), ["client_id"]);
    // A provider that refuses only our servers may accept the browser.
    let api = Api::start().await;
    api.provider.script().end_session = Twist::Status(503);
    let parameters = visit(&api, &Browser::new(&api).get(&usual()).await);
    assert_eq!(names(&parameters), ["client_id", "post_logout_redirect_uri", "state"]);
}

#[tokio::test]
async fn without_an_end_session_endpoint_the_page_says_what_to_do() {
    let api = Api::start().await;
    api.provider.script().metadata = Twist::without("end_session_endpoint");
    let mut browser = Browser::new(&api);
    browser.get(&usual()).await.problem(503);
    let reply = browser.visit(&usual()).await;
    assert!(reply.page(503).contains("fermez votre navigateur"), "{reply:?}");
}

#[tokio::test]
async fn a_return_url_that_is_not_allowed_is_refused() {
    let api = Api::start().await;
    let long = "s".repeat(129);
    for (parameters, code) in [
        (&[][..], "invalid_query"),
        (&[("origin", "https://evil.example")], "invalid_origin"),
        (&[("origin", "https://app.gouv.fr@evil.example")], "invalid_origin"),
        (&[("origin", "javascript:alert(1)")], "invalid_origin"),
        (&[("origin", ORIGIN), ("state", "")], "invalid_state"),
        (&[("origin", ORIGIN), ("state", "a b")], "invalid_state"),
        (&[("origin", ORIGIN), ("state", &long)], "invalid_state"),
        (&[("origin", ORIGIN), ("origin", ORIGIN)], "invalid_query"),
    ] {
        let reply = Browser::new(&api).get(&path(parameters)).await;
        reply.problem(400);
        assert_eq!(reply.json()["code"], json!(code), "{parameters:?}");
        assert!(api.provider.calls("/session/end").is_empty());
    }
}
