//! One connection: answers its requests, one after the other, and decides when it ends.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
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
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};
use tower_service::Service as _;

use crate::listener::Stream;

/// How long a client may take to send the head of a request.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// When the server stops, how long a connected client may still send its first request. Browsers open connections in
/// advance.
const FIRST_REQUEST_TIMEOUT: Duration = Duration::from_secs(2);

/// In the extensions of a request that came after a stop was requested. It is answered like any other, but readiness must
/// say that this process is not ready.
#[derive(Clone, Copy, Debug)]
pub struct Draining;

/// The state of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Serving,
    /// New connections are accepted, and each answer closes its connection.
    Draining,
    /// The listener is closed.
    Finishing,
}

/// An answer that is being computed.
enum Answer<F> {
    /// It is cancelled when its connection ends.
    Here(F),
    /// It continues without its connection.
    Task(JoinHandle<Result<Response, Infallible>>),
}

/// A connection and what it needs to answer.
pub(crate) struct Conversation {
    pub(crate) router: Router,
    pub(crate) peer: SocketAddr,
    pub(crate) stage: watch::Receiver<Stage>,
    /// Notifies it that it should make room for others.
    pub(crate) crowd: Arc<Notify>,
    /// How long it may be idle.
    pub(crate) keep_alive: Duration,
}

/// Why a connection ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    #[error(transparent)]
    Http(#[from] hyper::Error),
    #[error("the head of a request did not come in time")]
    SlowHead,
}

impl Conversation {
    /// Answers requests until either side closes the connection.
    pub(crate) async fn hold(self, stream: Stream) -> Result<(), Broken> {
        if let Err(error) = stream.send_at_once() {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
        let Self { router, peer, mut stage, crowd, keep_alive } = self;
        let has_asked = Arc::new(AtomicBool::new(false));
        let head = Arc::new(Head::new());
        let service = {
            let (stage, has_asked, head) = (stage.clone(), has_asked.clone(), head.clone());
            service_fn(move |request: hyper::Request<Incoming>| {
                has_asked.store(true, Ordering::Relaxed);
                head.is_complete();
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(ConnectInfo(peer));
                if *stage.borrow() != Stage::Serving {
                    request.extensions_mut().insert(Draining);
                }
                let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
                let (answer, stage) = (router.clone().call(request), stage.clone());
                // A request that changes something must finish even when its client has disconnected. hyper drops the future of
                // such an answer, sometimes before its first step, so a separate task starts here. The task holds the stage, so
                // that a stopping server waits for it.
                let answer = if changes {
                    let stage = stage.clone();
                    Answer::Task(tokio::spawn(async move {
                        let _held = stage;
                        answer.await
                    }))
                } else {
                    Answer::Here(answer)
                };
                let head = head.clone();
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
                    head.is_awaited();
                    Ok::<_, Infallible>(answer)
                }
            })
        };
        let stream = Watched { stream, head: head.clone() };
        let mut connection = pin!(
            http1::Builder::new()
                .timer(TokioTimer::new())
                // hyper counts from the end of the previous answer, so this is how long a connection may be idle.
                .header_read_timeout(keep_alive)
                .serve_connection(TokioIo::new(stream), service)
        );
        let finishing = async {
            let _ = stage.wait_for(|stage| *stage == Stage::Finishing).await;
        };
        tokio::select! {
            ended = connection.as_mut() => return Ok(ended?),
            () = head.is_late() => return Err(Broken::SlowHead),
            () = crowd.notified() => {}
            () = finishing => {
                // Without this wait, hyper would close a connection whose first request is on its way.
                if !has_asked.load(Ordering::Relaxed)
                    && let Ok(ended) = timeout(FIRST_REQUEST_TIMEOUT, connection.as_mut()).await
                {
                    return Ok(ended?);
                }
            }
        }
        connection.as_mut().graceful_shutdown();
        tokio::select! {
            ended = connection => Ok(ended?),
            () = head.is_late() => Err(Broken::SlowHead),
        }
    }
}

/// The head of the next request: whether its first byte has arrived, and when.
struct Head {
    began: Instant,
    /// Milliseconds from `began` to its first byte, or [`AWAITED`] or [`COMPLETE`].
    first_byte: AtomicU64,
}

/// No byte has arrived.
const AWAITED: u64 = u64::MAX;
/// The whole head has arrived, and the answer is being computed.
const COMPLETE: u64 = u64::MAX - 1;

impl Head {
    fn new() -> Self {
        // The time limit of the first head starts with the connection.
        Self { began: Instant::now(), first_byte: AtomicU64::new(0) }
    }

    fn is_complete(&self) {
        self.first_byte.store(COMPLETE, Ordering::Relaxed);
    }

    fn is_awaited(&self) {
        self.first_byte.store(AWAITED, Ordering::Relaxed);
    }

    /// Notes that bytes have arrived.
    fn has_bytes(&self) {
        if self.first_byte.load(Ordering::Relaxed) == AWAITED {
            self.first_byte.store(self.elapsed(), Ordering::Relaxed);
        }
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or_default()
    }

    /// Waits until a head that has begun is not complete in time.
    async fn is_late(&self) {
        let mut seen = self.first_byte.load(Ordering::Relaxed);
        loop {
            // Without a started head, no head can be late before this time has passed.
            let since =
                if seen < COMPLETE { self.began + Duration::from_millis(seen) } else { Instant::now() };
            sleep_until(since + HEADER_TIMEOUT).await;
            let first_byte = self.first_byte.load(Ordering::Relaxed);
            if first_byte == seen && seen < COMPLETE {
                return;
            }
            seen = first_byte;
        }
    }
}

/// A connection that notes when bytes arrive.
struct Watched {
    stream: Stream,
    head: Arc<Head>,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.head.has_bytes();
        }
        polled
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
