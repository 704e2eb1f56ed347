//! The time between a signal and the closing of the listener. This test signals its own process, so it needs one for itself.

use std::process::Command;
use std::time::{Duration, Instant};

use axum::routing::get;
use axum::{Extension, Router};
use service::server::{Draining, Options, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const DRAIN: Duration = Duration::from_secs(2);

async fn ready(draining: Option<Extension<Draining>>) -> &'static str {
    if draining.is_some() { "draining" } else { "ready" }
}

/// Sends a request on a connection and returns the answer.
async fn ask(stream: &mut TcpStream) -> std::io::Result<String> {
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await?;
    let mut answer = Vec::new();
    // The answer has no end mark while the connection stays open.
    while !answer.ends_with(b"ready") && !answer.ends_with(b"draining") {
        answer.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_signal_it_is_not_ready_but_still_answers_for_the_time_of_the_drain() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let options = Options { drain: DRAIN, ..Options::default() };
    let running = tokio::spawn(serve(listener, Router::new().route("/", get(ready)), options));
    let mut kept = TcpStream::connect(addr).await.unwrap();
    let answer = ask(&mut kept).await.unwrap();
    assert!(answer.ends_with("ready") && !answer.contains("connection: close"), "{answer}");

    let us = std::process::id().to_string();
    assert!(Command::new("kill").args(["-s", "TERM", &us]).status().is_ok_and(|status| status.success()));
    let start = Instant::now();
    while !ask(&mut kept).await.is_ok_and(|answer| answer.ends_with("draining")) {
        assert!(start.elapsed() < DRAIN, "it has not noticed the signal");
        kept = TcpStream::connect(addr).await.unwrap();
    }
    let mut rest = Vec::new();
    assert!(matches!(kept.read_to_end(&mut rest).await, Ok(0)), "the answer ends its connection");

    let mut answered = 0;
    while let Ok(mut stream) = TcpStream::connect(addr).await {
        let answer = ask(&mut stream).await.unwrap();
        assert!(answer.ends_with("draining") && answer.contains("\r\nconnection: close\r\n"), "{answer}");
        answered += 1;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    running.await.unwrap().unwrap();
    let took = start.elapsed();
    assert!(answered > 10 && took + Duration::from_millis(500) > DRAIN, "{answered} answers in {took:?}");
    assert!(took < DRAIN + Duration::from_secs(3), "{took:?}");
}
