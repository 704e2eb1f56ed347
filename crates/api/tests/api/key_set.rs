//! The provider's keys: which of them are used, and how often they are fetched.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::jws::Signer;
use crate::support::keys::{FIRST, Kind, SECOND, STRANGER, key};
use crate::support::log::Log;
use crate::support::twist::Twist;
use crate::support::{Api, Browser, Extra, FORGETFUL, ORIGIN, Provider, Session, login_path};

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
async fn keys_of_other_kinds_and_uses_are_ignored() {
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
async fn a_key_need_not_name_its_use_or_algorithm() {
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
async fn both_keys_work_during_a_rotation() {
    let api = Api::start().await;
    api.provider.script().publishes = vec![SECOND, FIRST];
    for number in [FIRST, SECOND, FIRST] {
        api.provider.script().signs_with = number;
        Browser::new(&api).log_in().await;
    }
    assert_eq!(api.provider.calls("/jwks").len(), 1);
}

#[tokio::test]
async fn when_keys_cannot_be_fetched_again_the_known_ones_stay_in_use() {
    let api = Api::with(Provider::start(), Extra::default(), FORGETFUL).await;
    Browser::new(&api).log_in().await;
    api.provider.script().jwks = Twist::Status(500);
    api.provider.script().id_token.header("kid", json!("new"));
    let reply = Browser::new(&api).try_to_log_in().await;
    assert!(reply.location().ends_with("login_error=provider_unavailable"), "{reply:?}");
    // A signature that no known key made is wrong, whether or not there are new keys.
    api.provider.behave();
    api.provider.script().jwks = Twist::Status(500);
    api.provider.script().signs_with = STRANGER;
    api.provider.script().id_token.header("kid", json!("rsa-0"));
    let reply = Browser::new(&api).try_to_log_in().await;
    assert!(reply.location().ends_with("login_error=provider_error"), "{reply:?}");
    api.provider.behave();
    Session::from(&Browser::new(&api).try_to_log_in().await);
}

#[tokio::test]
async fn a_set_of_one_key_need_not_name_it() {
    let api = Api::start().await;
    for (jwk_has_id, token_has_id) in [(true, false), (false, true), (false, false)] {
        let api = Api::with(Provider::start(), Extra::default(), FORGETFUL).await;
        let jwk = key(Kind::Rs256, FIRST).jwk("rsa-0");
        let jwk = if jwk_has_id { jwk } else { with(jwk, "kid", json!(null)) };
        // An encryption key does not count as a signing key.
        let other = with(key(Kind::Rs256, SECOND).jwk("enc"), "use", "enc");
        {
            let mut script = api.provider.script();
            script.jwks = Twist::with("keys", json!([jwk, other]));
            if !token_has_id {
                script.id_token.without_header("kid");
                script.userinfo.without_header("kid");
            }
        }
        Browser::new(&api).log_in().await;
        // The signature is still checked.
        api.provider.script().id_token.signed_by(Signer::Stranger);
        let reply = Browser::new(&api).try_to_log_in().await;
        assert!(reply.location().ends_with("login_error=provider_error"), "{jwk_has_id} {token_has_id}");
    }
    // When there are several keys, the token must name one.
    api.provider.script().id_token.without_header("kid");
    let reply = Browser::new(&api).try_to_log_in().await;
    assert!(reply.location().ends_with("login_error=provider_error"), "{reply:?}");
}

#[tokio::test]
async fn every_suitable_key_with_the_same_name_is_tried() {
    for order in [[FIRST, SECOND], [SECOND, FIRST]] {
        let api = Api::start().await;
        let shared: Vec<Value> = order.iter().map(|number| key(Kind::Rs256, *number).jwk("rsa-0")).collect();
        api.provider.script().jwks = Twist::with("keys", shared);
        for number in order {
            {
                let mut script = api.provider.script();
                script.signs_with = number;
                script.id_token.header("kid", json!("rsa-0"));
                script.userinfo.header("kid", json!("rsa-0"));
            }
            Browser::new(&api).log_in().await;
        }
        assert_eq!(api.provider.calls("/jwks").len(), 1);
    }
}

#[tokio::test]
async fn another_kind_of_key_under_the_same_name_is_fetched() {
    let api = Api::start().await;
    api.provider.script().jwks = Twist::with("keys", vec![key(Kind::Rs256, FIRST).jwk("the-key")]);
    let named = |kind| {
        let mut script = api.provider.script();
        script.kind = kind;
        script.id_token.header("kid", json!("the-key"));
        script.userinfo.header("kid", json!("the-key"));
    };
    named(Kind::Rs256);
    let before = Browser::new(&api).log_in().await;
    api.provider.script().jwks = Twist::with("keys", vec![key(Kind::Es256, FIRST).jwk("the-key")]);
    named(Kind::Es256);
    Browser::new(&api).log_in().await;
    assert_eq!(api.provider.calls("/jwks").len(), 2);
    // An ID token that was valid at its login is valid for its logout, but the provider would not know it any more.
    let answer = before.log_out(&api).await;
    assert_eq!(answer.json()["status"], "success", "{answer:?}");
    assert!(!answer.json()["logout_url"].as_str().unwrap().contains("id_token_hint"), "{answer:?}");
}

#[tokio::test]
async fn a_key_that_is_too_short_is_reported_as_such() {
    let log = Log::capture();
    let short = json!({"kty": "RSA", "kid": "rsa-0", "n": "wKq3r5p1bXQ".repeat(12), "e": "AQAB"});
    let api = Api::with(Provider::start(), Extra::default(), FORGETFUL).await;
    api.provider.script().jwks = Twist::with("keys", json!([short, key(Kind::Es256, FIRST).jwk("ec-0")]));
    log.take();
    let reply = Browser::new(&api).try_to_log_in().await;
    assert!(reply.location().ends_with("login_error=provider_error"), "{reply:?}");
    let said = log.take();
    assert!(said.contains("too short") && said.contains("bits"), "{said}");
    // When there is no other key, nobody can log in.
    let api = Api::with(Provider::start(), Extra::default(), FORGETFUL).await;
    api.provider.script().jwks = Twist::with("keys", json!([short]));
    Browser::new(&api).get(&login_path(ORIGIN)).await.problem(503);
    let said = log.take();
    assert!(said.contains("rsa-0 (RS256") && said.contains("too short"), "{said}");
}
