//! A logout that the api accepts.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use url::Url;

use crate::support::jws::Signer;
use crate::support::keys::{FIRST, SECOND, STRANGER};
use crate::support::log::Log;
use crate::support::provider::{CLIENT_ID, Call, Pairs};
use crate::support::script::Script;
use crate::support::twist::Twist;
use crate::support::{Api, Browser, Extra, FORGETFUL, Provider, Reply, clock};

fn logout_url(reply: &Reply) -> Url {
    Url::parse(reply.json()["logout_url"].as_str().unwrap()).unwrap()
}

fn pairs(pairs: &[(&str, &str)]) -> Pairs {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn a_logout_ends_the_token_and_returns_the_url_that_ends_the_browsers_session() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let reply = session.log_out(&api).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"), "{reply:?}");
    assert_eq!(reply.header("cache-control"), "no-store");
    let logout_url = format!(
        "{}/session/end?id_token_hint={}&client_id={CLIENT_ID}",
        api.provider.issuer(),
        session.id_token
    );
    assert_eq!(
        reply.json(),
        json!({
            "status": "success",
            "message": "Successfully logged out from ProConnect",
            "logout_url": logout_url
        })
    );
    session.me(&api).await.problem(401);
    session.log_out(&api).await.problem(401);
    assert_eq!(api.count("tokens WHERE revoked IS NULL").await, 0);
}

#[tokio::test]
async fn the_provider_is_asked_with_a_get_and_never_with_a_hint() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    session.log_out(&api).await;
    let calls = api.provider.calls("/session/end");
    let [call] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!(call.method, "GET");
    assert_eq!(call.query, pairs(&[("client_id", CLIENT_ID)]));
    assert!(call.form.is_empty() && !call.has_authorization);
}

#[tokio::test]
async fn where_to_go_afterwards_and_the_state_reach_the_logout_url_unchanged() {
    let api = Api::start().await;
    for uri in [
        "https://app.gouv.fr/logged-out",
        "https://app.gouv.fr",
        "https://App.Gouv.fr/Chemin?a=1&b=%20+c",
        "http://localhost:3000/logged-out",
    ] {
        for state in ["abc", "é &=#%", ""] {
            let session = Browser::new(&api).log_in().await;
            let body = json!({
                "proconnect_token": session.id_token, "post_logout_redirect_uri": uri, "state": state
            });
            let reply = session.log_out_with(&api, body).await;
            let sent: Pairs = logout_url(&reply).query_pairs().into_owned().collect();
            let expected = [
                ("id_token_hint", session.id_token.as_str()),
                ("client_id", CLIENT_ID),
                ("post_logout_redirect_uri", uri),
                ("state", state),
            ];
            assert_eq!(sent, pairs(&expected));
        }
    }
    // The provider is asked whether it knows the redirect URI; only the browser sends the hint.
    let calls = api.provider.calls("/session/end");
    let names = |call: &Call| call.query.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert!(
        calls.iter().all(|call| names(call) == ["client_id", "post_logout_redirect_uri", "state"]),
        "{calls:?}"
    );
}

#[tokio::test]
async fn null_and_unknown_fields_in_the_body_are_ignored() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let body = json!({
        "proconnect_token": session.id_token, "post_logout_redirect_uri": null, "state": null, "more": [1]
    });
    let reply = session.log_out_with(&api, body).await;
    assert_eq!(logout_url(&reply).query_pairs().count(), 2);
}

#[tokio::test]
async fn only_the_token_of_this_login_ends() {
    let api = Api::start().await;
    let (first, second) = (Browser::new(&api).log_in().await, Browser::new(&api).log_in().await);
    first.log_out(&api).await;
    assert_eq!(second.me(&api).await.status, 200);
    // The hint of another login of the same person is also accepted.
    let body = json!({ "proconnect_token": first.id_token });
    assert_eq!(second.log_out_with(&api, body).await.json()["status"], "success");
}

type Hint = fn(&mut Script);

#[rustfmt::skip]
const HINTS: &[(&str, Hint)] = &[
    ("expired long ago", |s| { s.id_token.claim("exp", 1); s.id_token.claim("iat", 0); }),
    ("without times and nonce", |s| { s.id_token.without("exp"); s.id_token.without("iat"); s.id_token.without("nonce"); }),
    ("of a clock that is ahead", |s| s.id_token.claim("iat", clock::now().0 + 3600)),
    ("with several audiences and azp is us", |s| { s.id_token.claim("aud", json!([CLIENT_ID, "another"])); s.id_token.claim("azp", CLIENT_ID); }),
    ("of a retired key", |s| s.signs_with = SECOND),
    ("of a key nobody knows, which nobody can check", |s| { s.signs_with = STRANGER; s.id_token.signed_by(Signer::Stranger); }),
    ("of the other algorithm", |s| s.kind = s.kind.other()),
];

#[tokio::test]
async fn an_old_hint_of_our_own_is_accepted() {
    let api = Api::start().await;
    for (name, script) in HINTS {
        let session = Browser::new(&api).log_in().await;
        let body = json!({ "proconnect_token": api.provider.id_token(script) });
        let reply = session.log_out_with(&api, body).await;
        assert_eq!(
            (reply.status, reply.json()["status"].as_str()),
            (200, Some("success")),
            "{name}: {reply:?}"
        );
        assert_eq!(api.count("tokens WHERE revoked IS NULL").await, 0, "{name}");
        // Providers refuse a hint signed with a key that they no longer know, but end the session without a hint.
        let has_hint = logout_url(&reply).query_pairs().any(|(name, _)| name == "id_token_hint");
        assert_eq!(has_hint, !name.contains("key"), "{name}");
    }
}

#[tokio::test]
async fn a_hint_that_is_too_long_for_a_url_is_left_out() {
    let api = Api::start().await;
    for (length, has_hint) in [(3_000, true), (9_000, false)] {
        let session = Browser::new(&api).log_in().await;
        let token = api.provider.id_token(|script| {
            let padding: &'static str = "x".repeat(3_000).leak();
            script.id_token.claim("padding", padding);
        });
        let long = api.provider.id_token(|script| {
            let padding: &'static str = "x".repeat(9_000).leak();
            script.id_token.claim("padding", padding);
        });
        let token = if length > 6_000 { long } else { token };
        let reply = session.log_out_with(&api, json!({ "proconnect_token": token })).await;
        let url = logout_url(&reply);
        assert_eq!(url.query_pairs().any(|(name, _)| name == "id_token_hint"), has_hint, "{length}");
        assert!(url.query_pairs().any(|(name, _)| name == "client_id"));
    }
}

#[tokio::test]
async fn a_provider_without_the_redirect_uri_is_asked_without_it() {
    let api = Api::start().await;
    api.provider.script().registered = Some("https://app.gouv.fr/logged-out/");
    for (uri, is_known) in
        [("https://app.gouv.fr/logged-out", false), ("https://app.gouv.fr/logged-out/", true)]
    {
        let session = Browser::new(&api).log_in().await;
        let log = Log::capture();
        let body =
            json!({ "proconnect_token": session.id_token, "post_logout_redirect_uri": uri, "state": "s" });
        let reply = session.log_out_with(&api, body).await;
        let status = if is_known { "success" } else { "warning" };
        assert_eq!((reply.status, reply.json()["status"].as_str()), (200, Some(status)), "{uri}");
        let url = logout_url(&reply);
        let names: Vec<_> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
        let said = log.take();
        if is_known {
            assert_eq!(names, ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"]);
        } else {
            assert_eq!(names, ["id_token_hint", "client_id"], "the session ends on the provider's own page");
            assert!(said.contains(uri) && said.contains("register it"), "{said}");
        }
        session.me(&api).await.problem(401);
    }
}

#[tokio::test]
async fn a_provider_that_hangs_does_not_delay_the_logout() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    api.provider.script().end_session = Twist::Endless;
    let started = std::time::Instant::now();
    let reply = session.log_out(&api).await;
    assert_eq!((reply.status, reply.json()["status"].as_str()), (200, Some("warning")));
    assert!(logout_url(&reply).path().ends_with("/session/end"));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

/// The playground waits for ten seconds.
#[tokio::test]
async fn a_provider_that_hangs_elsewhere_does_not_delay_the_logout_either() {
    let hanging = |twisted: fn(&mut Script)| async move {
        let api = Api::start().await;
        let session = Browser::new(&api).log_in().await;
        let token = api.provider.id_token(|script| script.signs_with = STRANGER);
        twisted(&mut api.provider.script());
        (api, session, token)
    };
    let metadata_hang = async {
        let (api, session, _) = hanging(|script| script.metadata = Twist::Endless).await;
        // This process has never reached the provider.
        let replica = api.replica(Extra::default()).await;
        let started = std::time::Instant::now();
        let body = json!({ "proconnect_token": session.id_token }).to_string();
        let reply = session.log_out_at(&replica, body).await;
        assert_eq!((reply.status, reply.json()["status"].as_str()), (200, Some("warning")));
        assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
        session.me(&api).await.problem(401);
    };
    let keys_hang = async {
        // The key of the session was replaced, and the new ones cannot be fetched.
        let (api, session, token) = hanging(|script| {
            (script.jwks, script.end_session) = (Twist::Endless, Twist::Endless);
        })
        .await;
        let started = std::time::Instant::now();
        let reply = session.log_out_with(&api, json!({ "proconnect_token": token })).await;
        assert_eq!((reply.status, reply.json()["status"].as_str()), (200, Some("warning")));
        assert!(logout_url(&reply).path().ends_with("/session/end"), "the browser is still led out");
        assert!(started.elapsed() < Duration::from_secs(9), "{:?}", started.elapsed());
        session.me(&api).await.problem(401);
        // A token that a known key did not sign is refused all the same.
        let forged = api.provider.id_token(|script| {
            (script.signs_with, script.jwks) = (FIRST, Twist::Endless);
            script.id_token.signed_by(Signer::Stranger);
        });
        let other = Browser::new(&api).log_in().await;
        other.log_out_with(&api, json!({ "proconnect_token": forged })).await.problem(400);
        assert_eq!(other.me(&api).await.status, 200);
    };
    tokio::join!(metadata_hang, keys_hang);
}

#[tokio::test]
async fn a_logout_after_the_id_token_expired_succeeds() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    clock::advance(Duration::from_secs(20 * 3600));
    assert_eq!(session.log_out(&api).await.json()["status"], "success");
}

#[tokio::test]
async fn when_keys_cannot_be_fetched_the_claims_decide() {
    let api = Api::start().await;
    let (session, other) = (Browser::new(&api).log_in().await, Browser::new(&api).log_in().await);
    for twist in [Twist::Status(500), Twist::Instead(200, "text/html", "<h1>Bonjour</h1>")] {
        api.provider.script().metadata = twist;
        // This process has never reached the provider.
        let replica = api.replica(Extra::default()).await;
        let session =
            if matches!(api.provider.script().metadata, Twist::Status(_)) { &session } else { &other };
        let wrong =
            json!({ "proconnect_token": api.provider.id_token(|s| s.id_token.claim("sub", "another")) });
        session.log_out_at(&replica, wrong.to_string()).await.problem(400);
        let body = json!({ "proconnect_token": session.id_token }).to_string();
        let reply = session.log_out_at(&replica, body).await;
        let answer = reply.json();
        assert_eq!((reply.status, &answer["status"]), (200, &json!("warning")), "{reply:?}");
        assert_eq!(answer["logout_url"], json!(null));
        assert!(!answer["message"].as_str().unwrap().is_empty());
        session.me(&api).await.problem(401);
    }
}

type Refusal = (&'static str, fn(&mut Script));

#[rustfmt::skip]
const REFUSALS: &[Refusal] = &[
    ("400", |s| s.end_session = Twist::Status(400)),
    ("404 and a page", |s| s.end_session = Twist::Instead(404, "text/html", "<h1>Y000404</h1>")),
    ("500", |s| s.end_session = Twist::Status(500)),
    ("503", |s| s.end_session = Twist::Status(503)),
    ("an answer cut short", |s| s.end_session = Twist::CutShort),
    ("an answer too large", |s| s.end_session = Twist::Padded),
];

#[tokio::test]
async fn a_provider_that_refuses_causes_a_warning_and_the_browser_gets_the_url() {
    let api = Api::start().await;
    for (name, script) in REFUSALS {
        api.provider.behave();
        let session = Browser::new(&api).log_in().await;
        script(&mut api.provider.script());
        let reply = session.log_out(&api).await;
        assert_eq!(
            (reply.status, reply.json()["status"].as_str()),
            (200, Some("warning")),
            "{name}: {reply:?}"
        );
        assert!(logout_url(&reply).path().ends_with("/session/end"), "{name}");
        session.me(&api).await.problem(401);
    }
}

#[tokio::test]
async fn an_answer_of_the_provider_without_a_page_is_a_success() {
    let api = Api::start().await;
    for twist in [Twist::Instead(204, "text/html", ""), Twist::Redirect(303), Twist::Bomb] {
        api.provider.behave();
        let session = Browser::new(&api).log_in().await;
        api.provider.script().end_session = twist;
        assert_eq!(session.log_out(&api).await.json()["status"], "success");
    }
    assert!(api.provider.calls("/elsewhere").is_empty(), "a redirect was followed");
}

#[tokio::test]
async fn an_unreachable_provider_causes_a_warning() {
    let mut api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    api.provider.sleep().await;
    let reply = session.log_out(&api).await;
    assert_eq!((reply.status, reply.json()["status"].as_str()), (200, Some("warning")));
    assert!(logout_url(&reply).path().ends_with("/session/end"));
    assert_eq!(api.count("tokens WHERE revoked IS NULL").await, 0);
}

#[tokio::test]
async fn a_provider_without_end_session_endpoint_causes_a_warning_without_url() {
    let provider = Provider::start();
    provider.script().metadata = Twist::without("end_session_endpoint");
    let api = Api::with(provider, Extra::default(), FORGETFUL).await;
    let session = Browser::new(&api).log_in().await;
    let reply = session.log_out(&api).await;
    assert_eq!((reply.status, reply.json()["status"].as_str()), (200, Some("warning")));
    assert_eq!(reply.json()["logout_url"], json!(null));
    session.me(&api).await.problem(401);
}

#[tokio::test]
async fn the_token_ends_before_the_provider_is_asked() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    api.provider.script().end_session = Twist::Endless;
    let (bearer, body) = (session.bearer(), json!({ "proconnect_token": session.id_token }).to_string());
    let headers = [("authorization", bearer.as_str())];
    let mut browser = Browser::new(&api);
    let call = browser.send(Method::POST, "/v1/oauth2/logout", &headers, body);
    // The client does not wait for the answer.
    assert!(tokio::time::timeout(Duration::from_millis(500), call).await.is_err());
    assert_eq!(api.provider.calls("/session/end").len(), 1);
    session.me(&api).await.problem(401);
}

#[tokio::test]
async fn a_client_that_disconnects_at_once_is_still_logged_out() {
    let api = Api::start().await;
    let address = api.base.strip_prefix("http://").unwrap();
    for _ in 0..12 {
        let session = Browser::new(&api).log_in().await;
        let body = json!({ "proconnect_token": session.id_token }).to_string();
        let request = format!(
            "POST /v1/oauth2/logout HTTP/1.1\r\nhost: {address}\r\nauthorization: {}\r\ncontent-length: {}\r\n\r\n{body}",
            session.bearer(),
            body.len()
        );
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        drop(socket);
    }
    let started = std::time::Instant::now();
    while api.count("tokens WHERE revoked IS NULL").await > 0 {
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "{} logouts are lost",
            api.count("tokens WHERE revoked IS NULL").await
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What an operator may change between a login and its logout.
const CHANGES: [&str; 3] =
    ["client_id: another-client", "signing_algorithms: [ES256]", "server_metadata_url: OTHER"];

#[tokio::test]
async fn an_id_token_that_was_valid_at_login_is_valid_for_its_logout() {
    for change in CHANGES {
        let api = Api::start().await;
        let session = Browser::new(&api).log_in().await;
        let other = Provider::start();
        let url = format!("server_metadata_url: {}/.well-known/openid-configuration", other.issuer());
        let oauth2 = if change.ends_with("OTHER") { url.leak() } else { change };
        let base = api.replica(Extra { oauth2, ..Extra::default() }).await;
        // The ID token of another person, and one that no login returned, are still refused.
        let forged = api.provider.id_token(|_| {});
        let body = json!({ "proconnect_token": forged }).to_string();
        session.log_out_at(&base, body).await.problem(400);
        assert_eq!(session.me(&api).await.status, 200, "{change}");
        let body = json!({ "proconnect_token": session.id_token }).to_string();
        let answer = session.log_out_at(&base, body).await;
        assert_eq!(
            (answer.status, &answer.json()["status"]),
            (200, &json!("warning")),
            "{change}: {answer:?}"
        );
        assert!(!answer.json()["logout_url"].as_str().unwrap().contains("id_token_hint"), "{answer:?}");
        assert_eq!(session.me(&api).await.status, 401, "{change}");
    }
}
