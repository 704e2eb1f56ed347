//! A stop that the service manager asks for. These tests signal their own process, so they need one for themselves,
//! and they are in one function because a signal reaches every server of the process.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use service::server::{Options, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

fn signal_ourselves(name: &str) {
    let us = std::process::id().to_string();
    assert!(Command::new("kill").args(["-s", name, &us]).status().is_ok_and(|status| status.success()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_signal_lets_requests_finish_and_a_second_ends_at_once() {
    for (first, second) in [("TERM", None), ("INT", None), ("TERM", Some("TERM")), ("INT", Some("TERM"))] {
        let (begun, may_end) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (tell, wait) = (begun.clone(), may_end.clone());
        let slow = || async move {
            tell.notify_one();
            wait.notified().await;
            "finished"
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let running = tokio::spawn(serve(listener, Router::new().route("/", get(slow)), Options::default()));
        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
        begun.notified().await;

        let start = Instant::now();
        signal_ourselves(first);
        while TcpStream::connect(addr).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if let Some(second) = second {
            signal_ourselves(second);
            running.await.unwrap().unwrap();
        } else {
            assert!(!running.is_finished(), "a request is in flight");
            may_end.notify_one();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(answer.ends_with("finished"), "{answer}");
            running.await.unwrap().unwrap();
        }
        assert!(start.elapsed() < Duration::from_secs(8), "after {first}, {second:?}: {:?}", start.elapsed());
    }
}
