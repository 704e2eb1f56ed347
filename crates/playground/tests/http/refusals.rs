//! Unknown paths, wrong methods and bad requests.

use reqwest::Method;

use crate::support::Playground;

#[tokio::test]
async fn an_unknown_path_gets_a_page() {
    let playground = Playground::configured("contact: https://example.gouv.fr/aide").await;
    let mut browser = playground.browser();
    for path in [
        "/nothing-here",
        "/login/",
        "//",
        "/pkg/nothing.js",
        "/pkg/../hash.txt",
        "/hash.txt",
        "/pkg/",
        "/proconnect-logo",
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.html.contains("Page introuvable"), "{path}");
        assert!(page.html.contains("href=\"/\""));
        assert!(page.html.contains("href=\"https://example.gouv.fr/aide\""));
        assert!(page.title().starts_with("Erreur\u{a0}: "));
    }
}

#[tokio::test]
async fn another_method_gets_a_405_page() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    for (method, path, allowed) in [
        (Method::POST, "/", "GET,HEAD"),
        (Method::PUT, "/logout", "GET,HEAD,POST"),
        (Method::DELETE, "/login", "GET,HEAD"),
        (Method::PUT, "/logged-out", "GET,HEAD"),
    ] {
        let page = browser.request(method.clone(), path).await;
        assert_eq!(page.status, 405, "{method} {path}");
        assert!(page.html.contains("Action impossible"));
        assert_eq!(page.header("allow"), allowed);
    }
}

#[tokio::test]
async fn a_head_request_has_no_body() {
    let playground = Playground::start().await;
    let page = playground.browser().request(Method::HEAD, "/").await;
    assert_eq!((page.status, page.html.as_str()), (200, ""));
}

#[tokio::test]
async fn a_body_that_never_arrives_times_out() {
    let playground = Playground::start().await;
    let answer = playground.raw(b"POST /logout HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nx").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test]
async fn foreign_cookies_are_ignored() {
    let playground = Playground::start().await;
    for cookie in [
        &b"a"[..],
        b"=",
        b";;;",
        b"playground_session=\"",
        b"playground_login_=x; playground_login_1_x=%ff",
        b"playground_notice=\xff\xfe",
    ] {
        let request =
            [b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncookie: ", cookie, b"\r\n\r\n"].concat();
        let answer = playground.raw(&request).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{}: {answer}", String::from_utf8_lossy(cookie));
    }
    let many: Vec<String> = (0..50).map(|n| format!("playground_login_{n}_abcd=AAAA")).collect();
    let page = playground.browser().send_with("/login", &[("cookie", &many.join("; "))]).await;
    assert_eq!(page.status, 303);
}
