//! A login that succeeds.

use std::time::Duration;

use serde_json::json;
use url::Url;

use crate::support::{Api, Browser, Extra, FORGETFUL, ORIGIN, Provider, Session, clock, path_with};

const BINDING: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCD-_0";

#[tokio::test]
async fn a_login_ends_at_the_origin_with_the_three_tokens_in_an_envelope() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let login =
        path_with("/v1/oauth2/login", &[("origin", "https://app.gouv.fr/page"), ("binding", BINDING)]);
    let reply = browser.get(&login).await;
    let back = browser.authorize(&Url::parse(reply.location()).unwrap()).await;
    assert_eq!(browser.cookies.len(), 1);
    let reply = browser.call_back(&back).await;
    assert_eq!((reply.status, reply.header("cache-control")), (303, "no-store"), "{reply:?}");
    assert!(reply.location().starts_with(&format!("{ORIGIN}/?encrypted_token=")));
    assert!(browser.cookies.is_empty(), "the pending login is over");
    let session = Session::from(&reply);
    assert!(session.app_token.starts_with("sk-pss") && session.app_token.len() == 42);
    assert_eq!(session.binding.as_deref(), Some(BINDING));
    assert_eq!(session.id_token.split('.').count(), 3);
    let token_id: i64 = api.text("SELECT CAST(id AS TEXT) FROM tokens").await.parse().unwrap();
    assert_eq!(session.token_id, token_id);
    for path in ["/token", "/userinfo"] {
        assert_eq!(api.provider.calls(path).len(), 1, "{path}");
    }
}

#[tokio::test]
async fn without_a_binding_the_envelope_has_none() {
    let api = Api::start().await;
    assert_eq!(Browser::new(&api).log_in().await.binding, None);
}

#[tokio::test]
async fn me_info_says_who_the_token_belongs_to() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let reply = session.me(&api).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(
        reply.json(),
        json!({
            "object": "userInfo",
            "id": 1,
            "email": "camille.martin@example.gouv.fr",
            "name": "Camille Martin",
            "role": "Freemium",
            "permissions": [],
            "organization": "Direction interministérielle du numérique",
            "siret": "13002526500013",
            "expires": clock::START + 24 * 3600,
            "created": clock::START,
            "updated": clock::START
        })
    );
}

#[tokio::test]
async fn a_second_login_is_the_same_person_with_another_token_and_the_first_stays_valid() {
    let api = Api::start().await;
    let first = Browser::new(&api).log_in().await;
    clock::advance(Duration::from_secs(60));
    let second = Browser::new(&api).log_in().await;
    assert_ne!(first.app_token, second.app_token);
    assert_ne!(first.token_id, second.token_id);
    let (first, second) = (first.me(&api).await.json(), second.me(&api).await.json());
    assert_eq!(first["id"], second["id"]);
    assert_eq!(first["created"], second["created"]);
    assert_eq!(first["expires"], json!(clock::START + 24 * 3600));
    assert_eq!(second["expires"], json!(clock::START + 60 + 24 * 3600));
    assert_eq!((api.count("users").await, api.count("tokens").await), (1, 2));
}

#[tokio::test]
async fn a_token_is_valid_exactly_as_long_as_configured() {
    let extra = Extra { api: "token_ttl: 10m", ..Extra::default() };
    let api = Api::with(Provider::start(), extra, FORGETFUL).await;
    let session = Browser::new(&api).log_in().await;
    clock::advance(Duration::from_secs(599));
    assert_eq!(session.me(&api).await.status, 200);
    clock::advance(Duration::from_secs(1));
    session.me(&api).await.problem(401);
}

#[tokio::test]
async fn the_default_role_exists_once_before_anybody_logs_in() {
    let api = Api::configured("default_role: Agent public").await;
    assert_eq!(api.text("SELECT name FROM roles").await, "Agent public");
    api.replica(Extra { oauth2: "default_role: Agent public", ..Extra::default() }).await;
    assert_eq!(api.count("roles").await, 1);
    let session = Browser::new(&api).log_in().await;
    assert_eq!(session.me(&api).await.json()["role"], "Agent public");
}

#[tokio::test]
async fn the_permissions_come_from_the_role() {
    let api = Api::start().await;
    api.execute(r#"UPDATE roles SET permissions = '["read_metric","admin"]'"#).await;
    let session = Browser::new(&api).log_in().await;
    assert_eq!(session.me(&api).await.json()["permissions"], json!(["read_metric", "admin"]));
}

#[tokio::test]
async fn any_replica_finishes_a_login_and_accepts_its_token() {
    let api = Api::start().await;
    let other = api.replica(Extra::default()).await;
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    let mut elsewhere = Browser::at(&other);
    elsewhere.cookies.clone_from(&browser.cookies);
    // The redirect URI is that of the replica, so the provider refuses the code: this tests only the cookie.
    let reply = elsewhere.call_back(&back).await;
    assert_eq!(reply.location(), format!("{ORIGIN}/?login_error=login_expired"));
    let session = Browser::new(&api).log_in().await;
    let reply = Browser::at(&other).get_with("/v1/me/info", &[("authorization", &session.bearer())]).await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn a_login_requested_on_another_host_is_redirected_once() {
    let api = Api::configured("redirect_uri: https://api.gouv.fr/v1/oauth2/callback").await;
    let asked = path_with("/v1/oauth2/login", &[("origin", ORIGIN), ("binding", &"b".repeat(43))]);
    let mut browser = Browser::new(&api);
    let reply = browser.get(&asked).await;
    let there = format!("https://api.gouv.fr/v1/oauth2/login?{}&moved=1", asked.split_once('?').unwrap().1);
    assert_eq!((reply.status, reply.location()), (303, there.as_str()));
    assert!(browser.cookies.is_empty());
    assert_eq!(browser.get(&format!("{asked}&moved=1")).await.status, 302, "once");
    let by_proxy = [("x-forwarded-host", "api.gouv.fr")];
    assert_eq!(Browser::new(&api).get_with(&asked, &by_proxy).await.status, 302);
    // A request that must be refused is refused here, without a redirect.
    let refused = path_with("/v1/oauth2/login", &[("origin", "https://evil.example")]);
    Browser::new(&api).get(&refused).await.problem(400);
}
