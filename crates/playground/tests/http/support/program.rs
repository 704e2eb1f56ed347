//! The program `playground` itself, as an operator runs it.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::Browser;

/// Longer than anything takes that a test waits for.
const PATIENCE: Duration = Duration::from_secs(15);

/// The program, with nothing in its environment that it would read.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_playground"));
    command.env_remove("CONFIG_FILE").env_remove("RUST_LOG").current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
}

/// A program that serves, and logs all it can.
pub(crate) struct Serving {
    child: Child,
    addr: SocketAddr,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Serving {
    /// Starts it and waits until it says that it is ready.
    pub(crate) fn start(config: &Path) -> Self {
        let mut command = program();
        command.arg("--config").arg(config).env("RUST_LOG", "trace");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let reader = thread::spawn({
            let (stderr, log) = (BufReader::new(child.stderr.take().unwrap()), log.clone());
            move || stderr.lines().for_each(|line| *log.lock().unwrap() += &(line.unwrap() + "\n"))
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let addr = line.trim().strip_prefix("listening on http://").unwrap().parse().unwrap();
        Self { child, addr, log, reader: Some(reader) }
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::at(self.addr)
    }

    /// Has it read its configuration again; gives what it logs of that.
    pub(crate) fn reload(&self) -> String {
        let before = self.log.lock().unwrap().len();
        self.signal("HUP");
        let started = Instant::now();
        loop {
            let said = self.log.lock().unwrap()[before..].to_owned();
            if said.contains("was read again") {
                return said;
            }
            assert!(started.elapsed() < PATIENCE, "HUP changes nothing: {said}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Waits until it ends by itself; gives the exit code and all that it logged.
    pub(crate) fn ended(mut self) -> (Option<i32>, String) {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(started.elapsed() < PATIENCE, "it does not stop");
            thread::sleep(Duration::from_millis(10));
        };
        self.reader.take().unwrap().join().unwrap();
        (status.code(), std::mem::take(&mut self.log.lock().unwrap()))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
