//! A login to a protected application, from its own host to its own host.

use std::net::SocketAddr;
use std::time::Duration;

use api::app::App;
use api::config::Config;
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{self, Next};
use reqwest::Method;
use serde_json::json;
use service::settings::Document;
use tokio::net::TcpListener;

use crate::support::api::yaml;
use crate::support::site::{HOST, OTHER_HOST, PROTECTED, Person, SITE, protecting};
use crate::support::{Api, Browser, Extra, Provider, clock};

const COOKIE: &str = "__Host-passerelle";
const NAVIGATION: [(&str, &str); 2] = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];

#[tokio::test]
async fn a_person_enters_and_is_known() {
    let api = protecting("").await;
    let mut person = Person::new(&api);
    let reply = person.ask("/oauth2/auth", &NAVIGATION).await;
    assert_eq!((reply.status, reply.location()), (401, "https://site.example.org/oauth2/start?rd=%2F"));
    let page = person.ask("/oauth2/sign_in?rd=/wanted%3Fa=b", &[]).await;
    assert!(page.page(200).contains("S'identifier avec <b>ProConnect</b>"), "{page:?}");
    assert!(page.body.contains("href=\"/oauth2/start?rd=%2Fwanted%3Fa%3Db\""), "{page:?}");
    let reply = person.enter_at(HOST, "/wanted?a=b").await;
    assert_eq!(
        (reply.status, reply.location(), reply.header("cache-control")),
        (303, "/wanted?a=b", "no-store")
    );
    let cookie = reply.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    let cookie = cookie.filter(|line| line.starts_with("__Host-passerelle=")).collect::<Vec<_>>();
    assert_eq!(cookie.len(), 1);
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=86400"] {
        assert!(cookie[0].contains(attribute), "{attribute}: {cookie:?}");
    }
    assert!(!cookie[0].contains("Domain"), "{cookie:?}");
    assert_eq!(person.site.cookies.keys().collect::<Vec<_>>(), [COOKIE]);

    let reply = person.ask("/oauth2/auth", &[]).await;
    assert_eq!((reply.status, reply.body.as_str(), reply.header("cache-control")), (202, "", "no-store"));
    for (name, value) in [
        ("x-auth-request-user", "1"),
        ("x-auth-request-email", "camille.martin@example.gouv.fr"),
        ("x-auth-request-preferred-username", "Camille Martin"),
        ("x-auth-request-groups", "Freemium"),
        ("x-auth-request-access-token", ""),
        ("x-auth-user-id", "1"),
        ("x-auth-email", "camille.martin@example.gouv.fr"),
        ("x-auth-role", "Freemium"),
        ("x-auth-token-kind", "session"),
        ("authorization", ""),
        ("cookie", ""),
        ("x-api-key", ""),
    ] {
        assert!(reply.headers.contains_key(name), "{name}");
        assert_eq!(reply.header(name), value, "{name}");
    }
    let info = person.ask("/oauth2/userinfo", &[("sec-fetch-site", "same-origin")]).await;
    let camille = json!({ "user": "1", "email": "camille.martin@example.gouv.fr", "groups": ["Freemium"],
        "preferredUsername": "Camille Martin" });
    assert_eq!((info.status, info.json()), (200, camille));
    let reply = person.ask("/v1/auth/verify", &NAVIGATION).await;
    assert_eq!((reply.status, reply.header("x-auth-token-kind")), (200, "session"));
    assert_eq!(api.text("SELECT application FROM tokens").await, SITE);
    let details = api.text("SELECT details FROM audit WHERE event = 'login.success'").await;
    assert_eq!(details, json!({ "application": SITE }).to_string());
}

#[tokio::test]
async fn opengatellm_asks_with_the_cookie_alone() {
    let api = protecting("").await;
    let mut person = Person::new(&api);
    person.enter().await;
    person.site.foreign = b"_oauth2_proxy_opengatellm=x; theme=dark";
    let headers = [("accept", "*/*"), ("user-agent", "python-httpx/0.28.1")];
    let reply = person.ask("/oauth2/auth", &headers).await;
    assert_eq!((reply.status, reply.header("x-auth-request-email")), (202, "camille.martin@example.gouv.fr"));
    let kept = "_oauth2_proxy_opengatellm=x; theme=dark";
    assert_eq!(reply.header("cookie"), format!("{kept}; {kept}"));
}

#[tokio::test]
async fn several_tabs_finish_in_any_order_and_each_once() {
    let api = protecting("").await;
    let mut person = Person::new(&api);
    let first = person.until_landing(HOST, "/oauth2/start?rd=/first").await;
    let second = person.until_landing(HOST, "/oauth2/start?rd=/second").await;
    assert_eq!(person.ask(&second, &[]).await.location(), "/second");
    assert_eq!(person.ask(&first, &[]).await.location(), "/first");
    let before = person.site.cookies.clone();
    // Back in the history, somebody who is logged in stays so.
    assert_eq!(person.ask(&first, &[]).await.location(), "/");
    assert_eq!(person.site.cookies, before);
    for _ in 0..12 {
        person.ask("/oauth2/start", &[]).await;
    }
    assert_eq!(person.site.cookies.len(), 1 + 8, "one cookie for each of the last eight logins");
}

#[tokio::test]
async fn a_link_of_another_browser_is_worthless() {
    let api = protecting("").await;
    let (mut attacker, mut victim) = (Person::new(&api), Person::new(&api));
    let landing = attacker.until_landing(HOST, "/oauth2/start").await;
    // With a login of its own begun, too.
    victim.ask("/oauth2/start", &[]).await;
    for query in [landing.as_str(), "/oauth2/callback", "/oauth2/callback?encrypted_token=x"] {
        let reply = victim.ask(query, &[("accept", "text/html")]).await;
        let page = reply.page(400);
        assert!(page.contains("La connexion n'a pas pu aboutir. Reconnectez-vous."), "{page}");
        assert!(page.contains("href=\"/oauth2/start\"") && !page.contains("http-equiv"), "{page}");
        assert!(!victim.site.cookies.contains_key(COOKIE));
    }
    // Nor is it of use at another application of the same browser, nor when it is late.
    assert_eq!(attacker.ask_at(OTHER_HOST, &landing, &[]).await.status, 400);
    assert!(attacker.other.cookies.is_empty());
    clock::advance(Duration::from_secs(301));
    assert_eq!(attacker.ask(&landing, &[]).await.status, 400);
    assert!(!attacker.site.cookies.contains_key(COOKIE));
    clock::reset();
}

#[tokio::test]
async fn a_browser_that_looks_ahead_uses_nothing_up() {
    let api = protecting("").await;
    let mut person = Person::new(&api);
    assert_eq!(person.ask("/oauth2/start", &[("sec-purpose", "prefetch")]).await.status, 204);
    let landing = person.until_landing(HOST, "/oauth2/start").await;
    assert_eq!(person.ask(&landing, &[("sec-purpose", "prefetch;prerender")]).await.status, 204);
    let head = [("x-forwarded-host", HOST)];
    assert_eq!(person.site.send(Method::HEAD, &landing, &head, String::new()).await.status, 204);
    assert_eq!(person.site.send(Method::HEAD, "/oauth2/sign_in", &head, String::new()).await.status, 200);
    assert_eq!(person.ask(&landing, &[]).await.status, 303);
}

#[tokio::test]
async fn a_cookie_of_one_application_is_worthless_at_another() {
    let api = protecting("").await;
    let mut person = Person::new(&api);
    person.enter().await;
    person.other.cookies = person.site.cookies.clone();
    for path in ["/oauth2/auth", "/oauth2/userinfo", "/v1/auth/verify"] {
        assert_eq!(person.ask_at(OTHER_HOST, path, &[]).await.status, 401, "{path}");
        assert_eq!(person.ask(path, &[]).await.status / 100, 2, "{path}");
    }
    // Nor is it a session here, nor anywhere that headers disagree.
    let mut browser = Browser::new(&api);
    browser.cookies = person.site.cookies.clone();
    assert_eq!(browser.get("/v1/me").await.status, 401);
    assert_eq!(browser.get("/v1/auth/verify").await.status, 401);
    let headers = [("x-forwarded-host", HOST), ("x-original-url", "https://other.example.org/")];
    assert_eq!(browser.get_with("/v1/auth/verify", &headers).await.status, 401);
    // A broken one counts as none.
    let value = person.site.cookies.get_mut(COOKIE).unwrap();
    value.replace_range(10..11, if &value[10..11] == "A" { "B" } else { "A" });
    let reply = person.ask("/v1/auth/verify", &NAVIGATION).await;
    assert_eq!((reply.status, reply.location()), (401, "https://site.example.org/oauth2/start?rd=%2F"));
    assert!(!reply.header("www-authenticate").contains("error"), "{reply:?}");
}

#[tokio::test]
async fn elsewhere_nothing_is_there() {
    let (api, none) = (protecting("").await, Api::start().await);
    for path in ["start", "sign_in", "callback", "auth", "userinfo", "sign_out", "unknown", ""] {
        let path = format!("/oauth2/{path}");
        Browser::new(&api).get(&path).await.problem(404);
        Browser::new(&none).get_with(&path, &[("x-forwarded-host", HOST)]).await.problem(404);
        for host in ["evil.example", "site.example.org:8443", "site.example.org, other.example.org"] {
            Browser::new(&api).get_with(&path, &[("x-forwarded-host", host)]).await.problem(404);
        }
    }
}

/// An api that takes every request for one of this peer.
async fn seen_from(peer: SocketAddr, api: &Api) -> String {
    let text =
        yaml(api.provider.issuer(), &api.base, &api.folder, Extra { api: PROTECTED, ..Extra::default() });
    let config = Document::parse("config.yml", &text).and_then(Config::from_document).unwrap();
    let app = App::with(config, oidc::CachePolicy::default(), clock::now).await.unwrap();
    let from_there = middleware::from_fn(move |mut request: Request, next: Next| async move {
        request.extensions_mut().insert(ConnectInfo(peer));
        next.run(request).await
    });
    let router = Router::new().fallback_service(app.router()).layer(from_there);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(service::server::serve_until(listener, router, std::future::pending()));
    base
}

#[tokio::test]
async fn a_peer_that_is_no_proxy_of_ours_gets_nothing() {
    let api = protecting("").await;
    let mut person = Person::new(&api);
    person.enter().await;
    let base = seen_from("192.0.2.1:4711".parse().unwrap(), &api).await;
    let mut browser = Browser::at(&base);
    browser.cookies = person.site.cookies.clone();
    for path in ["start", "sign_in", "callback", "auth", "userinfo", "sign_out"] {
        let reply = browser.get_with(&format!("/oauth2/{path}"), &[("x-forwarded-host", HOST)]).await;
        assert_eq!((reply.status, reply.header("x-auth-reason")), (403, "proxy"), "{path}");
    }
    let reply = browser.get_with("/v1/auth/verify", &[("x-forwarded-host", HOST)]).await;
    assert_eq!((reply.status, reply.header("x-auth-reason")), (403, "proxy"));
    // Where ProConnect sends browsers back, the api stands alone.
    assert_eq!(browser.get("/oauth2/signed-out").await.status, 200);
}

#[tokio::test]
async fn an_application_on_this_machine_has_a_plain_cookie() {
    let extra = Extra { api: "protected_origins: http://localhost:3001", ..Extra::default() };
    let api = Api::with(Provider::start(), extra, oidc::CachePolicy::default()).await;
    let mut person = Person::new(&api);
    for host in ["localhost:3001", "localhost"] {
        let headers = [("x-forwarded-host", host)];
        let reply = person.site.get_with("/oauth2/start", &headers).await;
        assert!(reply.header("set-cookie").starts_with("passerelle_gate_"), "{reply:?}");
        assert!(!reply.header("set-cookie").contains("Secure"), "{reply:?}");
        assert_eq!(reply.location_parameter("origin").as_deref(), Some("http://localhost:3001"));
    }
}

#[tokio::test]
async fn a_session_ends_at_once_wherever_it_is_ended() {
    for sql in [
        "UPDATE users SET disabled = 1",
        "UPDATE tokens SET revoked = 1",
        "DELETE FROM tokens",
        "UPDATE tokens SET application = 'https://other.example.org'",
        "UPDATE tokens SET application = NULL",
    ] {
        let api = protecting("").await;
        let mut person = Person::new(&api);
        person.enter().await;
        assert_eq!(person.status().await, 202);
        api.execute(sql).await;
        let reply = person.ask("/oauth2/auth", &NAVIGATION).await;
        assert_eq!(reply.status, 401, "{sql}");
        assert!(reply.location().starts_with(SITE), "{sql}");
    }
    let api = protecting("").await;
    let mut person = Person::new(&api);
    person.enter().await;
    clock::advance(Duration::from_secs(24 * 3_600 + 1));
    assert_eq!(person.status().await, 401);
    clock::reset();
}
