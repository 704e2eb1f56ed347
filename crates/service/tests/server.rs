//! The server loop, over real sockets. A test that waits for a timeout uses tokio's paused clock, which jumps to the
//! next deadline as soon as there is nothing else to do.
#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::{Method, Uri};
use axum::routing::{get, post};
use service::server::{DEFAULT_KEEP_ALIVE, FINISH_TIMEOUT, HEADER_TIMEOUT, serve_until};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;

struct Server {
    addr: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Server {
    async fn start(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(serve_until(listener, router, async {
            let _ = stopped.await;
        }));
        Self { addr, stop, running }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.addr).await.expect("the server accepts")
    }

    /// Sends a request on a new connection and reads to the end of the connection.
    async fn get(&self, path: &str) -> String {
        let mut stream = self.connect().await;
        send(&mut stream, &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await;
        read_to_end(&mut stream).await.expect("an answer")
    }
}

async fn send(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.expect("the connection is open");
}

async fn read_to_end(stream: &mut TcpStream) -> io::Result<String> {
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    Ok(text)
}

/// Reads until this string has arrived.
async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(end.as_bytes()) {
        bytes.push(stream.read_u8().await.expect("more is to come"));
    }
    String::from_utf8(bytes).expect("text")
}

/// The handler of `/slow` notifies when it has begun, and ends when it is notified.
fn slow() -> (Router, Arc<Notify>, Arc<Notify>) {
    let (begun, may_end) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell, wait) = (begun.clone(), may_end.clone());
    let handler = move || async move {
        tell.notify_one();
        wait.notified().await;
        "finished"
    };
    (Router::new().route("/slow", get(handler)), begun, may_end)
}

#[tokio::test]
async fn a_request_is_answered() {
    let server = Server::start(Router::new().route("/", get(|| async { "hello" }))).await;
    let answer = server.get("/").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nhello"), "{answer}");
    assert!(server.get("/nowhere").await.starts_with("HTTP/1.1 404 Not Found\r\n"));
}

#[tokio::test]
async fn a_connection_serves_several_requests() {
    let echo = |method: Method, uri: Uri, body: String| async move { format!("{method} {uri} {body}!") };
    let server = Server::start(Router::new().route("/{*path}", post(echo).get(echo))).await;
    let mut stream = server.connect().await;
    send(&mut stream, "POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc").await;
    assert!(read_until(&mut stream, "!").await.ends_with("\r\n\r\nPOST /a?b abc!"));
    send(&mut stream, "GET /c HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(read_until(&mut stream, "!").await.ends_with("\r\n\r\nGET /c !"));
}

#[tokio::test]
async fn a_handler_gets_the_address_of_the_client() {
    let peer = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
    let server = Server::start(Router::new().route("/", get(peer))).await;
    let mut stream = server.connect().await;
    send(&mut stream, "GET / HTTP/1.0\r\n\r\n").await;
    let answer = read_to_end(&mut stream).await.unwrap();
    assert!(answer.ends_with(&format!("\r\n\r\n{}", stream.local_addr().unwrap())), "{answer}");
}

#[tokio::test]
async fn a_request_in_flight_finishes_after_the_stop_and_new_ones_are_refused() {
    let (router, begun, may_end) = slow();
    let server = Server::start(router).await;
    let mut stream = server.connect().await;
    send(&mut stream, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await;
    begun.notified().await;

    server.stop.send(()).unwrap();
    while TcpStream::connect(server.addr).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!server.running.is_finished(), "a request is in flight");

    may_end.notify_one();
    let answer = read_to_end(&mut stream).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("finished"), "{answer}");
    server.running.await.unwrap();
}

#[tokio::test]
async fn a_stop_does_not_wait_for_connections_without_a_request() {
    let server = Server::start(Router::new().route("/", get(|| async { "hello." }))).await;
    let mut idle = server.connect().await;
    send(&mut idle, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    read_until(&mut idle, "hello.").await;

    let start = Instant::now();
    server.stop.send(()).unwrap();
    server.running.await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(read_to_end(&mut idle).await.unwrap(), "");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_never_ends_is_given_thirty_seconds_after_the_stop() {
    let (router, begun, _) = slow();
    let server = Server::start(router).await;
    let mut stream = server.connect().await;
    send(&mut stream, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await;
    begun.notified().await;

    let start = Instant::now();
    server.stop.send(()).unwrap();
    server.running.await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 30);
    assert_eq!(FINISH_TIMEOUT.as_secs(), 30);
    assert_eq!(read_to_end(&mut stream).await.unwrap_or_default(), "", "the connection ends with the server");
}

#[tokio::test]
async fn a_client_that_connected_before_the_listener_closes_is_answered() {
    let server = Server::start(Router::new().route("/", get(|| async { "hello" }))).await;
    server.stop.send(()).unwrap();
    // The system lets it connect, but the server's task, on the same thread, has not accepted it yet.
    let stream = std::net::TcpStream::connect(server.addr).unwrap();
    stream.set_nonblocking(true).unwrap();
    let mut stream = TcpStream::from_std(stream).unwrap();
    send(&mut stream, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let answer = read_to_end(&mut stream).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\r\nconnection: close\r\n") && answer.ends_with("hello"), "{answer}");
    server.running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_connection_opened_in_advance_is_given_two_seconds_after_the_stop() {
    let server = Server::start(Router::new()).await;
    let mut stream = server.connect().await;
    let start = Instant::now();
    server.stop.send(()).unwrap();
    server.running.await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 2);
    assert_eq!(read_to_end(&mut stream).await.unwrap(), "");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_stalls_in_a_head_is_cut_off_after_thirty_seconds() {
    let server = Server::start(Router::new()).await;
    for head in ["", "GE", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: x\r\nCookie: a"] {
        let start = Instant::now();
        let mut stream = server.connect().await;
        send(&mut stream, head).await;
        let answer = read_to_end(&mut stream).await.unwrap_or_default();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{head:?}: {answer}");
        assert_eq!(start.elapsed().as_secs(), 30, "{head:?}");
    }
    assert_eq!(HEADER_TIMEOUT.as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_after_the_time_of_keep_alive() {
    let server = Server::start(Router::new().route("/", get(|| async { "hello." }))).await;
    let mut stream = server.connect().await;
    send(&mut stream, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    read_until(&mut stream, "hello.").await;
    let start = Instant::now();
    assert_eq!(read_to_end(&mut stream).await.unwrap(), "");
    assert_eq!(start.elapsed(), DEFAULT_KEEP_ALIVE);
}

#[tokio::test(start_paused = true)]
async fn a_head_that_begins_on_an_idle_connection_has_thirty_seconds_too() {
    let server = Server::start(Router::new().route("/", get(|| async { "hello." }))).await;
    let mut stream = server.connect().await;
    send(&mut stream, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    read_until(&mut stream, "hello.").await;
    tokio::time::sleep(Duration::from_secs(40)).await;
    let start = Instant::now();
    send(&mut stream, "GET / HT").await;
    let _ = read_to_end(&mut stream).await;
    assert_eq!(start.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_sends_its_head_slowly_gets_no_more_time() {
    let server = Server::start(Router::new()).await;
    let start = Instant::now();
    let mut stream = server.connect().await;
    let (mut reader, mut writer) = stream.split();
    let dripping = async {
        loop {
            tokio::time::sleep(Duration::from_secs(5)).await;
            if writer.write_all(b"X").await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    let mut answer = Vec::new();
    tokio::select! {
        _ = reader.read_to_end(&mut answer) => {}
        () = dripping => {}
    }
    assert!(start.elapsed() < HEADER_TIMEOUT + Duration::from_secs(6), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_url_of_60_kilobytes_causes_no_server_error() {
    let length = |uri: Uri| async move { uri.to_string().len().to_string() };
    let server = Server::start(Router::new().route("/", get(length))).await;
    let answer = server.get(&format!("/?{}", "x".repeat(60_000))).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer:.100}");
    assert!(answer.ends_with("\r\n\r\n60002"), "{answer:.100}");
    for kilobytes in [64, 100, 1_000] {
        let mut stream = server.connect().await;
        // The server may close the connection before it has read the whole request.
        let request = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(kilobytes * 1_024));
        let _ = stream.write_all(request.as_bytes()).await;
        let answer = read_to_end(&mut stream).await.unwrap_or_default();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{kilobytes} KB: {answer:.100}");
    }
    assert!(server.get("/?x").await.starts_with("HTTP/1.1 200 OK\r\n"), "it still answers");
}

#[tokio::test]
async fn invalid_requests_and_disconnects_do_not_stop_the_server() {
    let server = Server::start(Router::new().route("/", get(|| async { "hello" }))).await;
    for text in ["\r\n\r\n\r\n", "nonsense\r\n\r\n", "\u{16}\u{3}\u{1}\0\0", "GET / HTTP/9.9\r\n\r\n"] {
        let mut stream = server.connect().await;
        send(&mut stream, text).await;
        stream.shutdown().await.unwrap();
        let answer = read_to_end(&mut stream).await.unwrap_or_default();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{text:?}: {answer}");
    }
    drop(server.connect().await);
    assert!(server.get("/").await.ends_with("hello"));
}

#[tokio::test]
async fn a_handler_that_panics_ends_only_its_connection() {
    async fn panics() -> &'static str {
        panic!("on purpose")
    }
    let router = Router::new().route("/", get(|| async { "hello" })).route("/panics", get(panics));
    let server = Server::start(router).await;
    assert_eq!(server.get("/panics").await, "");
    assert!(server.get("/").await.ends_with("hello"));
    server.stop.send(()).unwrap();
    server.running.await.unwrap();
}
