//! Valid logins that look almost like an attack: they must succeed.

use std::time::Duration;

use oidc::CachePolicy;
use serde_json::json;

use crate::support::clock::now;
use crate::support::keys::{FIRST, Kind, SECOND, key, key_id};
use crate::support::provider::CLIENT_ID;
use crate::support::script::Script;
use crate::support::twist::Twist;
use crate::support::{Api, Browser, Extra, FORGETFUL, ORIGIN, Provider, clock, login_path};

/// The name of a case, and the change that makes the provider so.
type Neighbour = (&'static str, fn(&mut Script));

#[rustfmt::skip]
const NEIGHBOURS: &[Neighbour] = &[
    ("the provider's clock is 50 s ahead", |s| { s.id_token.claim("iat", now().0 + 50); s.id_token.claim("nbf", now().0 + 50); s.id_token.claim("exp", now().0 + 350); }),
    ("the provider's clock is 50 s behind", |s| { s.id_token.claim("iat", now().0 - 350); s.id_token.claim("exp", now().0 - 50); }),
    ("the provider's clock is at the end of the leeway", |s| { s.id_token.claim("iat", now().0 + 60); s.id_token.claim("nbf", now().0 + 60); s.id_token.claim("exp", now().0 - 59); }),
    ("the userinfo's clock is 50 s ahead", |s| { s.userinfo.claim("iat", now().0 + 50); s.userinfo.claim("nbf", now().0 + 50); }),
    ("the userinfo's clock is 50 s behind", |s| s.userinfo.claim("exp", now().0 - 50)),
    ("times with fractions", |s| { s.id_token.claim("iat", 1_767_225_600.25); s.id_token.claim("exp", 1_767_229_200.75); }),
    ("userinfo in plain JSON", |s| s.signs_userinfo = false),
    ("userinfo without times", |s| s.userinfo.without("iat")),
    ("userinfo that ends with a line", |s| s.userinfo.shaped(|t| t + "\n")),
    ("userinfo as long as any answer may be", |s| s.userinfo_endpoint = Twist::PaddedTo(524_288)),
    ("a media type in capitals", |s| s.userinfo_endpoint = Twist::Labelled("Application/JWT")),
    ("plain userinfo with odd spacing in its media type", |s| { s.signs_userinfo = false; s.userinfo_endpoint = Twist::Labelled("application/json ;charset=UTF-8"); }),
    ("one audience in a list", |s| { s.id_token.claim("aud", json!([CLIENT_ID])); s.userinfo.claim("aud", json!([CLIENT_ID])); }),
    ("several audiences and azp is us", |s| { s.id_token.claim("aud", json!(["another", CLIENT_ID])); s.id_token.claim("azp", CLIENT_ID); }),
    ("one audience and azp is us", |s| s.id_token.claim("azp", CLIENT_ID)),
    ("a typ in the header", |s| { s.id_token.header("typ", json!("JWT")); s.userinfo.header("typ", json!("JWT")); }),
    ("another typ in the header", |s| s.id_token.header("typ", json!("at+jwt"))),
    ("what a header may say besides", |s| { s.id_token.header("x5t", json!("abc")); s.id_token.header("cty", json!("json")); }),
    ("an at_hash that is wrong", |s| s.id_token.claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA")),
    ("what ProConnect says on request", |s| { s.id_token.claim("acr", "eidas1"); s.id_token.claim("amr", json!(["pwd", "mfa"])); s.id_token.claim("auth_time", now().0 - 30); s.id_token.claim("sid", "x"); }),
    ("claims nobody knows", |s| { s.id_token.claim("custom", json!({"a": [1, null]})); s.userinfo.claim("custom", json!({"a": [1, null]})); }),
    ("an ID token that is long", |s| s.id_token.claim("custom", "c".repeat(10_000))),
    ("a token answer with more in it", |s| s.token = Twist::with("not_before_policy", 0)),
    ("a token answer with less in it", |s| s.token = Twist::without("expires_in")),
    ("a token type in another case", |s| s.token = Twist::with("token_type", "bearer")),
    ("metadata with more in it", |s| s.metadata = Twist::with("something_new", json!({"a": 1}))),
    ("metadata without end_session_endpoint", |s| s.metadata = Twist::without("end_session_endpoint")),
    ("roles that are empty", |s| s.userinfo.claim("roles", json!([]))),
];

#[tokio::test]
async fn unusual_but_valid_providers_work() {
    let mut failures = Vec::new();
    for kind in [Kind::Rs256, Kind::Es256] {
        for (name, script) in NEIGHBOURS {
            let api = Api::start().await;
            api.provider.script().kind = kind;
            script(&mut api.provider.script());
            let reply = Browser::new(&api).try_to_log_in().await;
            if !reply.location().contains("?encrypted_token=") {
                failures.push(format!("{name} ({}): {}", kind.name(), reply.location()));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    println!(
        "figure: {} benign neighbours of an attack accepted, with RS256 and with ES256",
        NEIGHBOURS.len()
    );
}

#[tokio::test]
async fn the_leeway_is_as_configured() {
    let api = Api::configured("leeway: 5s").await;
    for (behind, outcome) in [(4, "encrypted_token"), (5, "login_error=provider_error")] {
        api.provider.behave();
        api.provider.script().id_token.claim("exp", now().0 - behind);
        let reply = Browser::new(&api).try_to_log_in().await;
        assert!(reply.location().contains(outcome), "{behind}: {reply:?}");
    }
}

#[tokio::test]
async fn rotated_keys_work_without_a_restart() {
    let policy = CachePolicy { refetch_keys_after: Duration::from_millis(200), ..FORGETFUL };
    let api = Api::with(Provider::start(), Extra::default(), policy).await;
    for kind in [Kind::Rs256, Kind::Es256] {
        for number in [SECOND, FIRST] {
            {
                let mut script = api.provider.script();
                (script.kind, script.signs_with, script.publishes) = (kind, number, vec![number]);
            }
            tokio::time::sleep(policy.refetch_keys_after).await;
            Browser::new(&api).log_in().await;
        }
    }
}

#[tokio::test]
async fn new_keys_with_the_old_names_work_without_a_restart() {
    for kind in [Kind::Rs256, Kind::Es256] {
        let api = Api::start().await;
        api.provider.script().kind = kind;
        Browser::new(&api).log_in().await;
        {
            let mut script = api.provider.script();
            let name = key_id(kind, FIRST);
            script.jwks = Twist::with("keys", json!([key(kind, SECOND).jwk(&name)]));
            script.signs_with = SECOND;
            script.id_token.header("kid", json!(name));
            script.userinfo.header("kid", json!(name));
        }
        Browser::new(&api).log_in().await;
        assert_eq!(api.provider.calls("/jwks").len(), 2);
    }
}

#[tokio::test]
async fn old_metadata_and_keys_are_refreshed_and_stay_in_use_when_that_fails() {
    let policy = CachePolicy { refresh_after: Duration::ZERO, ..FORGETFUL };
    let api = Api::with(Provider::start(), Extra::default(), policy).await;
    Browser::new(&api).log_in().await;
    // The provider's metadata breaks: the cached metadata is enough.
    api.provider.script().metadata = Twist::Instead(500, "text/html", "");
    Browser::new(&api).log_in().await;
    api.provider.behave();
    let before = api.provider.calls("/jwks").len();
    Browser::new(&api).log_in().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(api.provider.calls("/jwks").len() > before);
}

#[tokio::test]
async fn a_failed_refresh_is_not_repeated_with_every_login() {
    let policy = CachePolicy {
        refresh_after: Duration::ZERO,
        refetch_keys_after: Duration::from_secs(60),
        ..FORGETFUL
    };
    let api = Api::with(Provider::start(), Extra::default(), policy).await;
    let discoveries = || api.provider.calls("/.well-known/openid-configuration").len();
    Browser::new(&api).get(&login_path(ORIGIN)).await;
    api.provider.script().metadata = Twist::Status(500);
    for _ in 0..10 {
        Browser::new(&api).get(&login_path(ORIGIN)).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(discoveries(), 2);
}

#[tokio::test]
async fn a_provider_that_is_unreachable_at_the_start_works_when_it_is_back() {
    let mut api = Api::with(Provider::down(), Extra::default(), FORGETFUL).await;
    Browser::new(&api).get(&login_path(ORIGIN)).await.problem(503);
    assert_eq!(Browser::new(&api).get("/health/live").await.status, 200);
    let ready = Browser::new(&api).get("/health/ready").await;
    assert_eq!((ready.status, ready.json()["provider"].as_str()), (200, Some("unknown")));
    api.provider.wake();
    Browser::new(&api).log_in().await;
    assert_eq!(Browser::new(&api).get("/health/ready").await.json()["provider"], "known");
}

#[tokio::test]
async fn a_provider_may_restart_between_two_logins() {
    let mut api = Api::start().await;
    Browser::new(&api).log_in().await;
    api.provider.sleep().await;
    // Logins still begin: the cached metadata is enough.
    assert_eq!(Browser::new(&api).get(&login_path(ORIGIN)).await.status, 302);
    api.provider.wake();
    clock::advance(Duration::from_secs(3));
    Browser::new(&api).log_in().await;
}

#[tokio::test]
async fn a_login_with_the_required_level_succeeds() {
    let api = Api::configured("required_acr: [eidas2, eidas3]").await;
    for (acr, met) in [("eidas2", true), ("eidas3", true), ("eidas1", false), ("", false), ("eidas22", false)]
    {
        api.provider.behave();
        api.provider.script().id_token.claim("acr", acr);
        let reply = Browser::new(&api).try_to_log_in().await;
        let outcome = if met { "encrypted_token=" } else { "login_error=acr_not_met" };
        assert!(reply.location().contains(outcome), "{acr}: {reply:?}");
    }
    api.provider.behave();
    let reply = Browser::new(&api).try_to_log_in().await;
    assert!(reply.location().ends_with("login_error=acr_not_met"), "{reply:?}");
    assert_eq!(api.count("tokens").await, 2);
}
