//! `/pkg` and the logo.

use crate::support::{Playground, site, site_in};

const CSS: &str = "/pkg/playground.CssHash.css";

#[tokio::test]
async fn files_with_hashes_are_kept_for_ever() {
    let playground = Playground::start().await;
    for (path, content_type) in [
        (CSS, "text/css"),
        ("/pkg/playground.JsHash.js", "text/javascript"),
        ("/pkg/playground.WasmHash.wasm", "application/wasm"),
    ] {
        let file = playground.browser().get(path).await;
        assert_eq!(file.status, 200);
        assert_eq!(file.header("content-type").split(';').next(), Some(content_type));
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(file.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn files_come_compressed_as_they_were_built() {
    let playground = Playground::start().await;
    for (accepted, encoding, content) in
        [("br, gzip", "br", "in brotli"), ("gzip", "gzip", "in gzip"), ("identity", "", "p{color:red}")]
    {
        let file = playground.browser().send_with(CSS, &[("accept-encoding", accepted)]).await;
        assert_eq!((file.header("content-encoding"), file.html.as_str()), (encoding, content));
        assert_eq!(file.header("vary"), "accept-encoding");
        assert_eq!(file.header("content-type").split(';').next(), Some("text/css"));
    }
}

#[tokio::test]
async fn a_file_that_the_browser_has_is_not_sent_again() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let file = browser.get(CSS).await;
    let etag = file.header("etag").to_owned();
    assert!(!etag.is_empty());
    let again = browser.send_with(CSS, &[("if-none-match", &etag)]).await;
    assert_eq!((again.status, again.html.as_str()), (304, ""));
    assert_eq!(again.header("cache-control"), "public, max-age=31536000, immutable");
}

#[tokio::test]
async fn an_encoding_that_is_refused_is_not_sent() {
    let playground = Playground::start().await;
    for (accepted, encoding) in
        [("br;q=0, gzip", "gzip"), ("BR", "br"), ("gzip;q=0.5, br; q=0.0", "gzip"), ("*", "")]
    {
        let file = playground.browser().send_with(CSS, &[("accept-encoding", accepted)]).await;
        assert_eq!(file.header("content-encoding"), encoding, "{accepted}");
    }
}

#[tokio::test]
async fn a_head_of_a_file_has_no_body() {
    let playground = Playground::start().await;
    let file = playground.browser().request(reqwest::Method::HEAD, CSS).await;
    assert_eq!((file.status, file.html.as_str()), (200, ""));
}

#[tokio::test]
async fn a_server_keeps_its_build_when_another_replaces_it_on_the_disk() {
    let site = site_in("replaced", "Old");
    let playground = Playground::configured(&format!("site_root: {}", site.display())).await;
    let mut browser = playground.logged_in().await;
    // The new build keeps nothing of the old one, and is incomplete for a while.
    std::fs::remove_dir_all(site.join("pkg")).unwrap();
    let asset = |kind: &str| format!("/pkg/playground.{kind}Old.{}", kind.to_lowercase());
    for _ in 0..2 {
        let page = browser.get("/").await;
        assert!(!page.html.contains("New"), "{}", page.html);
        for kind in ["Css", "Js", "Wasm"] {
            assert!(page.html.contains(&asset(kind)), "{kind} is not in {}", page.html);
            assert_eq!(browser.get(&asset(kind)).await.status, 200, "{kind}");
        }
        site_in("replaced", "New");
    }
    // A page of the new build, from another server, also finds its files here.
    let file = browser.get("/pkg/playground.CssNew.css").await;
    assert_eq!((file.status, file.header("cache-control")), (200, "public, max-age=31536000, immutable"));
}

#[tokio::test]
async fn the_operators_logo_is_decorative() {
    let path = site().join("logo.svg");
    std::fs::write(&path, "<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap();
    let playground = Playground::configured(&format!("proconnect_logo: {}", path.display())).await;
    let mut browser = playground.browser();
    let page = browser.get("/").await;
    assert!(page.html.contains("<img src=\"/proconnect-logo\" alt"), "{}", page.html);
    assert!(page.html.contains("S'identifier avec"), "the text stays");
    let logo = browser.get("/proconnect-logo").await;
    assert_eq!((logo.status, logo.header("content-type")), (200, "image/svg+xml"));
    assert!(logo.header("content-security-policy").ends_with("sandbox"));
}
