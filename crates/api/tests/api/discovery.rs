//! A provider that says of itself what cannot be used. Nobody can log in until it does better; the rest works.

use std::time::Duration;

use oidc::CachePolicy;
use serde_json::json;

use crate::support::keys::{FIRST, Kind, key};
use crate::support::script::Script;
use crate::support::twist::Twist;
use crate::support::{Api, Browser, Extra, FORGETFUL, ORIGIN, Provider, login_path};

const JSON: &str = "application/json";

/// What it is, and the provider that is so.
type Defect = (&'static str, fn(&mut Script));

#[rustfmt::skip]
const UNUSABLE: &[Defect] = &[
    ("the issuer of another", |s| s.metadata = Twist::with("issuer", "https://evil.example")),
    ("the issuer with a slash more", |s| s.metadata = Twist::with("issuer", "http://127.0.0.1/api/v2/")),
    ("no issuer", |s| s.metadata = Twist::without("issuer")),
    ("no authorization endpoint", |s| s.metadata = Twist::without("authorization_endpoint")),
    ("no token endpoint", |s| s.metadata = Twist::without("token_endpoint")),
    ("no userinfo endpoint", |s| s.metadata = Twist::without("userinfo_endpoint")),
    ("no key set", |s| s.metadata = Twist::without("jwks_uri")),
    ("an endpoint that is no URL", |s| s.metadata = Twist::with("token_endpoint", "/token")),
    ("an endpoint that is a number", |s| s.metadata = Twist::with("userinfo_endpoint", 1)),
    ("a key set that is somewhere else and not there", |s| s.metadata = Twist::with("jwks_uri", "http://127.0.0.1:9/jwks")),
    ("a key set that is a file", |s| s.metadata = Twist::with("jwks_uri", "file:///etc/passwd")),
    ("metadata with status 500", |s| s.metadata = Twist::Status(500)),
    ("metadata with status 404", |s| s.metadata = Twist::Instead(404, "text/html", "<h1>404</h1>")),
    ("metadata that is a page", |s| s.metadata = Twist::Instead(200, "text/html", "<h1>Bonjour</h1>")),
    ("metadata that is a list", |s| s.metadata = Twist::Instead(200, JSON, "[]")),
    ("metadata that is empty", |s| s.metadata = Twist::Instead(200, JSON, "{}")),
    ("metadata that is nothing", |s| s.metadata = Twist::Instead(200, JSON, "")),
    ("metadata cut short", |s| s.metadata = Twist::CutShort),
    ("metadata a megabyte larger", |s| s.metadata = Twist::Padded),
    ("metadata said to be compressed", |s| s.metadata = Twist::Bomb),
    ("metadata that is elsewhere", |s| s.metadata = Twist::Redirect(302)),
    ("metadata that has moved for ever", |s| s.metadata = Twist::Redirect(308)),
    ("keys with status 500", |s| s.jwks = Twist::Status(500)),
    ("keys that are a page", |s| s.jwks = Twist::Instead(200, "text/html", "<h1>Bonjour</h1>")),
    ("keys that are elsewhere", |s| s.jwks = Twist::Redirect(302)),
    ("keys a megabyte larger", |s| s.jwks = Twist::Padded),
    ("keys cut short", |s| s.jwks = Twist::CutShort),
    ("keys in a list of one list", |s| s.jwks = Twist::Instead(200, JSON, json!([[key(Kind::Rs256, FIRST).jwk("rsa-0")]]).to_string().leak())),
    ("no keys", |s| s.jwks = Twist::with("keys", json!([]))),
    ("keys that are missing", |s| s.jwks = Twist::without("keys")),
    ("keys that are an object", |s| s.jwks = Twist::with("keys", json!({}))),
    ("only a secret as key", |s| s.jwks = Twist::with("keys", json!([{"kty": "oct", "kid": "rsa-0", "k": "c2VjcmV0"}]))),
    ("only keys to encrypt with", |s| { let mut jwk = key(Kind::Rs256, FIRST).jwk("rsa-0"); jwk["use"] = json!("enc"); s.jwks = Twist::with("keys", json!([jwk])); }),
    ("only keys of other algorithms", |s| { let mut jwk = key(Kind::Rs256, FIRST).jwk("rsa-0"); jwk["alg"] = json!("PS512"); s.jwks = Twist::with("keys", json!([jwk])); }),
    ("only keys without a name", |s| { let mut jwk = key(Kind::Rs256, FIRST).jwk("rsa-0"); jwk["kid"] = json!(null); s.jwks = Twist::with("keys", json!([jwk])); }),
    ("only a curve nobody uses", |s| s.jwks = Twist::with("keys", json!([{"kty": "EC", "crv": "secp256k1", "kid": "ec-0", "x": "AA", "y": "AA"}]))),
];

#[tokio::test]
async fn a_login_answers_503_until_the_provider_is_usable() {
    for (name, script) in UNUSABLE {
        let api = Api::with(Provider::start(), Extra::default(), FORGETFUL).await;
        script(&mut api.provider.script());
        let mut browser = Browser::new(&api);
        let detail = browser.get(&login_path(ORIGIN)).await.problem(503);
        assert!(detail.contains("ProConnect does not answer"), "{name}: {detail}");
        let reply = browser.visit(&login_path(ORIGIN)).await;
        let page = reply.page(503);
        assert!(page.contains(&format!("<a href=\"{ORIGIN}\">")), "{name}: {page}");
        assert!(browser.cookies.is_empty(), "{name} left a cookie");
        assert_eq!(browser.get("/health/live").await.status, 200, "{name}");
        api.provider.behave();
        assert_eq!(browser.get(&login_path(ORIGIN)).await.status, 302, "{name}, then good");
        assert!(api.provider.calls("/elsewhere").is_empty(), "a redirect was followed");
    }
    println!("figure: {} unusable providers refused", UNUSABLE.len());
}

#[tokio::test]
async fn a_failed_discovery_is_tried_again_soon_but_not_at_once() {
    let policy = CachePolicy { retry_discovery_after: Duration::from_millis(300), ..FORGETFUL };
    let api = Api::with(Provider::start(), Extra::default(), policy).await;
    let discoveries = || api.provider.calls("/.well-known/openid-configuration").len();
    api.provider.script().metadata = Twist::Status(500);
    for _ in 0..20 {
        Browser::new(&api).get(&login_path(ORIGIN)).await.problem(503);
    }
    assert!(discoveries() <= 2, "{} discoveries", discoveries());
    api.provider.behave();
    tokio::time::sleep(policy.retry_discovery_after).await;
    Browser::new(&api).log_in().await;
    assert!(CachePolicy::default().retry_discovery_after <= Duration::from_secs(15));
}

#[tokio::test]
async fn many_first_logins_at_once_make_one_discovery() {
    let api = Api::start().await;
    let begin = || async { Browser::new(&api).get(&login_path(ORIGIN)).await.status };
    let statuses = tokio::join!(begin(), begin(), begin(), begin(), begin(), begin());
    assert_eq!(statuses, (302, 302, 302, 302, 302, 302));
    assert_eq!(api.provider.calls("/.well-known/openid-configuration").len(), 1);
    assert_eq!(api.provider.calls("/jwks").len(), 1);
}

#[tokio::test]
async fn the_provider_is_asked_once_and_remembered() {
    let api = Api::start().await;
    for _ in 0..3 {
        Browser::new(&api).log_in().await;
    }
    for path in ["/.well-known/openid-configuration", "/jwks"] {
        assert_eq!(api.provider.calls(path).len(), 1, "{path}");
    }
}
