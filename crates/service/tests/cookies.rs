//! Cookies as handlers see them, whatever other cookies a browser sends.

#![expect(clippy::unwrap_used, reason = "a test stops at its first failure")]

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Request};
use axum::routing::get;
use service::cookies::{Cookies, Jar, PendingCookies, SealedCookie, layer};
use token_crypto::{KeyRing, UnixTime, generate_key};
use tower_service::Service as _;

const HOUR: Duration = Duration::from_secs(3_600);

/// Runs a handler on the cookies of a request; returns its result and the headers of its answer.
async fn handle<T: Clone + Send + Sync + 'static>(
    lines: &[&[u8]],
    work: impl Fn(&Cookies) -> T + Clone + Send + Sync + 'static,
) -> (T, HeaderMap) {
    let handler = move |cookies: Cookies| {
        let result = work(&cookies);
        async move { axum::Extension(result) }
    };
    let mut request = Request::new(Body::empty());
    for line in lines {
        request.headers_mut().append(COOKIE, HeaderValue::from_bytes(line).unwrap());
    }
    let mut router = Router::new().route("/", get(handler)).layer(layer());
    let mut response = router.call(request).await.unwrap();
    (response.extensions_mut().remove::<T>().unwrap(), response.headers().clone())
}

async fn value_of(name: &'static str, https: bool, lines: &[&[u8]]) -> Option<String> {
    handle(lines, move |cookies| Jar::new("p_", https).get(cookies, name)).await.0
}

#[tokio::test]
async fn a_cookie_that_cannot_be_decoded_does_not_hide_ours() {
    let foreign: [&[u8]; 8] = [
        b"nom=H\xe9",
        b"nom=\xff",
        b"\x80=x",
        "prénom=Zoé".as_bytes(),
        b"a=\xc3",
        b"a=\xed\xa0\x80",
        b"a=\tb",
        b"a=%ff",
    ];
    for other in foreign {
        let before = [other, b"; p_a=1"].concat();
        let behind = [b"p_a=1; ", other].concat();
        let between = [b"p_b=2; ", other, b"; p_a=1"].concat();
        for lines in
            [vec![&*before], vec![&*behind], vec![&*between], vec![other, b"p_a=1"], vec![b"p_a=1", other]]
        {
            assert_eq!(value_of("a", false, &lines).await.as_deref(), Some("1"), "{}", other.escape_ascii());
        }
    }
}

#[tokio::test]
async fn a_name_that_only_decodes_to_ours_is_not_ours() {
    for name in ["%5F%5FHost-p_a", "__Host%2dp_a", "\u{2000}__Host-p_a", "\u{a0}__Host-p_a", "\t__Host-p_a"] {
        let line = format!("__Host-p_a=ours; {name}=theirs");
        assert_eq!(value_of("a", true, &[line.as_bytes()]).await.as_deref(), Some("ours"), "{name}");
        let alone = format!("{name}=theirs");
        assert_eq!(value_of("a", true, &[alone.as_bytes()]).await, None, "{name}");
    }
}

#[tokio::test]
async fn attributes_follow_the_scheme() {
    for (https, expected) in [
        (true, "__Host-p_a=v; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=3600"),
        (false, "p_a=v; HttpOnly; SameSite=Lax; Path=/; Max-Age=3600"),
    ] {
        let set = move |cookies: &Cookies| Jar::new("p_", https).set(cookies, "a", "v".to_owned(), HOUR);
        let ((), headers) = handle(&[], set).await;
        assert_eq!(headers[SET_COOKIE], expected);
    }
}

#[tokio::test]
async fn a_ninth_pending_cookie_replaces_the_oldest() {
    let pending = PendingCookies::new(Jar::new("p_", false), "login", HOUR);
    let line: Vec<String> = (1..=8).map(|n| format!("p_login_{n:010x}_t{n}=v")).collect();
    let (tags, headers) = handle(&[line.join("; ").as_bytes()], move |cookies| {
        pending.add(cookies, "new", "v".to_owned(), UnixTime(9));
        let mut tags: Vec<String> =
            pending.all(cookies).iter().map(|pending| pending.tag().to_owned()).collect();
        tags.sort();
        tags
    })
    .await;
    assert_eq!(tags, ["new", "t2", "t3", "t4", "t5", "t6", "t7", "t8"]);
    assert_eq!(headers.get_all(SET_COOKIE).iter().count(), 2, "one is set, one removed");
}

#[tokio::test]
async fn a_sealed_cookie_opens_until_it_is_too_old() {
    let keys = KeyRing::parse([generate_key()]).unwrap();
    let sealed = SealedCookie::new(Jar::new("p_", false), "s", keys.cookie_sealer("a test"), HOUR);
    let read = |line: String, now| {
        let sealed = sealed.clone();
        async move {
            let content = move |cookies: &Cookies| sealed.get(cookies, now).map(|opened| opened.plaintext);
            handle(&[line.as_bytes()], content).await.0
        }
    };
    let set = sealed.clone();
    let ((), headers) = handle(&[], move |cookies| set.set(cookies, b"content", UnixTime(1_000))).await;
    let pair = headers[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(read(pair.clone(), UnixTime(1_000)).await.as_deref(), Some(&b"content"[..]));
    assert_eq!(read(pair.clone(), UnixTime(4_601)).await, None);
    assert_eq!(read(pair.replace("p_s=", "p_t="), UnixTime(1_000)).await, None);
}
