//! Accepts connections and hands their requests to a router, until a signal asks to stop.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tower_service::Service as _;

use crate::signals::Stops;

/// How long a client may take to send the head of a request. It also ends idle connections.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long requests in flight may still take once the listener is closed.
pub const FINISH_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client that has connected but not asked for anything may still do so then. Browsers open
/// connections in advance.
const FIRST_REQUEST_TIMEOUT: Duration = Duration::from_secs(2);
/// The pause after the system refused a connection, for instance for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// The most connections that are accepted when the listener closes: as many as the system queues.
const BACKLOG: usize = 1024;

/// In the extensions of a request that came after a stop was asked for. It is answered as any other, but readiness must
/// say that this process is not ready.
#[derive(Clone, Copy, Debug)]
pub struct Draining;

/// What a server is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Serving,
    /// New connections are accepted, and each answer ends its connection.
    Draining,
    /// The listener is closed.
    Finishing,
}

/// Serves until SIGTERM or SIGINT. Then goes on accepting connections for the time of `drain`, so that a load
/// balancer notices [`Draining`] before anybody is refused, and lets the requests in flight finish for at most
/// [`FINISH_TIMEOUT`]. A second signal ends all at once. Says `listening on http://ADDR` on standard output
/// when it is ready.
///
/// # Errors
/// When the listener has no address or signals cannot be listened to.
pub async fn serve(listener: TcpListener, router: Router, drain: Duration) -> io::Result<()> {
    let mut stops = Stops::new()?;
    println!("listening on http://{}", listener.local_addr()?);
    // On a thread of the runtime, so that connections are accepted where they are served.
    let serving = tokio::spawn(async move {
        let server = Server::new(router);
        server.accept(&listener, stops.next()).await;
        tokio::select! {
            () = server.stop(listener, drain) => {}
            () = stops.next() => tracing::warn!("stopped at once"),
        }
    });
    serving.await.map_err(io::Error::other)
}

/// Serves until `stop` completes, then lets the requests in flight finish as [`serve`] does.
pub async fn serve_until(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let server = Server::new(router);
    server.accept(&listener, stop).await;
    server.stop(listener, Duration::ZERO).await;
}

struct Server {
    router: Router,
    /// Every connection follows it. When it is dropped they end, whatever they are doing.
    stage: watch::Sender<Stage>,
}

impl Server {
    fn new(router: Router) -> Self {
        Self { router, stage: watch::Sender::new(Stage::Serving) }
    }

    async fn accept(&self, listener: &TcpListener, until: impl Future<Output = ()>) {
        let mut until = pin!(until);
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut until => return,
            };
            match accepted {
                Ok((stream, peer)) => self.converse(stream, peer),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    async fn stop(self, listener: TcpListener, drain: Duration) {
        self.stage.send_replace(Stage::Draining);
        if !drain.is_zero() {
            tracing::info!(seconds = drain.as_secs(), "stopping: not ready any more, but still answering");
            self.accept(&listener, sleep(drain)).await;
        }
        if let Err(error) = self.close(listener) {
            tracing::warn!(%error, "connections that waited to be accepted were refused");
        }
        self.stage.send_replace(Stage::Finishing);
        tracing::info!("stopping: requests in flight may finish");
        if timeout(FINISH_TIMEOUT, self.stage.closed()).await.is_err() {
            tracing::warn!("some requests did not finish in time");
        }
    }

    /// Closes the listener. Clients in its queue would lose their requests, so they are accepted first.
    fn close(&self, listener: TcpListener) -> io::Result<()> {
        let listener = listener.into_std()?;
        for _ in 0..BACKLOG {
            let Ok((stream, peer)) = listener.accept() else { break };
            stream.set_nonblocking(true)?;
            self.converse(TcpStream::from_std(stream)?, peer);
        }
        Ok(())
    }

    /// Answers the requests of one connection, in a task of its own.
    fn converse(&self, stream: TcpStream, peer: SocketAddr) {
        let talk = converse(stream, peer, self.router.clone(), self.stage.subscribe());
        let mut stage = self.stage.subscribe();
        tokio::spawn(async move {
            let dropped = async { while stage.changed().await.is_ok() {} };
            tokio::select! {
                talked = talk => if let Err(error) = talked {
                    // Clients come and go: this only helps somebody who debugs.
                    tracing::debug!(%error, "a connection ended early");
                },
                () = dropped => {}
            }
        });
    }
}

/// An answer in the making.
enum Answer<F> {
    /// It ends with its connection.
    Here(F),
    /// It goes on without its connection.
    Task(JoinHandle<Result<Response, Infallible>>),
}

async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut stage: watch::Receiver<Stage>,
) -> hyper::Result<()> {
    // Answers are small and complete: waiting for more to send only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let has_asked = Arc::new(AtomicBool::new(false));
    let service = {
        let (stage, has_asked) = (stage.clone(), has_asked.clone());
        service_fn(move |request: hyper::Request<Incoming>| {
            has_asked.store(true, Ordering::Relaxed);
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            if *stage.borrow() != Stage::Serving {
                request.extensions_mut().insert(Draining);
            }
            let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
            let (answer, stage) = (router.clone().call(request), stage.clone());
            // What changes something is finished even when its client has left: hyper drops the future of an answer that
            // nobody waits for, sometimes before its first step, so a task of its own begins here. It holds the stage, for
            // a server that stops to wait for it.
            let answer = if changes {
                let stage = stage.clone();
                Answer::Task(tokio::spawn(async move {
                    let _held = stage;
                    answer.await
                }))
            } else {
                Answer::Here(answer)
            };
            async move {
                let mut answer = match answer {
                    Answer::Here(answer) => answer.await?,
                    Answer::Task(task) => match task.await {
                        Ok(answer) => answer?,
                        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
                    },
                };
                if *stage.borrow() != Stage::Serving {
                    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                Ok::<_, Infallible>(answer)
            }
        })
    };
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .serve_connection(TokioIo::new(stream), service)
    );
    tokio::select! {
        ended = connection.as_mut() => return ended,
        _ = stage.wait_for(|stage| *stage == Stage::Finishing) => {}
    }
    // Without this pause hyper would close a connection whose first request is on its way.
    if !has_asked.load(Ordering::Relaxed)
        && let Ok(ended) = timeout(FIRST_REQUEST_TIMEOUT, connection.as_mut()).await
    {
        return ended;
    }
    connection.as_mut().graceful_shutdown();
    connection.await
}
