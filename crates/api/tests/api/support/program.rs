//! The program `api` itself, as an operator runs it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The program in a folder, with nothing in its environment that it would read.
pub(crate) fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_api"));
    command.env_remove("CONFIG_FILE").env_remove("RUST_LOG").current_dir(folder);
    command
}

/// The exit code, standard output and standard error of a program that ends by itself.
pub(crate) fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

/// A program that serves.
pub(crate) struct Serving {
    child: Child,
    pub(crate) base: String,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Serving {
    /// Starts it and waits until it says that it is ready.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let reader = std::thread::spawn({
            let (stderr, log) = (BufReader::new(child.stderr.take().unwrap()), log.clone());
            move || stderr.lines().for_each(|line| *log.lock().unwrap() += &(line.unwrap() + "\n"))
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let base = line.trim_end().strip_prefix("listening on ").map(str::to_owned);
        let mut serving = Self { child, base: String::new(), log, reader: Some(reader) };
        serving.base = base.unwrap_or_else(|| panic!("{line:?}"));
        serving
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
            assert!(started.elapsed() < Duration::from_secs(15), "HUP changes nothing: {said}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Sends a signal by its name; gives the exit code and all that went to standard error.
    pub(crate) fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        self.signal(signal);
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(started.elapsed() < Duration::from_secs(15), "{signal} does not stop it");
            std::thread::sleep(Duration::from_millis(10));
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
