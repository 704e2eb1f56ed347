//! Answers of the token endpoint without valid tokens.

use serde_json::json;

use crate::support::attack::{Attack, all_are_refused, refusal};
use crate::support::script::Script;
use crate::support::twist::Twist;
use crate::support::{Api, Browser};

const UNREADABLE: &str = "the token endpoint's answer, with status 200 and type \"application/json\", ";
const NOT_JSON: &str = "is not application/json";
const JSON: &str = "application/json";

const fn attack(name: &'static str, script: fn(&mut Script), reason: &'static str) -> Attack {
    Attack { name, script, code: "provider_error", reason }
}

const fn misconfigured(name: &'static str, script: fn(&mut Script), reason: &'static str) -> Attack {
    Attack { name, script, code: "configuration", reason }
}

const fn passing(name: &'static str, script: fn(&mut Script), reason: &'static str) -> Attack {
    Attack { name, script, code: "provider_unavailable", reason }
}

const fn expired(name: &'static str, script: fn(&mut Script)) -> Attack {
    Attack {
        name,
        script,
        code: "login_expired",
        reason: "the provider does not accept the authorization code",
    }
}

#[rustfmt::skip]
const ANSWERS: &[Attack] = &[
    expired("invalid_grant", |s| s.token = Twist::Instead(400, JSON, r#"{"error":"invalid_grant"}"#)),
    expired("invalid_grant with a description", |s| s.token = Twist::Instead(400, JSON, r#"{"error":"invalid_grant","error_description":"grant request is invalid"}"#)),
    misconfigured("invalid_client", |s| s.token = Twist::Instead(401, JSON, r#"{"error":"invalid_client"}"#), r#"the token endpoint refused with the error "invalid_client""#),
    misconfigured("invalid_request", |s| s.token = Twist::Instead(400, JSON, r#"{"error":"invalid_request"}"#), r#"the token endpoint refused with the error "invalid_request""#),
    misconfigured("unauthorized_client", |s| s.token = Twist::Instead(400, JSON, r#"{"error":"unauthorized_client"}"#), r#"the token endpoint refused with the error "unauthorized_client""#),
    attack("an error nobody knows", |s| s.token = Twist::Instead(400, JSON, r#"{"error":"x\ny"}"#), r#"the token endpoint refused with the error "x y""#),
    attack("an error with status 200", |s| s.token = Twist::Instead(200, JSON, r#"{"error":"invalid_grant"}"#), UNREADABLE),
    attack("an error that is no text", |s| s.token = Twist::Instead(400, JSON, r#"{"error":400}"#), "the token endpoint\'s answer, with status 400 "),
    attack("status 500 and a page", |s| s.token = Twist::Instead(500, "text/html", "<h1>500</h1>"), "the token endpoint\'s answer, with status 500 "),
    attack("status 404 and a page", |s| s.token = Twist::Instead(404, "text/html", "<h1>404</h1>"), "the token endpoint\'s answer, with status 404 "),
    attack("status 500 and the good answer", |s| s.token = Twist::Status(500), "the token endpoint\'s answer, with status 500 "),
    attack("status 400 and the good answer", |s| s.token = Twist::Status(400), "the token endpoint\'s answer, with status 400 "),
    attack("a page", |s| s.token = Twist::Instead(200, "text/html", "<h1>Bonjour</h1>"), NOT_JSON),
    attack("the good answer labelled as a page", |s| s.token = Twist::Labelled("text/html"), NOT_JSON),
    attack("the good answer labelled as a form", |s| s.token = Twist::Labelled("application/x-www-form-urlencoded"), NOT_JSON),
    attack("a redirect", |s| s.token = Twist::Redirect(302), "the token endpoint\'s answer, with status 302 "),
    attack("a redirect that keeps the method", |s| s.token = Twist::Redirect(307), "the token endpoint\'s answer, with status 307 "),
    attack("a redirect for ever", |s| s.token = Twist::Redirect(308), "the token endpoint\'s answer, with status 308 "),
    attack("no ID token", |s| s.token = Twist::without("id_token"), UNREADABLE),
    attack("an ID token that is null", |s| s.token = Twist::with("id_token", json!(null)), UNREADABLE),
    attack("an ID token that is a number", |s| s.token = Twist::with("id_token", 1), UNREADABLE),
    attack("an ID token that is an object", |s| s.token = Twist::with("id_token", json!({"sub": "admin"})), UNREADABLE),
    attack("no access token", |s| s.token = Twist::without("access_token"), UNREADABLE),
    attack("no token type", |s| s.token = Twist::without("token_type"), UNREADABLE),
    attack("a token type that needs a proof", |s| s.token = Twist::with("token_type", "DPoP"), UNREADABLE),
    attack("another access token", |s| s.token = Twist::with("access_token", "stolen"), "the userinfo endpoint answered with status 401"),
    attack("an empty access token", |s| s.token = Twist::with("access_token", ""), UNREADABLE),
    attack("an access token that would be a header more", |s| s.token = Twist::with("access_token", "a\r\nx: y"), UNREADABLE),
    attack("an access token that no header holds", |s| s.token = Twist::with("access_token", "é"), UNREADABLE),
    attack("a megabyte larger", |s| s.token = Twist::Padded, "is larger than 524288 bytes"),
    attack("said to be compressed", |s| s.token = Twist::Bomb, UNREADABLE),
    attack("malformed JSON", |s| s.token = Twist::Instead(200, JSON, r#"{"access_token":"#), UNREADABLE),
    attack("JSON that is a list", |s| s.token = Twist::Instead(200, JSON, "[]"), UNREADABLE),
    attack("JSON that is a list of the values", |s| s.token = Twist::Instead(200, JSON, r#"["token", "Bearer", "a.b.c"]"#), UNREADABLE),
    attack("nothing", |s| s.token = Twist::Instead(200, JSON, ""), UNREADABLE),
    attack("no content", |s| s.token = Twist::Instead(204, JSON, ""), "the token endpoint\'s answer, with status 204 "),
    passing("cut short", |s| s.token = Twist::CutShort, "no answer from 127.0.0.1"),
    passing("status 429", |s| s.token = Twist::Instead(429, JSON, "{}"), "with status 429"),
    passing("status 502 and a page", |s| s.token = Twist::Instead(502, "text/html", "<h1>502</h1>"), "with status 502"),
    passing("status 503 and a page", |s| s.token = Twist::Instead(503, "text/html", "<h1>503</h1>"), "with status 503"),
    passing("status 504 and the good answer", |s| s.token = Twist::Status(504), "with status 504"),
];

#[tokio::test]
async fn an_answer_without_valid_tokens_is_refused() {
    all_are_refused(&Api::start().await, "the token endpoint", ANSWERS).await;
}

#[tokio::test]
async fn an_unreachable_provider_at_the_callback_is_unavailable() {
    let mut api = Api::start().await;
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    api.provider.sleep().await;
    let reply = browser.call_back(&back).await;
    let wrong = refusal(&api, &browser, &reply, "provider_unavailable").await;
    assert!(wrong.is_empty(), "{wrong:?}");
    api.provider.wake();
    Browser::new(&api).log_in().await;
}

#[tokio::test]
async fn a_wrong_client_secret_is_reported_as_configuration() {
    let api = Api::configured("client_secret: not-the-right-one").await;
    let mut browser = Browser::new(&api);
    let reply = browser.try_to_log_in().await;
    let wrong = refusal(&api, &browser, &reply, "configuration").await;
    assert!(wrong.is_empty(), "{wrong:?}");
}
