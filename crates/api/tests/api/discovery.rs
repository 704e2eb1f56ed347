//! A provider whose metadata or keys cannot be used. Nobody can log in until they are right; everything else works.

use std::time::Duration;

use oidc::CachePolicy;
use serde_json::json;

use crate::support::jws::Edits;
use crate::support::keys::{FIRST, Kind, key};
use crate::support::log::Log;
use crate::support::script::Script;
use crate::support::twist::Twist;
use crate::support::{Api, Browser, Extra, FORGETFUL, ORIGIN, Provider, login_path};

const JSON: &str = "application/json";

/// A defect's name, and the change that gives it to the provider.
type Defect = (&'static str, fn(&mut Script));

#[rustfmt::skip]
const UNUSABLE: &[Defect] = &[
    ("the issuer of another", |s| s.metadata = Twist::with("issuer", "https://evil.example")),
    ("the issuer of another path", |s| s.metadata = Twist::with("issuer", "http://127.0.0.1/api/v2/")),
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
    ("metadata that names something twice", |s| s.metadata = Twist::Instead(200, JSON, r#"{"issuer":"x","issuer":"y"}"#)),
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
    ("only a curve nobody uses", |s| s.jwks = Twist::with("keys", json!([{"kty": "EC", "crv": "secp256k1", "kid": "ec-0", "x": "AA", "y": "AA"}]))),
];

/// Defects that may be temporary: the provider does not answer, or says that it cannot.
const PASSING: [&str; 5] = [
    "a key set that is somewhere else and not there",
    "metadata with status 500",
    "metadata cut short",
    "keys with status 500",
    "keys cut short",
];

#[tokio::test]
async fn a_login_answers_503_until_the_provider_is_usable() {
    for (name, script) in UNUSABLE {
        let api = Api::with(Provider::start(), Extra::default(), FORGETFUL).await;
        script(&mut api.provider.script());
        let mut browser = Browser::new(&api);
        let reply = browser.get(&login_path(ORIGIN)).await;
        let detail = reply.problem(503);
        let (code, words) = if PASSING.contains(name) {
            ("provider_unavailable", "ProConnect does not answer")
        } else {
            ("configuration", "set up wrongly")
        };
        assert!(reply.json()["code"] == code && detail.contains(words), "{name}: {reply:?}");
        let reply = browser.visit(&login_path(ORIGIN)).await;
        let page = reply.page(503);
        assert!(page.contains(&format!("<a href=\"{ORIGIN}\">")), "{name}: {page}");
        assert_eq!(page.contains("mal réglée"), !PASSING.contains(name), "{name}: {page}");
        assert!(browser.cookies.is_empty(), "{name} left a cookie");
        assert_eq!(browser.get("/health/live").await.status, 200, "{name}");
        api.provider.behave();
        assert_eq!(browser.get(&login_path(ORIGIN)).await.status, 302, "{name}, then good");
        assert!(api.provider.calls("/elsewhere").is_empty(), "a redirect was followed");
    }
    println!("figure: {} unusable providers refused", UNUSABLE.len());
}

#[rustfmt::skip]
const ODD: &[Defect] = &[
    ("an empty policy", |s| s.metadata = Twist::with("op_policy_uri", "")),
    ("terms that are no URL", |s| s.metadata = Twist::with("op_tos_uri", "conditions")),
    ("documentation that is a number", |s| s.metadata = Twist::with("service_documentation", 1)),
    ("scopes in one string", |s| s.metadata = Twist::with("scopes_supported", "openid email")),
    ("scopes that are null", |s| s.metadata = Twist::with("scopes_supported", json!(null))),
    ("levels that are an object", |s| s.metadata = Twist::with("acr_values_supported", json!({}))),
    ("no kinds of subject", |s| s.metadata = Twist::without("subject_types_supported")),
    ("no kinds of response", |s| s.metadata = Twist::without("response_types_supported")),
    ("no algorithms", |s| s.metadata = Twist::without("id_token_signing_alg_values_supported")),
    ("algorithms that are numbers", |s| s.metadata = Twist::with("id_token_signing_alg_values_supported", json!([1, 2]))),
    ("grants that are a boolean", |s| s.metadata = Twist::with("grant_types_supported", true)),
    ("a registration that is elsewhere", |s| s.metadata = Twist::with("registration_endpoint", "/register")),
    ("locales of another form", |s| s.metadata = Twist::with("ui_locales_supported", json!(["?!", 1]))),
    ("displays nobody knows", |s| s.metadata = Twist::with("display_values_supported", json!(["hologram"]))),
    ("an end of session that is no URL", |s| s.metadata = Twist::with("end_session_endpoint", "")),
    ("an end of session that is a number", |s| s.metadata = Twist::with("end_session_endpoint", 1)),
    ("no end of session", |s| s.metadata = Twist::without("end_session_endpoint")),
];

#[tokio::test]
async fn unneeded_metadata_may_be_wrong() {
    for (name, script) in ODD {
        let api = Api::start().await;
        script(&mut api.provider.script());
        let reply = Browser::new(&api).try_to_log_in().await;
        assert!(reply.location().contains("encrypted_token="), "{name}: {reply:?}");
    }
    println!("figure: {} odd descriptions of a provider accepted", ODD.len());
}

#[tokio::test]
async fn wrong_metadata_is_logged_with_its_value() {
    let log = Log::capture();
    for (script, words) in [
        ((|s| s.metadata = Twist::without("jwks_uri")) as fn(&mut Script), &["has no jwks_uri"][..]),
        (|s| s.metadata = Twist::with("token_endpoint", "/token"), &["token_endpoint", "no URL", "/token"]),
        (
            |s| s.metadata = Twist::with("issuer", "https://other.example/x"),
            &["https://other.example/x", "/api/v2", "oauth2.server_metadata_url"],
        ),
        (|s| s.jwks = Twist::with("keys", json!([])), &["no RS256 or ES256 key", "none"]),
        (|s| s.metadata = Twist::Status(404), &["the provider's metadata answered with status 404"]),
    ] {
        let api = Api::with(Provider::start(), Extra::default(), CachePolicy::default()).await;
        script(&mut api.provider.script());
        log.take();
        // The second answer comes from the cache, and gives the same reason.
        for _ in 0..2 {
            let reply = Browser::new(&api).get(&login_path(ORIGIN)).await;
            let said = log.take();
            let line = said.lines().find(|line| line.contains(reply.header("x-request-id"))).unwrap();
            for word in words {
                assert!(line.contains(word), "{word} is not in {line}");
            }
        }
    }
}

#[tokio::test]
async fn an_issuer_may_end_in_a_slash() {
    let api = Api::start().await;
    api.provider.script().has_slash = true;
    let session = Browser::new(&api).log_in().await;
    assert_eq!(
        api.text("SELECT issuer FROM users").await,
        format!("{}/", api.provider.issuer()),
        "it is what the metadata says"
    );
    let answer = session.log_out(&api).await;
    assert_eq!(answer.json()["status"], "success", "{answer:?}");
    // Its tokens must still name exactly this issuer.
    api.provider.script().id_token.claim("iss", api.provider.issuer());
    let reply = Browser::new(&api).try_to_log_in().await;
    assert!(reply.location().ends_with("login_error=provider_error"), "{reply:?}");
}

#[tokio::test]
async fn a_configuration_that_contradicts_the_metadata_is_logged_by_name() {
    let log = Log::capture();
    let extra = Extra {
        oauth2: "scope: openid profile custom\nrequired_acr: [eidas9, eidas1]\nsigning_algorithms: [ES256, RS256]",
        ..Extra::default()
    };
    let api = Api::with(Provider::start(), extra, FORGETFUL).await;
    let mut metadata = Edits::default();
    metadata.set("scopes_supported", json!(["openid", "email"]));
    metadata.set("acr_values_supported", json!(["eidas1", "eidas2"]));
    api.provider.script().metadata = Twist::Edited(metadata);
    api.provider.script().jwks = Twist::with("keys", json!([key(Kind::Rs256, FIRST).jwk("rsa-0")]));
    log.take();
    Browser::new(&api).get(&login_path(ORIGIN)).await;
    let said = log.take();
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("contradicts")).collect();
    for (line, (key, value)) in lines.iter().zip([
        ("oauth2.scope", "profile"),
        ("oauth2.scope", "custom"),
        ("oauth2.required_acr", "eidas9"),
        ("oauth2.signing_algorithms", "ES256"),
    ]) {
        assert!(
            line.contains(" WARN ") && line.contains(key) && line.contains(value),
            "{key} {value}: {line}"
        );
    }
    assert_eq!(lines.len(), 4, "{said}");
}

#[tokio::test]
async fn a_failed_discovery_is_repeated_soon_but_not_at_once() {
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
async fn the_metadata_is_fetched_once_and_cached() {
    let api = Api::start().await;
    for _ in 0..3 {
        Browser::new(&api).log_in().await;
    }
    for path in ["/.well-known/openid-configuration", "/jwks"] {
        assert_eq!(api.provider.calls(path).len(), 1, "{path}");
    }
}
