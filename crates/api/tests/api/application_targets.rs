//! Where a login to a protected application ends: at a page of that application, whatever a link asks for.

use crate::support::path_with;
use crate::support::site::{HOST, Person, SITE, protecting};

/// Read by one browser or server or another as another host, a script, a header, or a page of ours.
const HOSTILE: [&str; 74] = [
    "",
    " ",
    "wanted",
    "?a=b",
    "#a",
    ".",
    "..",
    "//evil.example",
    "//evil.example/",
    "///evil.example",
    "////evil.example/a",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    "\u{0}//evil.example",
    "/\u{b}/evil.example",
    " //evil.example",
    "/ /evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/./..//evil.example",
    "/a/..//evil.example",
    "/%2e//evil.example",
    "/%2e%2e//evil.example",
    "/a/%2E./..//evil.example",
    "http://evil.example",
    "https://evil.example/",
    "HTTPS://evil.example/",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "https:\\\\evil.example",
    "http:site.example.org",
    "http://site.example.org/",
    "https://site.example.org:8443/",
    "https://site.example.org:80/",
    "https://site.example.org@evil.example/",
    "https://site.example.org:443@evil.example/",
    "https://evil.example@site.example.org/",
    "https://:x@site.example.org/",
    "https://site.example.org\\@evil.example/",
    "https://site.example.org%2eevil.example/",
    "https://site.example.org.evil.example/",
    "https://site.example.org./",
    "https://evil.example/site.example.org",
    "https://evil.example?https://site.example.org/",
    "https://evil.example#https://site.example.org/",
    "https://evilsite.example.org/",
    "https://a.site.example.org/",
    "https://other.example.org/",
    "https://site。evil.example/",
    "https://[::1]/",
    "https://",
    "https:",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "ftp://site.example.org/",
    "file:///etc/passwd",
    "blob:https://site.example.org/x",
    "view-source:https://site.example.org/",
    "/a\r\nSet-Cookie: x=y",
    "/oauth2/start",
    "/oauth2",
    "/a/../oauth2/sign_in?rd=/",
    "/%6fauth2/start",
    "/oauth2%2fstart",
    "https://site.example.org/oauth2/sign_out",
];

#[tokio::test]
async fn a_login_never_ends_at_another_site_or_at_another_login() {
    let api = protecting("").await;
    let mut person = Person::new(&api);
    let long = format!("/{}", "a".repeat(2_000));
    for rd in HOSTILE.into_iter().chain([&*long]) {
        let reply = person.enter_at(HOST, rd).await;
        assert_eq!((reply.status, reply.location()), (303, "/"), "{rd:?}");
    }
    // Nor when it comes twice, or in the header of nginx's recipe.
    let landing = person.until_landing(HOST, "/oauth2/start?rd=/a&rd=/b").await;
    assert_eq!(person.ask(&landing, &[]).await.location(), "/");
    for rd in ["//evil.example", "https://evil.example/", "/oauth2/sign_in?rd=/a"] {
        let reply = person.ask("/oauth2/sign_in", &[("x-auth-request-redirect", rd)]).await;
        assert!(reply.page(200).contains("href=\"/oauth2/start\""), "{rd}");
    }
}

#[tokio::test]
async fn a_login_ends_where_the_application_asks() {
    let api = protecting("").await;
    let mut person = Person::new(&api);
    for (rd, location) in [
        ("/", "/"),
        ("/a", "/a"),
        ("/a/b?c=d&e=%2F%2Fevil.example", "/a/b?c=d&e=%2F%2Fevil.example"),
        ("/a#b", "/a"),
        ("/a?next=https://evil.example/", "/a?next=https://evil.example/"),
        ("/été?à=é", "/%C3%A9t%C3%A9?%C3%A0=%C3%A9"),
        ("/a/../b", "/b"),
        ("/a//b", "/a//b"),
        ("/oauth2-help", "/oauth2-help"),
        ("/a/oauth2/b", "/a/oauth2/b"),
        ("/@evil.example", "/@evil.example"),
        ("/https://evil.example", "/https://evil.example"),
        ("https://site.example.org", "/"),
        ("https://site.example.org/a?b=c#d", "/a?b=c"),
        ("https://SITE.example.org:443/a", "/a"),
    ] {
        let reply = person.enter_at(HOST, rd).await;
        assert_eq!((reply.status, reply.location()), (303, location), "{rd}");
    }
    let reply = person.ask("/oauth2/sign_in", &[("x-auth-request-redirect", "/a?b=c&d")]).await;
    assert!(reply.page(200).contains("href=\"/oauth2/start?rd=%2Fa%3Fb%3Dc%26d\""), "{reply:?}");
    let reply = person.ask(&path_with("/oauth2/sign_in", &[("rd", &format!("{SITE}/x"))]), &[]).await;
    assert!(reply.page(200).contains("href=\"/oauth2/start?rd=%2Fx\""), "{reply:?}");
}
