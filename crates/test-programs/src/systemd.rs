//! What systemd does for a program: passes it a listening socket, and reads what it says about itself.

use std::fs;
use std::io::ErrorKind;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::circumstances::below;

/// How long a program may be silent.
const PATIENCE: Duration = Duration::from_secs(15);

/// Reads what a program says about itself.
pub struct Manager {
    socket: UnixDatagram,
    path: PathBuf,
}

impl Manager {
    /// Listens in this folder.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        let path = folder.join("notify.sock");
        let _ = fs::remove_file(&path);
        let socket = UnixDatagram::bind(&path).expect("a new socket");
        socket.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        Self { socket, path }
    }

    /// Lets a program find it, and asks for a sign of life every so many milliseconds at least.
    pub fn watch(&self, command: &mut Command, watchdog: u64) {
        command.env("NOTIFY_SOCKET", &self.path).env("WATCHDOG_USEC", (watchdog * 1_000).to_string());
    }

    /// What the program says next.
    #[must_use]
    pub fn hears(&self) -> String {
        let mut buffer = [0; 4_096];
        let length = loop {
            match self.socket.recv(&mut buffer) {
                // A signal for another test of this process.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                heard => break heard.expect("the program says something in time"),
            }
        };
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    /// What the program says next that is no sign of life.
    #[must_use]
    pub fn hears_news(&self) -> String {
        loop {
            let said = self.hears();
            if said != "WATCHDOG=1" {
                return said;
            }
        }
    }
}

/// A command that starts the same program with a listening socket, as systemd passes it: as file 3.
#[must_use]
pub fn activated(program: &Command, socket: impl Into<OwnedFd>) -> Command {
    const START: &str = r#"exec 3<&0 </dev/null; export LISTEN_FDS=1 LISTEN_PID=$$; exec "$0" "$@""#;
    let mut command = below(program, "sh", &["-c", START]);
    command.stdin(socket.into());
    command
}
