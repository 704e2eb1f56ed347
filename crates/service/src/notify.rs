//! Tells systemd how the program is (`sd_notify`, `Type=notify`). Without systemd nothing happens.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

/// The variable with the path of systemd's socket.
const SOCKET: &str = "NOTIFY_SOCKET";

/// Requests are answered from now on.
pub(crate) fn ready(status: &str) {
    tell(&format!("READY=1\nSTATUS={status}"));
}

/// The configuration is being read again. [`reloaded`] ends this.
pub(crate) fn reloading() {
    let now = clock_gettime(ClockId::Monotonic);
    let microseconds = now.tv_sec * 1_000_000 + now.tv_nsec / 1_000;
    tell(&format!("RELOADING=1\nMONOTONIC_USEC={microseconds}"));
}

/// The configuration was read again, whether it was taken over or refused.
pub(crate) fn reloaded() {
    tell("READY=1");
}

/// A stop was requested.
pub(crate) fn stopping() {
    tell("STOPPING=1\nSTATUS=finishing the requests in flight");
}

/// Tells systemd regularly that the program is alive, when it asked for that (`WatchdogSec=`): twice in the time after which it
/// would restart the program. This runs on the threads that answer requests, so it stops when they do.
pub(crate) fn watchdog() -> Option<JoinHandle<()>> {
    let number = |name| env::var(name).ok()?.parse::<u64>().ok();
    let limit = number("WATCHDOG_USEC").filter(|limit| *limit > 0)?;
    // The variables may be those of a parent.
    if number("WATCHDOG_PID").is_some_and(|id| id != u64::from(std::process::id())) {
        return None;
    }
    Some(tokio::spawn(async move {
        let mut interval = interval(Duration::from_micros(limit.div_ceil(2)));
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            tell("WATCHDOG=1");
        }
    }))
}

fn tell(state: &str) {
    let Some(socket) = env::var_os(SOCKET).filter(|socket| !socket.is_empty()) else { return };
    if let Err(error) = send(&socket, state) {
        tracing::warn!(%error, "systemd could not be told how the program is");
    }
}

fn send(socket: &OsStr, state: &str) -> io::Result<()> {
    let address = match socket.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        path => SocketAddr::from_pathname(OsStr::from_bytes(path))?,
    };
    let sender = UnixDatagram::unbound()?;
    // A request must not wait for systemd.
    sender.set_nonblocking(true)?;
    sender.send_to_addr(state.as_bytes(), &address).map(drop)
}
