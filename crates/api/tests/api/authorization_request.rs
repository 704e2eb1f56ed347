//! The redirect that sends a browser to the provider.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use url::Url;

use crate::support::provider::CLIENT_ID;
use crate::support::{Api, Browser, ORIGIN, login_path, path_with};

fn parameters(url: &Url) -> BTreeMap<String, String> {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let map: BTreeMap<_, _> = pairs.iter().cloned().collect();
    assert_eq!(map.len(), pairs.len(), "a parameter stands twice: {url}");
    map
}

#[tokio::test]
async fn a_login_sends_exactly_the_parameters_of_the_contract() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let reply = browser.get(&login_path(ORIGIN)).await;
    assert_eq!((reply.status, reply.header("cache-control")), (302, "no-store"));
    assert_eq!(reply.header("referrer-policy"), "no-referrer");
    let url = Url::parse(reply.location()).unwrap();
    assert_eq!(url.as_str().split('?').next().unwrap(), format!("{}/authorize", api.provider.issuer()));
    let mut sent = parameters(&url);
    for name in ["state", "nonce", "code_challenge"] {
        let value = sent.remove(name).unwrap();
        assert_eq!(value.len(), 43, "{name} is not 32 bytes in base64url");
        assert!(value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')));
    }
    let expected = [
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("redirect_uri", &format!("{}/v1/oauth2/callback", api.base)),
        ("scope", "openid given_name usual_name email siret organization_label roles"),
        ("code_challenge_method", "S256"),
    ];
    assert_eq!(sent, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
}

#[tokio::test]
async fn well_formed_hints_are_passed_on_and_others_are_left_out() {
    let api = Api::start().await;
    for (name, good, bad) in [
        ("login_hint", "camille.martin@example.gouv.fr", &["camille", "a@b@c", "é@x.fr", "a b@x.fr", ""][..]),
        ("idp_hint", "71144ab3-ee1a-4401-b7b3-79b44f7daeeb", &["", "a b", "a&b=c", "<x>"]),
        ("siret_hint", "13002526500013", &["", "130025265", "1300252650001x", "130025265000130"]),
    ] {
        let asked_for_on = async |host: &str, value: &str| {
            let path = path_with("/v1/oauth2/login", &[("origin", ORIGIN), (name, value)]);
            let reply = Browser::new(&api).get_with(&path, &[("x-forwarded-host", host)]).await;
            parameters(&Url::parse(reply.location()).unwrap())
        };
        let here = api.base.strip_prefix("http://").unwrap();
        assert_eq!(asked_for_on(here, good).await[name], good);
        // The redirect from another name of this host keeps them.
        let moved = asked_for_on("old.example", good).await;
        assert_eq!((moved[name].as_str(), moved["moved"].as_str()), (good, "1"));
        for bad in bad {
            assert!(!asked_for_on(here, bad).await.contains_key(name), "{name} {bad:?}");
        }
    }
}

#[tokio::test]
async fn state_nonce_and_verifier_are_never_the_same() {
    let api = Api::start().await;
    let mut seen = BTreeSet::new();
    for _ in 0..20 {
        let sent = parameters(&Browser::new(&api).begin().await);
        for name in ["state", "nonce", "code_challenge"] {
            assert!(seen.insert(sent[name].clone()), "{name} came twice");
        }
    }
}

#[tokio::test]
async fn the_code_verifier_matches_the_challenge_and_the_secret_is_in_the_body() {
    let api = Api::start().await;
    Browser::new(&api).log_in().await;
    let calls = api.provider.calls("/token");
    let [call] = &calls[..] else { panic!("{calls:?}") };
    let mut names: Vec<&str> = call.form.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["client_id", "client_secret", "code", "code_verifier", "grant_type", "redirect_uri"]);
    assert!(!call.has_authorization && call.query.is_empty());
}

#[tokio::test]
async fn a_required_level_is_requested_as_an_essential_claim() {
    let api = Api::configured("required_acr: [eidas2, eidas1-mfa]").await;
    let sent = parameters(&Browser::new(&api).begin().await);
    let mut names: Vec<&str> = sent.keys().map(String::as_str).collect();
    names.retain(|name| *name != "claims");
    assert_eq!(names.len(), sent.len() - 1);
    assert_eq!(names.len(), 8, "{names:?}");
    let claims: serde_json::Value = serde_json::from_str(&sent["claims"]).unwrap();
    assert_eq!(claims, json!({"id_token": {"acr": {"essential": true, "values": ["eidas2", "eidas1-mfa"]}}}));
}

#[tokio::test]
async fn the_pending_login_is_in_a_sealed_cookie_that_scripts_and_other_sites_cannot_read() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let reply = browser.get(&login_path(ORIGIN)).await;
    let cookie = reply.header("set-cookie");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=90000"] {
        assert!(cookie.split("; ").any(|part| part == attribute), "{attribute} is not in {cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    let url = Url::parse(reply.location()).unwrap();
    let value = browser.cookies.values().next().unwrap();
    for (name, secret) in parameters(&url) {
        assert!(!value.contains(&secret), "{name} can be read in the cookie");
    }
}

#[tokio::test]
async fn over_https_the_cookie_is_secure_and_of_this_host_only() {
    let api = Api::configured("redirect_uri: https://api.gouv.fr/v1/oauth2/callback").await;
    let mut browser = Browser::new(&api);
    let reply = browser.get(&login_path(ORIGIN)).await;
    let cookie = reply.header("set-cookie");
    assert!(cookie.starts_with("__Host-"), "{cookie}");
    assert!(cookie.split("; ").any(|part| part == "Secure"), "{cookie}");
    let back = browser.authorize(&Url::parse(reply.location()).unwrap()).await;
    assert_eq!(back.host_str(), Some("api.gouv.fr"));
    assert_eq!(browser.call_back(&back).await.status, 303);
    assert!(browser.cookies.is_empty());
}

#[tokio::test]
async fn the_cookie_expires_a_day_later_than_the_login() {
    let api = Api::configured("login_ttl: 5m").await;
    let reply = Browser::new(&api).get(&login_path(ORIGIN)).await;
    assert!(reply.header("set-cookie").contains("Max-Age=86700"));
}

#[tokio::test]
async fn any_allowed_origin_may_begin_a_login_and_gets_its_envelope() {
    let api = Api::start().await;
    for (origin, landing) in [
        ("https://gouv.fr", "https://gouv.fr/?"),
        ("https://a.b.gouv.fr/some/page?x=1", "https://a.b.gouv.fr/?"),
        ("HTTPS://App.Gouv.FR:443/", "https://app.gouv.fr/?"),
        ("http://localhost:3000", "http://localhost:3000/?"),
        ("http://app.localhost:8501/x", "http://app.localhost:8501/?"),
        ("https://localhost:8443", "https://localhost:8443/?"),
    ] {
        let mut browser = Browser::new(&api);
        let reply = browser.get(&login_path(origin)).await;
        let back = browser.authorize(&Url::parse(reply.location()).unwrap()).await;
        let reply = browser.call_back(&back).await;
        assert!(reply.location().starts_with(&format!("{landing}encrypted_token=")), "{origin}: {reply:?}");
    }
}

#[tokio::test]
async fn the_referer_replaces_a_missing_origin() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let headers = [("referer", "https://app.gouv.fr/a/page?with=query")];
    let reply = browser.get_with("/v1/oauth2/login", &headers).await;
    assert_eq!(reply.status, 302);
    let back = browser.authorize(&Url::parse(reply.location()).unwrap()).await;
    let reply = browser.call_back(&back).await;
    assert!(reply.location().starts_with("https://app.gouv.fr/?encrypted_token="));
    // The parameter has priority over it.
    let headers = [("referer", "https://evil.example/")];
    assert_eq!(Browser::new(&api).get_with(&login_path(ORIGIN), &headers).await.status, 302);
}

#[tokio::test]
async fn a_full_origin_of_the_configuration_allows_its_port_and_nothing_else() {
    // A list in the format of the original.
    let api = Api::configured("allowed_domains: \"https://x.example.fr:8443, gouv.fr\"").await;
    for (origin, status) in [
        ("https://x.example.fr:8443", 302),
        ("https://x.example.fr", 400),
        ("https://x.example.fr:8444", 400),
        ("https://y.x.example.fr:8443", 400),
        (ORIGIN, 302),
    ] {
        assert_eq!(Browser::new(&api).get(&login_path(origin)).await.status, status, "{origin}");
    }
}
