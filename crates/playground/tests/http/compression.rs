//! Pages are compressed only when they hold no secret and repeat nothing of the request (docs/decisions/0010).

use axum::http::HeaderMap;
use serde_json::json;

use crate::support::api_keys::{WHOLE, but, key, list};
use crate::support::{Answer, Browser, Playground, with};

const ACCEPT: (&str, &str) = ("accept-encoding", "gzip, br");

fn encoding(headers: &HeaderMap) -> &str {
    headers.get("content-encoding").map_or("", |value| value.to_str().unwrap())
}

async fn member() -> (Playground, Browser) {
    let many: Vec<_> =
        (1..=20).map(|id| key(id, &format!("Une clé {id}"), "active", 2_000_000_000)).collect();
    let made = but(key(21, "Essai", "active", 2_000_000_000), &json!({ "value": WHOLE, "token": WHOLE }));
    let playground = with(vec![
        ("GET /v1/keys", list(&many)),
        ("POST /v1/keys", Answer::Made(201, made)),
        ("GET /v1/me/sessions", Answer::Json(json!({ "object": "list", "total": 0, "data": [] }))),
        ("GET /v1/me/history?limit=50", Answer::Json(json!({ "object": "list", "data": [] }))),
        ("GET /v1/me", Answer::Json(json!({}))),
    ])
    .await;
    let browser = playground.logged_in().await;
    (playground, browser)
}

#[tokio::test]
async fn lists_are_compressed_for_browsers_that_ask_for_it() {
    let (_playground, mut browser) = member().await;
    for path in ["/", "/keys", "/keys?status=active&page=1", "/sessions", "/history", "/try"] {
        let plain = browser.get(path).await;
        assert_eq!((plain.status, encoding(&plain.headers)), (200, ""), "{path}");
        let small = browser.send_with(path, &[ACCEPT]).await;
        let vary: Vec<_> =
            small.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
        assert!(vary.join(", ").contains("accept-encoding"), "{path}: {vary:?}");
        assert_eq!((small.status, encoding(&small.headers)), (200, "br"), "{path}");
        let gzip = browser.send_with(path, &[("accept-encoding", "gzip")]).await;
        assert_eq!(encoding(&gzip.headers), "gzip", "{path}");
    }
    let whole = browser.get("/keys").await.html.len();
    assert!(whole > 15_000, "{whole} bytes: the list is too short to tell");
}

#[tokio::test]
async fn what_repeats_a_request_or_holds_a_secret_is_never_compressed() {
    let (playground, mut browser) = member().await;
    for path in ["/keys?name=guess", "/keys?name=guess&expires_in=30", "/nowhere", "/logout", "/logged-out"] {
        let page = browser.send_with(path, &[ACCEPT]).await;
        assert_eq!(encoding(&page.headers), "", "{path}");
    }
    let mut stranger = playground.browser();
    for path in ["/", "/keys", "/keys?name=guess", "/?login_error=internal", "/?encrypted_token=x"] {
        assert_eq!(encoding(&stranger.send_with(path, &[ACCEPT]).await.headers), "", "{path}");
    }
    let ours = [("origin", "http://localhost:3000"), ("sec-fetch-site", "same-origin"), ACCEPT];
    let mark = "0123456789abcdef0123456789abcdef";
    for (path, form, status) in [
        ("/keys", format!("request={mark}&name=Essai&lifetime=90&date="), 200),
        ("/keys", format!("request={mark}&name=Essai&lifetime=date&date=x"), 422),
        ("/try", "with=session".to_owned(), 200),
        ("/try", "with=key&key=".to_owned(), 422),
    ] {
        let page = browser.post_form(path, &ours, &form).await;
        assert_eq!((page.status, encoding(&page.headers)), (status, ""), "{path} {form}");
    }
}
