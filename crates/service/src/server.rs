//! Accepts connections and hands their requests to a router, until a signal asks to stop.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tower_service::Service as _;

/// How long a client may take to send the head of a request. It also ends idle connections.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long requests in flight may still take once a stop was asked for.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);
/// The pause after the system refused a connection, for instance for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until SIGTERM or SIGINT, then lets requests in flight finish for at most [`DRAIN_TIMEOUT`]; a
/// second signal ends at once. Says `listening on http://ADDR` on standard output when it is ready.
///
/// # Errors
/// When the listener has no address or signals cannot be listened to.
pub async fn serve(listener: TcpListener, router: Router) -> io::Result<()> {
    let mut signals = Signals::new()?;
    println!("listening on http://{}", listener.local_addr()?);
    serve_until(listener, router, signals.next()).await;
    Ok(())
}

/// Serves until `stop` completes, then drains as [`serve`] does.
pub async fn serve_until(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => converse(stream, peer, router.clone(), &graceful),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    tracing::info!("stopping: requests in flight may finish");
    let at_once = async {
        match Signals::new() {
            Ok(mut signals) => signals.next().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(DRAIN_TIMEOUT) => tracing::warn!("some requests did not finish in time"),
        () = at_once => tracing::warn!("stopped at once"),
    }
}

/// Answers the requests of one connection, in a task of its own.
fn converse(stream: TcpStream, peer: SocketAddr, router: Router, graceful: &GracefulShutdown) {
    // Answers are small and complete: waiting for more to send only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            // Clients come and go; only somebody who looks for it wants to know.
            tracing::debug!(%error, "a connection ended early");
        }
    });
}

/// SIGTERM, which service managers send, and SIGINT, which Ctrl-C sends.
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
