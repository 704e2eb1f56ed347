//! Logouts that are refused: the API token stays valid after each, and the log says why in one line.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::jws::Signer;
use crate::support::keys::STRANGER;
use crate::support::log::Log;
use crate::support::provider::{CLIENT_ID, CLIENT_SECRET};
use crate::support::script::Script;
use crate::support::{Api, Browser, Session};

/// Asserts that this body is refused with 400 and a message that contains `word`, and that nothing has ended. Returns
/// the line that the log has about it.
async fn refused(api: &Api, session: &Session, body: String, word: &str) -> String {
    let log = Log::capture();
    let reply = session.log_out_at(&api.base, body.clone()).await;
    let detail = reply.problem(400);
    assert!(detail.contains(word), "{body}: {detail:?} does not say {word:?}");
    let line = log.the_refusal(&reply, "a logout is refused");
    assert!(line.contains(&format!("code={}", reply.json()["code"])), "{line}");
    assert!(line.contains("reason="), "{line}");
    assert_eq!(session.me(api).await.status, 200, "{body} ended the token");
    assert!(api.provider.calls("/session/end").is_empty(), "{body} reached the provider");
    line
}

#[tokio::test]
async fn a_body_without_an_id_token_is_refused() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let token = &session.id_token;
    for body in [
        String::new(),
        "null".into(),
        "[]".into(),
        "\"text\"".into(),
        "{".into(),
        "{} {}".into(),
        "not JSON".into(),
        format!("proconnect_token={token}"),
        format!("[\"{token}\"]"),
        format!("{{proconnect_token: \"{token}\"}}"),
        format!("{{\"proconnect_token\": \"{token}\""),
        format!("\u{feff}{{\"proconnect_token\": \"{token}\"}}"),
        "[".repeat(10_000),
        "{\"a\":".repeat(10_000),
    ] {
        refused(&api, &session, body, "JSON object").await;
    }
    for value in [json!(1), json!(true), json!([token]), json!({ "token": token })] {
        let body = json!({ "proconnect_token": value }).to_string();
        refused(&api, &session, body, "proconnect_token is not what it must be").await;
    }
    let (missing, empty) = ("missing field `proconnect_token`", "proconnect_token is missing");
    for (body, word) in [
        (json!({}), missing),
        (json!({"token": token}), missing),
        (json!({"proconnect_token": null}), "expected a string"),
        (json!({"proconnect_token": ""}), empty),
    ] {
        refused(&api, &session, body.to_string(), word).await;
    }
}

#[tokio::test]
async fn a_string_that_is_not_a_token_of_the_provider_is_refused() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let token = &session.id_token;
    for text in [
        "x".to_owned(),
        "a.b.c".to_owned(),
        "..".to_owned(),
        "é.é.é".to_owned(),
        session.app_token.clone(),
        format!("{token}.x"),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{token}="),
        format!("Bearer {token}"),
        token[..token.rfind('.').unwrap()].to_owned(),
        token[..=token.rfind('.').unwrap()].to_owned(),
        token[token.find('.').unwrap()..].to_owned(),
    ] {
        let body = json!({ "proconnect_token": text }).to_string();
        refused(&api, &session, body, "proconnect_token is not the ID token of this login").await;
    }
}

type Hint = (&'static str, fn(&mut Script));

#[rustfmt::skip]
const HINTS: &[Hint] = &[
    ("signature does not match", |s| s.id_token.signed_by(Signer::Stranger)),
    ("signature does not match", |s| s.id_token.shaped(|t| format!("{}{}", &t[..=t.rfind('.').unwrap()], "A".repeat(342)))),
    ("algorithm", |s| s.id_token.signed_by(Signer::Nobody("none"))),
    ("algorithm", |s| s.id_token.signed_by(Signer::PublicKey)),
    ("algorithm", |s| s.id_token.signed_by(Signer::PublicPem)),
    ("algorithm", |s| s.id_token.signed_by(Signer::ClientSecret(CLIENT_SECRET))),
    ("algorithm", |s| s.id_token.header("alg", json!("ES256"))),
    ("algorithm", |s| s.id_token.header("kid", json!("ec-0"))),
    ("names no key", |s| s.id_token.without_header("kid")),
    ("must be understood", |s| s.id_token.header("crit", json!(["b64"]))),
    ("compact form", |s| s.id_token.without_header("alg")),
    ("iss is ", |s| s.id_token.claim("iss", "https://evil.example")),
    ("iss is ", |s| s.id_token.without("iss")),
    ("aud is ", |s| s.id_token.claim("aud", "another-client")),
    ("aud is ", |s| s.id_token.without("aud")),
    ("azp is ", |s| s.id_token.claim("azp", "another-client")),
    ("azp is ", |s| s.id_token.claim("aud", json!([CLIENT_ID, "another-client"]))),
    ("sub is missing", |s| s.id_token.claim("sub", "another-person")),
    ("sub is missing", |s| s.id_token.claim("sub", "")),
    ("sub is missing", |s| s.id_token.without("sub")),
    ("sub is of another type", |s| s.id_token.claim("sub", 1)),
    ("no JSON object", |s| s.id_token.payload("sub=admin")),
    // With an unknown key only the claims are checked, and they must be right.
    ("iss is ", |s| { s.signs_with = STRANGER; s.id_token.claim("iss", "https://evil.example"); }),
    ("aud is ", |s| { s.signs_with = STRANGER; s.id_token.claim("aud", "another-client"); }),
    ("azp is ", |s| { s.signs_with = STRANGER; s.id_token.claim("azp", "another-client"); }),
    ("sub is missing", |s| { s.signs_with = STRANGER; s.id_token.claim("sub", "another-person"); }),
    ("no JSON object", |s| { s.signs_with = STRANGER; s.id_token.payload("[]"); }),
];

#[tokio::test]
async fn an_id_token_of_another_provider_client_or_person_is_refused() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    for (word, script) in HINTS {
        let body = json!({ "proconnect_token": api.provider.id_token(script) }).to_string();
        let line = refused(&api, &session, body, word).await;
        assert!(line.contains(word), "{line} does not say {word:?}");
    }
    println!("figure: {} forged logout hints refused", HINTS.len());
}

#[tokio::test]
async fn the_valid_id_token_of_another_person_is_refused() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    api.provider.script().sub = "somebody-else";
    let other = Browser::new(&api).log_in().await;
    refused(&api, &session, json!({ "proconnect_token": other.id_token }).to_string(), "sub is").await;
    assert_eq!(other.me(&api).await.status, 200);
}

#[tokio::test]
async fn an_account_without_a_provider_accepts_no_hint() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    api.execute("UPDATE users SET issuer = NULL, sub = NULL").await;
    let fresh = api.provider.id_token(|_| {});
    refused(&api, &session, json!({ "proconnect_token": fresh }).to_string(), "sub is").await;
    let empty = api.provider.id_token(|script| script.id_token.claim("sub", ""));
    refused(&api, &session, json!({ "proconnect_token": empty }).to_string(), "sub is").await;
}

#[tokio::test]
async fn a_post_logout_redirect_uri_that_is_not_allowed_is_refused() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let body = |uri: Value| {
        json!({ "proconnect_token": session.id_token, "post_logout_redirect_uri": uri, "state": "x" })
            .to_string()
    };
    for uri in [
        "https://evil.example/",
        "https://gouv.fr.evil.example/",
        "https://app.gouv.fr@evil.example/",
        "https://evil.example\\@app.gouv.fr/",
        "http://app.gouv.fr/",
        "https://app.gouv.fr/#fragment",
        "https://app.gouv.fr./",
        "https://app.gouv.fr:8443/",
        "javascript:alert(1)",
        "data:text/html,x",
        "//app.gouv.fr/",
        "/logged-out",
        "",
        " https://app.gouv.fr/",
        "https://app.gouv.fr/\r\nx: y",
    ] {
        refused(&api, &session, body(json!(uri)), "post_logout_redirect_uri ").await;
    }
    for uri in [json!(1), json!(["https://app.gouv.fr"]), json!({})] {
        refused(&api, &session, body(uri), "post_logout_redirect_uri is not what it must be").await;
    }
    let state = json!({ "proconnect_token": session.id_token, "state": 1 }).to_string();
    refused(&api, &session, state, "state is not what it must be").await;
}

#[tokio::test]
async fn a_body_that_is_too_large_has_its_own_problem_code() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let body = json!({ "proconnect_token": "x".repeat(70_000) }).to_string();
    let log = Log::capture();
    let reply = session.log_out_at(&api.base, body).await;
    reply.problem(413);
    assert!(log.the_refusal(&reply, "a logout is refused").contains("code=\"body_too_large\""));
    // Without a token the answer does not say even that.
    let body = "x".repeat(70_000);
    let reply = Browser::new(&api).send(Method::POST, "/v1/oauth2/logout", &[], body).await;
    reply.problem(401);
    assert!(log.the_refusal(&reply, "a logout is refused").contains("code=\"missing_token\""));
    assert_eq!(session.me(&api).await.status, 200);
}

#[tokio::test]
async fn a_logout_without_a_valid_session_is_refused_and_logged() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    assert_eq!(session.log_out(&api).await.status, 200);
    let log = Log::capture();
    let reply = session.log_out(&api).await;
    reply.problem(401);
    assert!(log.the_refusal(&reply, "a logout is refused").contains("code=\"invalid_token\""));
    // A key may not end a session.
    let session = Browser::new(&api).log_in().await;
    let body = json!({ "name": "a key" }).to_string();
    let bearer = session.bearer();
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let made = Browser::new(&api).send(Method::POST, "/v1/me/keys", &headers, body).await.json();
    let key = Session { app_token: made["token"].as_str().unwrap().to_owned(), ..session.clone() };
    log.take();
    let reply = key.log_out(&api).await;
    reply.problem(403);
    assert!(log.the_refusal(&reply, "a logout is refused").contains("code=\"session_required\""));
    assert_eq!(session.me(&api).await.status, 200);
}

#[tokio::test]
async fn a_post_logout_redirect_uri_is_logged_with_its_host_and_the_key_to_change() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let log = Log::capture();
    let uri = "https://app.ministere.example/logged-out?secret=1";
    let body = json!({ "proconnect_token": session.id_token, "post_logout_redirect_uri": uri });
    let reply = session.log_out_with(&api, body).await;
    let line = log.the_refusal(&reply, "a logout is refused");
    for word in ["invalid_redirect_uri", "app.ministere.example", "oauth2.allowed_domains"] {
        assert!(line.contains(word), "{word} is not in {line}");
    }
    assert!(!line.contains("secret"), "{line}");
}
