//! Accepts connections and passes their requests to a router, until a signal asks to stop.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{sleep, timeout};

use crate::capacity::Capacity;
use crate::connection::{Conversation, Stage};
pub use crate::connection::{Draining, HEADER_TIMEOUT};
use crate::signals::Stops;
use crate::stdio;

/// How long requests in flight may take after the listener has closed.
pub const FINISH_TIMEOUT: Duration = Duration::from_secs(30);
/// The pause after the system refused a connection, for example because there are no more file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// The most connections that are accepted when the listener closes: as many as the system queues.
const BACKLOG: usize = 1024;

/// How a server treats its connections.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How long to accept connections after a stop was requested.
    pub drain: Duration,
    /// How long a connection may be idle.
    pub keep_alive: Duration,
}

/// Longer than load balancers keep an idle connection, usually 60 seconds: the side that sends requests must close first,
/// otherwise a request is lost now and then.
pub const DEFAULT_KEEP_ALIVE: Duration = Duration::from_secs(75);

impl Default for Options {
    fn default() -> Self {
        Self { drain: Duration::ZERO, keep_alive: DEFAULT_KEEP_ALIVE }
    }
}

/// Serves until SIGTERM or SIGINT. Then accepts connections for the time of `drain`, so that a load
/// balancer notices [`Draining`] before anybody is refused, and lets the requests in flight finish for at most
/// [`FINISH_TIMEOUT`]. A second signal ends everything at once. Prints `listening on http://ADDR` on standard output
/// when it is ready.
///
/// # Errors
/// When the listener has no address or the program cannot listen to signals.
pub async fn serve(listener: TcpListener, router: Router, options: Options) -> io::Result<()> {
    let mut stops = Stops::new()?;
    stdio::say(format!("listening on http://{}", listener.local_addr()?));
    // On a thread of the runtime, so that connections are accepted on the threads that serve them.
    let serving = tokio::spawn(async move {
        let server = Server::new(router, options);
        server.accept(&listener, stops.next()).await;
        tokio::select! {
            () = server.stop(listener, options.drain) => {}
            () = stops.next() => tracing::warn!("stopped at once"),
        }
    });
    serving.await.map_err(io::Error::other)
}

/// Serves until `stop` completes, then lets the requests in flight finish as [`serve`] does.
pub async fn serve_until(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let server = Server::new(router, Options::default());
    server.accept(&listener, stop).await;
    server.stop(listener, Duration::ZERO).await;
}

struct Server {
    router: Router,
    capacity: Capacity,
    keep_alive: Duration,
    /// Every connection watches this. When it is dropped, all connections end at once.
    stage: watch::Sender<Stage>,
}

impl Server {
    fn new(router: Router, options: Options) -> Self {
        Self {
            router,
            capacity: Capacity::of_this_process(),
            keep_alive: options.keep_alive,
            stage: watch::Sender::new(Stage::Serving),
        }
    }

    async fn accept(&self, listener: &TcpListener, until: impl Future<Output = ()>) {
        let mut until = pin!(until);
        loop {
            let accepted = async {
                let permit = self.capacity.permit().await;
                listener.accept().await.map(|(stream, peer)| (stream, peer, permit))
            };
            let accepted = tokio::select! {
                accepted = accepted => accepted,
                () = &mut until => return,
            };
            match accepted {
                Ok((stream, peer, permit)) => self.converse(stream, peer, permit),
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
            self.converse(TcpStream::from_std(stream)?, peer, None);
        }
        Ok(())
    }

    /// Answers the requests of one connection, in a separate task.
    fn converse(&self, stream: TcpStream, peer: SocketAddr, permit: Option<OwnedSemaphorePermit>) {
        let talk = Conversation {
            router: self.router.clone(),
            peer,
            stage: self.stage.subscribe(),
            crowd: self.capacity.crowd(),
            keep_alive: self.keep_alive,
        };
        let mut stage = self.stage.subscribe();
        tokio::spawn(async move {
            let _permit = permit;
            let dropped = async { while stage.changed().await.is_ok() {} };
            tokio::select! {
                talked = talk.hold(stream) => if let Err(error) = talked {
                    // Clients often disconnect early: this line is only useful for debugging.
                    tracing::debug!(%error, "a connection ended early");
                },
                () = dropped => {}
            }
        });
    }
}
