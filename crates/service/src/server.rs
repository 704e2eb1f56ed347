//! Accepts connections and hands their requests to a router, until a signal asks to stop.

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

/// How long requests in flight may still take once the listener is closed.
pub const FINISH_TIMEOUT: Duration = Duration::from_secs(30);
/// The pause after the system refused a connection, for instance for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// The most connections that are accepted when the listener closes: as many as the system queues.
const BACKLOG: usize = 1024;

/// How a server treats its connections.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How long to go on accepting connections after a stop was asked for.
    pub drain: Duration,
    /// How long a connection may be idle.
    pub keep_alive: Duration,
}

/// Longer than load balancers keep an idle connection, usually 60 seconds: whoever closes it first must be the side that sends
/// requests, or one is lost now and then.
pub const DEFAULT_KEEP_ALIVE: Duration = Duration::from_secs(75);

impl Default for Options {
    fn default() -> Self {
        Self { drain: Duration::ZERO, keep_alive: DEFAULT_KEEP_ALIVE }
    }
}

/// Serves until SIGTERM or SIGINT. Then goes on accepting connections for the time of `drain`, so that a load
/// balancer notices [`Draining`] before anybody is refused, and lets the requests in flight finish for at most
/// [`FINISH_TIMEOUT`]. A second signal ends all at once. Says `listening on http://ADDR` on standard output
/// when it is ready.
///
/// # Errors
/// When the listener has no address or signals cannot be listened to.
pub async fn serve(listener: TcpListener, router: Router, options: Options) -> io::Result<()> {
    let mut stops = Stops::new()?;
    stdio::say(format!("listening on http://{}", listener.local_addr()?));
    // On a thread of the runtime, so that connections are accepted where they are served.
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
    /// Every connection follows it. When it is dropped they end, whatever they are doing.
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

    /// Answers the requests of one connection, in a task of its own.
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
                    // Clients come and go: this only helps somebody who debugs.
                    tracing::debug!(%error, "a connection ended early");
                },
                () = dropped => {}
            }
        });
    }
}
