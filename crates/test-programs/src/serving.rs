//! Starts and stops the programs `api` and `playground` in tests.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long a test waits at most.
const PATIENCE: Duration = Duration::from_secs(15);

/// A program, without the environment variables that it would read.
#[must_use]
pub fn program(path: &str) -> Command {
    let mut command = Command::new(path);
    command.env_remove("CONFIG_FILE").env_remove("RUST_LOG").env_remove("NOTIFY_SOCKET").stdin(Stdio::null());
    command
}

/// A running server. It stops when this value is dropped.
pub struct Serving {
    child: Child,
    base: String,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Serving {
    /// Starts the program and waits until it prints that it is ready.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let (stdout, stderr) = (child.stdout.take().expect("a pipe"), child.stderr.take().expect("a pipe"));
        let log = Arc::<Mutex<String>>::default();
        let reader = thread::spawn({
            let log = log.clone();
            move || {
                for line in BufReader::new(stderr).lines() {
                    *log.lock().expect("nobody panics") += &(line.expect("UTF-8") + "\n");
                }
            }
        });
        let mut serving = Self { child, base: String::new(), log, reader: Some(reader) };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("UTF-8");
        let base = line.trim_end().strip_prefix("listening on ");
        base.unwrap_or_else(|| panic!("{line:?} instead of an address")).clone_into(&mut serving.base);
        serving
    }

    /// The URL it listens on, without a slash at the end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The id of its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Makes it read its configuration again; returns what it logs about that.
    #[must_use]
    pub fn reload(&self) -> String {
        let before = self.logged().len();
        self.signal("HUP");
        let started = Instant::now();
        loop {
            let said = self.logged()[before..].to_owned();
            if said.contains("was read again") {
                return said;
            }
            assert!(started.elapsed() < PATIENCE, "HUP changes nothing: {said}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().expect("kill runs").success());
    }

    /// Sends a signal that ends it; returns the same as [`Serving::ended`].
    #[must_use]
    pub fn stop(self, signal: &str) -> (Option<i32>, String) {
        self.signal(signal);
        self.ended()
    }

    /// Waits until it ends; returns the exit code and its whole log.
    #[must_use]
    pub fn ended(mut self) -> (Option<i32>, String) {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                break status;
            }
            assert!(started.elapsed() < PATIENCE, "it does not end");
            thread::sleep(Duration::from_millis(10));
        };
        let reader = self.reader.take().expect("it is read once");
        reader.join().expect("what it logs is UTF-8");
        (status.code(), self.logged())
    }

    fn logged(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
