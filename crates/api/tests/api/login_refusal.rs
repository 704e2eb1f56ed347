//! Logins that are refused before the browser is sent to the provider.

use reqwest::Method;

use crate::support::{Api, Browser, Extra, FORGETFUL, ORIGIN, Provider, login_path, path_with};

const LOGIN: &str = "/v1/oauth2/login";

async fn refused(api: &Api, path: &str, headers: &[(&'static str, &str)]) -> String {
    let mut browser = Browser::new(api);
    let reply = browser.get_with(path, headers).await;
    assert_eq!(reply.status, 400, "{path} {headers:?}: {reply:?}");
    assert!(browser.cookies.is_empty() && reply.location().is_empty(), "{path}");
    reply.problem(400)
}

#[tokio::test]
async fn an_origin_is_required_as_parameter_or_referer() {
    let api = Api::start().await;
    for headers in [&[][..], &[("referer", "")], &[("referer", "about:blank")], &[("origin", ORIGIN)]] {
        refused(&api, LOGIN, headers).await;
    }
    let detail = refused(&api, LOGIN, &[]).await;
    assert!(detail.contains("origin is missing") && detail.contains("Referer"), "{detail}");
    // A Referer does not replace a wrong origin.
    refused(&api, "/v1/oauth2/login?origin=", &[("referer", ORIGIN)]).await;
    refused(&api, &login_path("https://evil.example"), &[("referer", ORIGIN)]).await;
    refused(&api, LOGIN, &[("referer", "https://evil.example/")]).await;
}

#[tokio::test]
async fn an_origin_that_is_not_allowed_gets_the_reason() {
    let api = Api::start().await;
    for (origin, why) in [
        ("https://evil.example", "is not among the allowed domains"),
        ("https://evilgouv.fr", "is not among the allowed domains"),
        ("https://gouv.fr.evil.example", "is not among the allowed domains"),
        ("https://app.gouv.fr:8443", "is not among the allowed domains"),
        ("http://app.gouv.fr", "must use https"),
        ("ftp://localhost", "must use https"),
        ("https://app.gouv.fr#x", "must not have a fragment"),
        ("javascript:alert(1)", "is not a URL"),
        ("javascript://localhost/%0aalert(1)", "is not a URL"),
        ("http://localhost:x@evil.example/", "is not a URL"),
        ("http://localhost:8501\\@evil.example", "is not a URL"),
        ("https://user@app.gouv.fr", "is not a URL"),
        ("https://app.gouv.fr.", "is not a URL"),
        ("null", "is not a URL"),
        ("app.gouv.fr", "is not a URL"),
        ("//app.gouv.fr", "is not a URL"),
    ] {
        let detail = refused(&api, &login_path(origin), &[]).await;
        assert!(detail.starts_with("origin ") && detail.contains(why), "{origin}: {detail}");
        assert!(!detail.contains("evil"), "an answer repeats what was sent: {detail}");
    }
    assert!(api.provider.calls("/.well-known/openid-configuration").is_empty(), "the provider was asked");
}

#[tokio::test]
async fn a_binding_is_43_to_128_characters_of_base64url() {
    let api = Api::start().await;
    let login = |binding: &str| path_with(LOGIN, &[("origin", ORIGIN), ("binding", binding)]);
    for good in ["a".repeat(43), "Z9-_".repeat(32)] {
        assert_eq!(Browser::new(&api).get(&login(&good)).await.status, 302, "{good}");
    }
    let base = "a".repeat(43);
    for bad in [
        String::new(),
        "a".repeat(42),
        "a".repeat(129),
        format!("{base}="),
        format!("{base}+"),
        format!("{base}/"),
        format!("{base}."),
        format!("{base} "),
        format!("{base}\n"),
        format!("{base}\0"),
        "é".repeat(43),
    ] {
        let detail = refused(&api, &login(&bad), &[]).await;
        assert!(detail.contains("binding"), "{bad:?}: {detail}");
    }
}

#[tokio::test]
async fn a_parameter_given_twice_is_refused() {
    let api = Api::start().await;
    let binding = "b".repeat(43);
    for query in [
        "origin=https://app.gouv.fr&origin=https://app.gouv.fr".to_owned(),
        "origin=https://app.gouv.fr&origin=https://evil.example".to_owned(),
        format!("origin=https://app.gouv.fr&binding={binding}&binding={binding}"),
    ] {
        let detail = refused(&api, &format!("{LOGIN}?{query}"), &[]).await;
        assert!(detail.contains("twice"), "{detail}");
    }
    // An unknown parameter may be given several times.
    let path = format!("{}&x=1&x=2", login_path(ORIGIN));
    assert_eq!(Browser::new(&api).get(&path).await.status, 302);
}

#[tokio::test]
async fn a_browser_gets_a_page_with_a_link_to_start_again() {
    let playground = "playground:\n  public_url: https://app.gouv.fr\n";
    let api = Api::with(Provider::start(), Extra { playground, ..Extra::default() }, FORGETFUL).await;
    for path in [LOGIN.to_owned(), login_path("https://evil.example"), format!("{LOGIN}?origin=a&origin=b")] {
        let reply = Browser::new(&api).visit(&path).await;
        let page = reply.page(400);
        assert!(page.contains("<a href=\"https://app.gouv.fr/\">Recommencer"), "{path}: {page}");
        assert!(!page.contains("evil"), "the page repeats what was sent");
    }
}

#[tokio::test]
async fn the_page_links_nowhere_when_no_playground_is_configured() {
    let api = Api::start().await;
    let reply = Browser::new(&api).visit(LOGIN).await;
    assert!(!reply.page(400).contains("<a "));
}

#[tokio::test]
async fn a_wrong_method_gets_the_list_of_allowed_methods() {
    let api = Api::start().await;
    for (path, method, allow) in [
        (LOGIN, Method::POST, "GET,HEAD"),
        (LOGIN, Method::PUT, "GET,HEAD"),
        ("/v1/oauth2/callback", Method::POST, "GET,HEAD"),
        ("/v1/oauth2/callback", Method::DELETE, "GET,HEAD"),
        ("/v1/oauth2/logout", Method::GET, "POST"),
        ("/v1/oauth2/logout", Method::OPTIONS, "POST"),
        ("/v1/me/info", Method::PATCH, "GET,HEAD"),
        ("/health/live", Method::POST, "GET,HEAD"),
    ] {
        let reply = Browser::new(&api).send(method.clone(), path, &[], String::new()).await;
        reply.problem(405);
        assert_eq!(reply.header("allow"), allow, "{method} {path}");
    }
}

#[tokio::test]
async fn a_path_that_is_not_served_is_a_problem_too() {
    let api = Api::start().await;
    for path in [
        "/v1",
        "/docs/",
        "/v1/oauth2/login/",
        "/v1/oauth2/LOGIN",
        "/metrics",
        "/v2/me/info",
        "/%00",
        "/..%2f",
    ] {
        let reply = Browser::new(&api).get(path).await;
        reply.problem(404);
        // Browsers get the same answer: there is no page for it.
        Browser::new(&api).visit(path).await.problem(404);
    }
}

#[tokio::test]
async fn a_long_url_causes_no_server_error() {
    let api = Api::start().await;
    for length in [2_000, 30_000, 60_000] {
        let path = format!("{LOGIN}?origin={}", "a".repeat(length));
        let status = Browser::new(&api).get(&path).await.status;
        assert!((400..500).contains(&status), "{length}: {status}");
    }
}
