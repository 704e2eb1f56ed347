//! The command `health` of both programs: whether the server that this configuration describes answers.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use crate::address::Address;
use crate::settings::{Document, Problems};
use crate::stdio::complain;

/// How long the server may take. Whoever asks gives up after ten seconds.
const PATIENCE: Duration = Duration::from_secs(5);
const REQUEST: &[u8] = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
/// How the answer of a server begins that is alive.
const ALIVE: &[u8] = b"HTTP/1.1 200 ";

/// Why a server counts as not alive.
#[derive(Debug, thiserror::Error)]
enum NotAlive {
    #[error(
        "{0} cannot be reached ({1}). Fix: start the program, and look at its log when it does not start"
    )]
    Unreachable(Address, io::Error),
    #[error("{0} does not answer within {seconds} seconds. Fix: look at the program's log, then restart it", seconds = PATIENCE.as_secs())]
    Silent(Address),
    #[error("what listens on {0} is not this program, or it fails. Fix: look at its log")]
    Other(Address),
    #[error("port 0 of {0} is another port at each start. Fix: write the port in the configuration")]
    AnyPort(Address),
}

/// Asks `/health/live` at the address `listen` of a section of the configuration. Prints a sentence, and returns 0 when the
/// server answers, 1 otherwise. The rest of the file is not looked at: its secrets may be out of reach here.
pub async fn command(file: &Path, section: &'static str, default: Address) -> ExitCode {
    let address = match listen(file, section, default) {
        Ok(address) => address,
        Err(problems) => {
            complain(&problems);
            return ExitCode::FAILURE;
        }
    };
    match check(&address).await {
        Ok(()) => {
            println!("{address} answers.");
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn listen(file: &Path, section: &'static str, default: Address) -> Result<Address, Problems> {
    let mut document = Document::read(file)?;
    let address = document.section(section).or("listen", default);
    document.finish(address).map(|(address, _)| address)
}

async fn check(address: &Address) -> Result<(), NotAlive> {
    let asking = async {
        match address {
            Address::Tcp(tcp) if tcp.port() == 0 => Err(NotAlive::AnyPort(address.clone())),
            Address::Tcp(tcp) => Ok(ask(TcpStream::connect(reachable(*tcp)).await).await),
            Address::Unix(path) => Ok(ask(UnixStream::connect(path).await).await),
        }
    };
    match timeout(PATIENCE, asking).await {
        Err(_) => Err(NotAlive::Silent(address.clone())),
        Ok(Err(error)) => Err(error),
        Ok(Ok(Err(error))) => Err(NotAlive::Unreachable(address.clone(), error)),
        Ok(Ok(Ok(true))) => Ok(()),
        Ok(Ok(Ok(false))) => Err(NotAlive::Other(address.clone())),
    }
}

/// Who listens on all addresses is asked at loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => (Ipv4Addr::LOCALHOST, v4.port()).into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => (Ipv6Addr::LOCALHOST, v6.port()).into(),
        address => address,
    }
}

/// Whether the other side answers that it is alive.
async fn ask<S: AsyncRead + AsyncWrite + Unpin>(stream: io::Result<S>) -> io::Result<bool> {
    let mut stream = stream?;
    stream.write_all(REQUEST).await?;
    let mut begin = [0; ALIVE.len()];
    match stream.read_exact(&mut begin).await {
        Ok(_) => Ok(begin == ALIVE),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
