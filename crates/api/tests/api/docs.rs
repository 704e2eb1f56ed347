//! `GET /` and `/docs`: what somebody finds who has only the address of the api.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::ProblemCode;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::keys::with;
use crate::support::{Api, Browser, Reply};

async fn ask(api: &Api, path: &str, headers: &[(&'static str, &str)]) -> Reply {
    Browser::new(api).get_with(path, headers).await
}

/// The values of an attribute, in the order of the page.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let before = format!(" {name}=\"");
    html.split(&before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Asserts that a page runs and loads nothing, that its style passes its own policy, and that its links lead somewhere.
fn is_self_sufficient(page: &Reply) {
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let html = page.body.as_str();
    for loaded in
        ["<script", "<link", "<img", "<iframe", " style=", " onclick=", "@import", "url(", "http-equiv"]
    {
        assert!(!html.contains(loaded), "{loaded}");
    }
    let style = html.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    let hash = format!("style-src 'sha256-{}'", STANDARD.encode(Sha256::digest(style)));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains(&hash), "{policy}");
    let ids = attributes(html, "id");
    let names: BTreeSet<_> = ids.iter().copied().collect();
    assert_eq!(names.len(), ids.len(), "an id is given twice");
    for link in attributes(html, "href") {
        if let Some(id) = link.strip_prefix('#') {
            assert!(names.contains(id), "#{id} leads nowhere");
        }
    }
}

#[tokio::test]
async fn the_address_alone_says_what_this_is_and_where_it_is_described() {
    let api = Api::start().await;
    let reply = ask(&api, "/", &[]).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    let told = json!({"name": "Passerelle", "version": env!("CARGO_PKG_VERSION"), "documentation": "/docs"});
    assert_eq!(reply.json(), told);
    assert_eq!(ask(&api, "/docs", &[]).await.status, 200);
    for (language, lang, title) in
        [("fr", "fr", "Cette adresse est celle d’une API"), ("en", "en", "This is the address of an API")]
    {
        let page = ask(&api, "/", &[("accept", "text/html,*/*;q=0.8"), ("accept-language", language)]).await;
        is_self_sufficient(&page);
        assert!(page.body.contains(&format!("<html lang=\"{lang}\">")) && page.body.contains(title));
        assert_eq!(attributes(&page.body, "href"), ["/docs", "/openapi.json", "/health/ready"]);
    }
}

#[tokio::test]
async fn the_page_shows_every_call_every_code_and_every_object() {
    let api = Api::start().await;
    let description = ask(&api, "/openapi.json", &[]).await.json();
    for (query, header, lang) in [
        ("", "fr", "fr"),
        ("", "en", "en"),
        ("?lang=en", "fr", "en"),
        ("?lang=fr", "en", "fr"),
        ("?lang=x", "", "fr"),
    ] {
        let page = ask(&api, &format!("/docs{query}"), &[("accept-language", header)]).await;
        is_self_sufficient(&page);
        assert!(page.body.contains(&format!("<html lang=\"{lang}\">")), "{query} {header}");
        let ids: BTreeSet<_> = attributes(&page.body, "id").into_iter().collect();
        for path in description["paths"].as_object().unwrap().values() {
            for call in path.as_object().unwrap().values() {
                let name = call["operationId"].as_str().unwrap();
                assert!(ids.contains(format!("call-{name}").as_str()), "{name} is not shown");
            }
        }
        for code in ProblemCode::ALL {
            assert!(ids.contains(format!("code-{}", code.as_str()).as_str()), "{code:?} is not shown");
        }
        for name in description["components"]["schemas"].as_object().unwrap().keys() {
            assert!(ids.contains(format!("schema-{name}").as_str()), "{name} is not shown");
        }
    }
}

#[tokio::test]
async fn the_commands_on_the_page_work() {
    let api = Api::start().await;
    let page = ask(&api, "/docs", &[]).await;
    // Whoever copies a command has their own token; and `origin` is where the redirect URI is.
    for command in [
        format!("curl -H &quot;Authorization: Bearer $TOKEN&quot; '{}/v1/me'", api.base),
        format!("curl -H &quot;Authorization: Bearer $TOKEN&quot; -X DELETE '{}/v1/keys/8'", api.base),
        format!("curl '{}/health/live'", api.base),
    ] {
        assert!(page.body.contains(&command), "{command}");
    }
}

#[tokio::test]
async fn docs_false_hides_the_page_and_the_description() {
    let api = with("docs: false").await;
    for path in ["/docs", "/docs?lang=en", "/openapi.json"] {
        assert_eq!(ask(&api, path, &[]).await.problem(404), "Nothing is served at this path.");
    }
    assert!(ask(&api, "/", &[]).await.json()["documentation"].is_null());
    let page = ask(&api, "/", &[("accept", "text/html")]).await;
    is_self_sufficient(&page);
    assert_eq!(attributes(&page.body, "href"), ["/health/ready"]);
}
