//! What a proxy is told at a protected application: each condition, and requests that another site made the browser send.

use serde_json::json;

use crate::keys::made;
use crate::support::site::{HOST, Person, SITE, protecting};
use crate::support::{Api, Browser, Reply};

async fn entered(api: &Api) -> Person {
    let mut person = Person::new(api);
    person.enter().await;
    person
}

/// Why somebody who is known may not.
fn reason(reply: &Reply) -> &str {
    assert_eq!((reply.status, reply.location()), (403, ""), "{reply:?}");
    assert!(!reply.headers.contains_key("x-auth-request-email"), "{reply:?}");
    reply.header("x-auth-reason")
}

#[tokio::test]
async fn the_conditions_of_oauth2_proxy_hold() {
    let api = protecting("").await;
    let mut person = entered(&api).await;
    for query in [
        "allowed_groups=Freemium",
        "allowed_groups=a,Freemium",
        "allowed_groups=a&allowed_groups=Freemium",
        "allowed_emails=camille.martin@example.gouv.fr",
        "allowed_emails=a@b.fr,CAMILLE.martin@EXAMPLE.gouv.fr",
        "allowed_email_domains=example.gouv.fr",
        "allowed_email_domains=.gouv.fr",
        "allowed_email_domains=*.gouv.fr,b.fr",
        "allowed_groups=Freemium&allowed_email_domains=.gouv.fr&page=2&role=x",
    ] {
        assert_eq!(person.ask(&format!("/oauth2/auth?{query}"), &[]).await.status, 202, "{query}");
    }
    for (query, unmet) in [
        ("allowed_groups=Premium", "group"),
        ("allowed_groups=freemium", "group"),
        ("allowed_emails=a@b.fr", "email"),
        ("allowed_email_domains=gouv.fr", "email_domain"),
        ("allowed_email_domains=.example.gouv.fr", "email_domain"),
        ("allowed_groups=Freemium&allowed_emails=a@b.fr", "email"),
        ("allowed_groups=", "parameter"),
        ("allowed_groups", "parameter"),
        ("allowed_emails=", "parameter"),
        ("allowed_email_domains=", "parameter"),
        ("allowed_roles=Freemium", "parameter"),
        ("require_all_matches=true", "parameter"),
        ("constraints_required=true", "parameter"),
    ] {
        let reply = person.ask(&format!("/oauth2/auth?{query}"), &[("accept", "text/html")]).await;
        assert_eq!(reason(&reply), unmet, "{query}");
    }
    // Somebody without an address has none that is allowed.
    api.provider.script().person = json!({});
    api.provider.script().sub = "nobody-knows";
    let mut nobody = entered(&api).await;
    for query in ["allowed_emails=a@b.fr", "allowed_email_domains=.gouv.fr"] {
        assert_eq!(nobody.ask(&format!("/oauth2/auth?{query}"), &[]).await.status, 403, "{query}");
    }
    let reply = nobody.ask("/oauth2/auth", &[]).await;
    for name in ["x-auth-request-email", "x-auth-request-preferred-username"] {
        assert_eq!(reply.headers.get(name).unwrap(), "", "{name}");
    }
}

#[tokio::test]
async fn a_key_opens_an_application_too_and_comes_before_the_cookie() {
    let api = protecting("").await;
    let session = Browser::new(&api).log_in().await;
    let (_, key) = made(&api, &session, "a key").await;
    let mut person = Person::new(&api);
    let reply = person.ask("/oauth2/auth", &[("authorization", &key)]).await;
    assert_eq!((reply.status, reply.header("x-auth-token-kind")), (202, "key"));
    person.enter().await;
    let bad =
        [("authorization", "Bearer sk-psszzzzzzzzzzzzzzzzzzzzzzzzzzzzzz0SdsOl"), ("accept", "text/html")];
    let reply = person.ask("/oauth2/auth", &bad).await;
    assert_eq!((reply.status, reply.location()), (401, ""));
    assert!(reply.header("www-authenticate").contains("invalid_token"));
    // Another scheme is the application's own.
    let reply = person.ask("/oauth2/auth", &[("authorization", "Digest x")]).await;
    assert_eq!((reply.status, reply.header("authorization")), (202, "Digest x"));
}

#[tokio::test]
async fn what_another_site_made_the_browser_send_opens_nothing() {
    let api = protecting("").await;
    let mut person = entered(&api).await;
    let own = ("origin", SITE);
    for path in ["/oauth2/auth", "/v1/auth/verify"] {
        for headers in [
            &[own, ("x-original-method", "POST")][..],
            &[own, ("upgrade", "websocket")],
            &[("sec-fetch-site", "same-origin"), ("x-forwarded-method", "DELETE")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "document"),
            ],
        ] {
            assert_eq!(person.ask(path, headers).await.status / 100, 2, "{path} {headers:?}");
        }
        for headers in [
            &[("origin", "https://evil.example"), ("upgrade", "websocket")][..],
            &[("origin", "null")],
            &[("origin", "https://other.example.org"), ("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
            &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "navigate"),
                ("x-original-method", "POST"),
            ],
            &[("x-original-method", "POST"), ("accept", "text/html")],
        ] {
            assert_eq!(reason(&person.ask(path, headers).await), "cross_site", "{path} {headers:?}");
        }
    }
    let evil = [("origin", "https://evil.example")];
    assert_eq!(reason(&person.ask("/oauth2/userinfo", &evil).await), "cross_site");
}

#[tokio::test]
async fn only_somebody_who_wants_a_page_is_sent_to_the_login() {
    let api = protecting("").await;
    let mut nobody = Person::new(&api);
    let html = ("accept", "text/html,*/*;q=0.8");
    for path in ["/oauth2/auth", "/v1/auth/verify"] {
        for (headers, rd) in [
            (
                &[html, ("x-original-url", "https://site.example.org/a?b=c"), ("x-original-method", "GET")][..],
                "%2Fa%3Fb%3Dc",
            ),
            (
                &[("sec-fetch-mode", "navigate"), ("x-forwarded-uri", "/a"), ("x-forwarded-method", "HEAD")],
                "%2Fa",
            ),
            (&[html, ("x-forwarded-uri", "//evil.example/")], "%2F"),
        ] {
            let reply = nobody.ask(path, headers).await;
            let login = format!("{SITE}/oauth2/start?rd={rd}");
            assert_eq!((reply.status, reply.location()), (401, login.as_str()), "{headers:?}");
        }
        for headers in [
            &[][..],
            &[("accept", "*/*")],
            &[html, ("x-original-method", "POST")],
            &[html, ("x-forwarded-method", "PUT")],
            &[html, ("sec-fetch-mode", "cors")],
            &[html, ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
            &[html, ("authorization", "Bearer x")],
        ] {
            let reply = nobody.ask(path, headers).await;
            assert_eq!((reply.status, reply.location()), (401, ""), "{headers:?}");
        }
    }
    // Where there is no application, there is no login.
    let reply = Browser::new(&api).get_with("/v1/auth/verify", &[html]).await;
    assert_eq!((reply.status, reply.location()), (401, ""));
    let reply =
        Browser::new(&api).get_with("/v1/auth/verify", &[html, ("x-forwarded-host", "evil.example")]).await;
    assert_eq!((reply.status, reply.location()), (401, ""));
}

#[tokio::test]
async fn an_unreachable_database_lets_nobody_in_and_is_told_as_proxies_understand_it() {
    let api = protecting("").await;
    let mut person = entered(&api).await;
    let landing = person.until_landing(HOST, "/oauth2/start").await;
    api.execute("ALTER TABLE tokens RENAME TO away").await;
    let reply = person.ask("/oauth2/auth", &[("accept", "text/html")]).await;
    assert_eq!(
        (reply.status, reply.header("x-error-status"), reply.location()),
        (403, "503", ""),
        "{reply:?}"
    );
    assert_eq!(reply.header("retry-after"), "5");
    assert_eq!(person.ask("/oauth2/auth", &[("x-forwarded-method", "GET")]).await.status, 503);
    assert_eq!(person.ask("/oauth2/userinfo", &[]).await.status, 503);
    assert_eq!(person.ask(&landing, &[("accept", "text/html")]).await.status, 503);
}
