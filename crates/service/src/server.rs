//! Accepts connections and passes their requests to a router, until a signal asks to stop.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{sleep, timeout};

use crate::capacity::Capacity;
use crate::connection::{Conversation, Stage};
pub use crate::connection::{Draining, HEADER_TIMEOUT};
use crate::listener::{Listener, Stream};
use crate::signals::Stops;
use crate::{notify, stdio};

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
/// when it is ready, and `listening on unix:PATH` for a unix socket; systemd is told too.
///
/// # Errors
/// When the listener has no address or the program cannot listen to signals.
pub async fn serve(listener: impl Into<Listener>, router: Router, options: Options) -> io::Result<()> {
    let listener = listener.into();
    let mut stops = Stops::new()?;
    let ready = format!("listening on {}", listener.shown()?);
    notify::ready(&ready);
    let watchdog = notify::watchdog();
    stdio::say(ready);
    // On a thread of the runtime, so that connections are accepted on the threads that serve them.
    let serving = tokio::spawn(async move {
        let server = Server::new(router, options);
        server.accept(&listener, stops.next()).await;
        notify::stopping();
        tokio::select! {
            () = server.stop(listener, options.drain) => {}
            () = stops.next() => tracing::warn!("stopped at once"),
        }
    });
    let served = serving.await.map_err(io::Error::other);
    if let Some(watchdog) = watchdog {
        watchdog.abort();
    }
    served
}

/// Serves until `stop` completes, then lets the requests in flight finish as [`serve`] does.
pub async fn serve_until(listener: impl Into<Listener>, router: Router, stop: impl Future<Output = ()>) {
    let listener = listener.into();
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

    async fn accept(&self, listener: &Listener, until: impl Future<Output = ()>) {
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

    async fn stop(self, listener: Listener, drain: Duration) {
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
    fn close(&self, listener: Listener) -> io::Result<()> {
        let queue = listener.into_queue()?;
        for _ in 0..BACKLOG {
            let Some((stream, peer)) = queue.next()? else { break };
            self.converse(stream, peer, None);
        }
        Ok(())
    }

    /// Answers the requests of one connection, in a separate task.
    fn converse(&self, stream: Stream, peer: SocketAddr, permit: Option<OwnedSemaphorePermit>) {
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
