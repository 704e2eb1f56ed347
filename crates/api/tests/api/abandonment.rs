//! Clients and a provider that stop in the middle. All cases run together, which takes half a minute.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::attack::refusal;
use crate::support::keys::SECOND;
use crate::support::script::Script;
use crate::support::twist::Twist;
use crate::support::{Api, Browser, ORIGIN, Session, login_path};

async fn within(seconds: u64, what: &str, future: impl Future<Output = ()>) {
    let started = Instant::now();
    future.await;
    assert!(started.elapsed() < Duration::from_secs(seconds), "{what} took {:?}", started.elapsed());
}

/// Each answer is in time, but all of them together are not.
fn every_answer_is_late(script: &mut Script) {
    (script.signs_with, script.publishes) = (SECOND, vec![SECOND]);
    (script.token, script.jwks, script.userinfo_endpoint) = (Twist::Late(9), Twist::Late(9), Twist::Late(9));
}

/// Ten seconds, and some more for a slow machine.
async fn the_provider(what: &str, future: impl Future<Output = ()>) {
    within(20, what, future).await;
}

async fn a_client(what: &str, future: impl Future<Output = ()>) {
    within(60, what, future).await;
}

async fn a_login_meets(script: fn(&mut Script)) {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    script(&mut api.provider.script());
    let reply = browser.call_back(&back).await;
    let wrong = refusal(&api, &browser, &reply, "provider_unavailable").await;
    assert!(wrong.is_empty(), "{wrong:?}");
}

async fn the_beginning_of_a_login_meets(script: fn(&mut Script)) {
    let api = Api::start().await;
    script(&mut api.provider.script());
    Browser::new(&api).get(&login_path(ORIGIN)).await.problem(503);
}

async fn a_logout_meets(script: fn(&mut Script)) {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    script(&mut api.provider.script());
    let reply = session.log_out(&api).await;
    assert_eq!((reply.status, reply.json()["status"].as_str()), (200, Some("warning")));
    assert_eq!(api.count("tokens WHERE revoked IS NULL").await, 0);
}

/// Sends the beginning of a request, and returns what arrives until the connection ends.
async fn stalled(beginning: fn(&Session) -> String) -> String {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let mut stream = TcpStream::connect(api.base.trim_start_matches("http://")).await.unwrap();
    stream.write_all(beginning(&session).as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is reset counts as closed.
    let _ = stream.read_to_end(&mut answer).await;
    assert_eq!(session.me(&api).await.status, 200);
    String::from_utf8_lossy(&answer).into_owned()
}

async fn a_stalled_header_ends() {
    assert_eq!(stalled(|_| "GET /v1/me/info HTTP/1.1\r\nHost: x\r\n".to_owned()).await, "");
}

async fn a_connection_without_a_request_ends() {
    assert_eq!(stalled(|_| String::new()).await, "");
}

async fn a_stalled_body_ends_with_an_answer() {
    let answer = stalled(|session| {
        format!(
            "POST /v1/oauth2/logout HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {}\r\n\
             Content-Length: 100\r\n\r\n{{\"procon",
            session.bearer()
        )
    });
    let answer = answer.await;
    let status = answer.split(' ').nth(1).unwrap_or_default();
    assert!(status.starts_with('4') && answer.contains("application/problem+json"), "{answer}");
}

#[tokio::test]
async fn clients_and_providers_that_stop_midway_time_out() {
    tokio::join!(
        the_provider("token", a_login_meets(|script| script.token = Twist::Endless)),
        the_provider("userinfo", a_login_meets(|script| script.userinfo_endpoint = Twist::Endless)),
        the_provider("metadata", the_beginning_of_a_login_meets(|script| script.metadata = Twist::Endless)),
        the_provider("keys", the_beginning_of_a_login_meets(|script| script.jwks = Twist::Endless)),
        within(45, "every answer", a_login_meets(every_answer_is_late)),
        the_provider("end of session", a_logout_meets(|script| script.end_session = Twist::Endless)),
        a_client("a header", a_stalled_header_ends()),
        a_client("no request", a_connection_without_a_request_ends()),
        a_client("a body", a_stalled_body_ends_with_an_answer()),
    );
}
