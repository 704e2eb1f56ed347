//! Where a server listens: an address and port, or a unix socket.

use std::fmt::{self, Display, Formatter};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// What a unix socket's address begins with.
const UNIX: &str = "unix:";

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// An address and port, written `127.0.0.1:8000`.
    Tcp(SocketAddr),
    /// The path of a unix socket, written `unix:/run/passerelle/api.sock`.
    Unix(PathBuf),
}

impl Address {
    /// A port of this machine alone.
    #[must_use]
    pub fn local(port: u16) -> Self {
        Self::Tcp((Ipv4Addr::LOCALHOST, port).into())
    }

    /// Parses an address as it is written in the configuration; none when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix(UNIX) {
            Some(path) => (!path.is_empty()).then(|| Self::Unix(path.into())),
            None => text.parse().ok().map(Self::Tcp),
        }
    }

    /// Whether only programs on this machine can connect.
    #[must_use]
    pub fn is_of_this_machine(&self) -> bool {
        match self {
            Self::Tcp(address) => address.ip().to_canonical().is_loopback(),
            Self::Unix(_) => true,
        }
    }

    /// What is wrong most probably when this address cannot be listened on, and what to do.
    #[must_use]
    pub fn fix(&self, error: &std::io::Error) -> String {
        use std::io::ErrorKind;
        match (self, error.kind()) {
            (Self::Tcp(address), ErrorKind::PermissionDenied) => format!(
                "ports below 1024 are for root: choose a higher one and put a proxy in front, or let a systemd socket pass port {}",
                address.port()
            ),
            (Self::Tcp(_), ErrorKind::AddrInUse) => {
                "stop the program that uses it (`ss -ltnp` names it), or choose another port".to_owned()
            }
            (Self::Tcp(_), ErrorKind::AddrNotAvailable) => {
                "choose an address that this machine has (`ip address` lists them), or 127.0.0.1".to_owned()
            }
            (Self::Tcp(_), _) => "choose another address".to_owned(),
            (Self::Unix(_), ErrorKind::AddrInUse) => {
                "stop the program that answers there, or choose another path".to_owned()
            }
            (Self::Unix(_), ErrorKind::NotFound) => "create its folder, or choose another path".to_owned(),
            (Self::Unix(_), _) => {
                "choose a path of at most 107 bytes, in a folder where this program's user may write"
                    .to_owned()
            }
        }
    }
}

impl Display for Address {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(formatter),
            Self::Unix(path) => write!(formatter, "{UNIX}{}", path.display()),
        }
    }
}

/// Why a server cannot listen. The message ends with what to do.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The configured address cannot be used.
    #[error("cannot listen on {address}: {error}. Fix: {}", address.fix(error))]
    Address {
        /// The address.
        address: Address,
        /// What the system says.
        error: std::io::Error,
    },
    /// systemd passed sockets, and none or not only one can be used.
    #[error(
        "cannot use what systemd passed ({0}). Fix: give the socket unit one line ListenStream=, and no other socket"
    )]
    Activation(String),
}
