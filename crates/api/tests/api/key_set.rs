//! The provider's keys: which of them count, and how often they are asked for.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::keys::{FIRST, Kind, SECOND, STRANGER, key};
use crate::support::twist::Twist;
use crate::support::{Api, Browser, Extra, FORGETFUL, Provider, Session};

fn good_keys() -> Vec<Value> {
    vec![key(Kind::Rs256, FIRST).jwk("rsa-0"), key(Kind::Es256, FIRST).jwk("ec-0")]
}

fn with(jwk: Value, name: &str, value: impl Into<Value>) -> Value {
    let mut jwk = jwk;
    jwk[name] = value.into();
    jwk
}

#[tokio::test]
async fn a_flood_of_forged_key_ids_makes_at_most_two_fetches() {
    let api = Api::start().await;
    for number in 0..30 {
        api.provider.behave();
        api.provider.script().id_token.header("kid", json!(format!("forged-{number}")));
        let reply = Browser::new(&api).try_to_log_in().await;
        assert!(reply.location().ends_with("login_error=provider_error"), "{reply:?}");
    }
    assert!(api.provider.calls("/jwks").len() <= 2, "{} fetches", api.provider.calls("/jwks").len());
    api.provider.behave();
    Browser::new(&api).log_in().await;
}

#[tokio::test]
async fn a_flood_of_forged_key_ids_at_logout_makes_at_most_two_fetches() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    for number in 0..30 {
        let hint = api.provider.id_token(|script| {
            script.id_token.header("kid", json!(format!("forged-{number}")));
            script.id_token.claim("sub", "another-person");
        });
        let body = json!({ "proconnect_token": hint }).to_string();
        let bearer = session.bearer();
        let headers = [("authorization", bearer.as_str())];
        Browser::new(&api).send(Method::POST, "/v1/oauth2/logout", &headers, body).await.problem(400);
    }
    assert!(api.provider.calls("/jwks").len() <= 2, "{} fetches", api.provider.calls("/jwks").len());
}

#[tokio::test]
async fn keys_of_other_kinds_and_uses_stand_in_nobodys_way() {
    let api = Api::start().await;
    let mut keys = vec![
        json!({"kty": "oct", "kid": "rsa-0", "k": "c2VjcmV0"}),
        json!({"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": "AA"}),
        json!({"kty": "XYZ", "kid": "rsa-0"}),
        json!({"kty": "RSA"}),
        json!({"kty": "RSA", "kid": "rsa-9", "n": "*", "e": "AQAB"}),
        json!("not an object"),
        json!(null),
        with(key(Kind::Rs256, STRANGER).jwk("rsa-0"), "use", "enc"),
        with(key(Kind::Rs256, STRANGER).jwk("rsa-0"), "alg", "RSA-OAEP"),
        with(key(Kind::Rs256, STRANGER).jwk("rsa-0"), "kid", json!(null)),
    ];
    keys.extend(good_keys());
    api.provider.script().jwks = Twist::with("keys", keys);
    for kind in [Kind::Rs256, Kind::Es256] {
        api.provider.script().kind = kind;
        Browser::new(&api).log_in().await;
    }
}

#[tokio::test]
async fn a_key_need_not_say_its_use_or_algorithm() {
    let api = Api::start().await;
    let bare: Vec<Value> = good_keys()
        .into_iter()
        .map(|mut jwk| {
            jwk.as_object_mut().unwrap().retain(|name, _| name != "use" && name != "alg");
            jwk
        })
        .collect();
    api.provider.script().jwks = Twist::with("keys", bare);
    for kind in [Kind::Rs256, Kind::Es256] {
        api.provider.script().kind = kind;
        Browser::new(&api).log_in().await;
    }
}

#[tokio::test]
async fn two_kinds_of_key_may_share_a_name() {
    let api = Api::start().await;
    let shared = vec![key(Kind::Rs256, FIRST).jwk("shared"), key(Kind::Es256, FIRST).jwk("shared")];
    for kind in [Kind::Rs256, Kind::Es256] {
        {
            let mut script = api.provider.script();
            script.kind = kind;
            script.jwks = Twist::with("keys", shared.clone());
            script.id_token.header("kid", json!("shared"));
            script.userinfo.header("kid", json!("shared"));
        }
        Browser::new(&api).log_in().await;
    }
}

#[tokio::test]
async fn keys_that_overlap_in_a_rotation_both_work() {
    let api = Api::start().await;
    api.provider.script().publishes = vec![SECOND, FIRST];
    for number in [FIRST, SECOND, FIRST] {
        api.provider.script().signs_with = number;
        Browser::new(&api).log_in().await;
    }
    assert_eq!(api.provider.calls("/jwks").len(), 1);
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_again_leave_the_known_ones_in_use() {
    let api = Api::with(Provider::start(), Extra::default(), FORGETFUL).await;
    Browser::new(&api).log_in().await;
    api.provider.script().jwks = Twist::Status(500);
    api.provider.script().id_token.header("kid", json!("new"));
    let reply = Browser::new(&api).try_to_log_in().await;
    assert!(reply.location().ends_with("login_error=provider_unavailable"), "{reply:?}");
    // A signature that fits no known key is wrong, whether or not there are new keys.
    api.provider.behave();
    api.provider.script().jwks = Twist::Status(500);
    api.provider.script().signs_with = STRANGER;
    api.provider.script().id_token.header("kid", json!("rsa-0"));
    let reply = Browser::new(&api).try_to_log_in().await;
    assert!(reply.location().ends_with("login_error=provider_error"), "{reply:?}");
    api.provider.behave();
    Session::from(&Browser::new(&api).try_to_log_in().await);
}
