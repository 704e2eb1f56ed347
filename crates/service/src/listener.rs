//! What connections are accepted from: a TCP port, a unix socket, or a socket that systemd passed.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::net::UnixListener as StdUnixListener;
use std::pin::Pin;
use std::task::{Context, Poll};

use listenfd::ListenFd;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

use crate::address::{Address, ListenError};
use crate::socket_file::{self, SocketFile};

/// Who connects through a unix socket is a program on this machine: it counts as one that connects through loopback.
const THIS_MACHINE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A socket that connections are accepted from.
pub struct Listener(Kind);

enum Kind {
    Tcp(TcpListener),
    /// With its file, when this program made it.
    Unix(UnixListener, Option<SocketFile>),
}

impl From<TcpListener> for Listener {
    fn from(listener: TcpListener) -> Self {
        Self(Kind::Tcp(listener))
    }
}

impl Listener {
    /// Listens on this address, or on the socket that systemd passed to this process.
    ///
    /// # Errors
    /// When neither can be listened on.
    pub async fn open(address: &Address) -> Result<Self, ListenError> {
        match Self::inherited(ListenFd::from_env())? {
            Some(listener) => Ok(listener),
            None => Self::bind(address).await,
        }
    }

    /// Listens on this address.
    ///
    /// # Errors
    /// When it cannot be listened on.
    pub async fn bind(address: &Address) -> Result<Self, ListenError> {
        let bound = match address {
            Address::Tcp(address) => TcpListener::bind(address).await.map(Self::from),
            Address::Unix(path) => {
                socket_file::listen(path).await.map(|(listener, file)| Self(Kind::Unix(listener, Some(file))))
            }
        };
        bound.map_err(|error| ListenError::Address { address: address.clone(), error })
    }

    /// The socket that systemd passed, if it did (`LISTEN_FDS`).
    fn inherited(mut passed: ListenFd) -> Result<Option<Self>, ListenError> {
        let refuse = |error: io::Error| ListenError::Activation(error.to_string());
        match passed.len() {
            0 => return Ok(None),
            1 => {}
            several => return Err(ListenError::Activation(format!("{several} sockets"))),
        }
        if let Ok(Some(listener)) = passed.take_tcp_listener(0) {
            listener.set_nonblocking(true).map_err(refuse)?;
            return TcpListener::from_std(listener).map(|listener| Some(listener.into())).map_err(refuse);
        }
        let Some(listener) = passed.take_unix_listener(0).map_err(refuse)? else { return Ok(None) };
        listener.set_nonblocking(true).map_err(refuse)?;
        UnixListener::from_std(listener)
            .map(|listener| Some(Self(Kind::Unix(listener, None))))
            .map_err(refuse)
    }

    /// Where it listens, as the program prints it: `http://ADDR` or `unix:PATH`.
    ///
    /// # Errors
    /// When the system does not know.
    pub fn shown(&self) -> io::Result<String> {
        match &self.0 {
            Kind::Tcp(listener) => Ok(format!("http://{}", listener.local_addr()?)),
            Kind::Unix(listener, _) => {
                let address = listener.local_addr()?;
                let path = address.as_pathname().map(ToOwned::to_owned).unwrap_or_default();
                Ok(Address::Unix(path).to_string())
            }
        }
    }

    /// Waits for a connection. The address is the client's, or this machine's.
    pub(crate) async fn accept(&self) -> io::Result<(Stream, SocketAddr)> {
        match &self.0 {
            Kind::Tcp(listener) => listener.accept().await.map(|(stream, peer)| (Stream::Tcp(stream), peer)),
            Kind::Unix(listener, _) => {
                listener.accept().await.map(|(stream, _)| (Stream::Unix(stream), THIS_MACHINE))
            }
        }
    }

    /// Nobody finds this listener's file any more; those who have connected can still be accepted.
    pub(crate) fn into_queue(self) -> io::Result<Queue> {
        match self.0 {
            Kind::Tcp(listener) => listener.into_std().map(Queue::Tcp),
            Kind::Unix(listener, file) => {
                drop(file);
                listener.into_std().map(Queue::Unix)
            }
        }
    }
}

/// The connections that the system holds for a listener that is about to close.
pub(crate) enum Queue {
    Tcp(std::net::TcpListener),
    Unix(StdUnixListener),
}

impl Queue {
    /// The next one, without waiting; none when there is none left.
    pub(crate) fn next(&self) -> io::Result<Option<(Stream, SocketAddr)>> {
        match self {
            Self::Tcp(listener) => {
                let Ok((stream, peer)) = listener.accept() else { return Ok(None) };
                stream.set_nonblocking(true)?;
                Ok(Some((Stream::Tcp(TcpStream::from_std(stream)?), peer)))
            }
            Self::Unix(listener) => {
                let Ok((stream, _)) = listener.accept() else { return Ok(None) };
                stream.set_nonblocking(true)?;
                Ok(Some((Stream::Unix(UnixStream::from_std(stream)?), THIS_MACHINE)))
            }
        }
    }
}

/// An accepted connection.
pub(crate) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Stream {
    /// Sends each answer at once: they are small and complete, and Nagle's algorithm would only delay them.
    pub(crate) fn send_at_once(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.set_nodelay(true),
            Self::Unix(_) => Ok(()),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Unix(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Unix(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(context),
            Self::Unix(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Self::Unix(stream) => Pin::new(stream).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Tcp(stream) => stream.is_write_vectored(),
            Self::Unix(stream) => stream.is_write_vectored(),
        }
    }
}
