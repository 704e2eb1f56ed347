//! A PostgreSQL server for one test or several: its own cluster in a temporary folder, reached through a socket there.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::sleep;
use std::time::Duration;
use std::{env, fs};

use crate::free_address;

/// PostgreSQL refuses to run as root, as tests in a container do.
const UNPRIVILEGED: &str = "nobody";

/// A server. It stops when this value is dropped.
pub struct Postgres {
    /// Where its data and its socket are.
    pub folder: PathBuf,
    /// Its port; also in the name of the socket.
    pub port: u16,
    programs: PathBuf,
    settings: Vec<String>,
    server: Child,
}

impl Postgres {
    /// Starts a server. Returns none when the machine has no PostgreSQL; with `REQUIRE_POSTGRES=1`, the test fails then.
    #[must_use]
    pub fn start() -> Option<Self> {
        Self::prepared(|_| vec!["listen_addresses=".to_owned()])
    }

    /// A server that tests share, each with a [`Postgres::new_database`] of its own: a server takes more time than most of
    /// them. It stops with the last one.
    #[must_use]
    pub fn shared() -> Option<Arc<Self>> {
        static RUNNING: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = running.upgrade() {
            return Some(server);
        }
        let settings = ["listen_addresses=", "max_connections=400"].map(str::to_owned);
        let server = Arc::new(Self::prepared(|_| settings.to_vec())?);
        *running = Arc::downgrade(&server);
        Some(server)
    }

    /// Starts a server. `prepare` gets its folder first and returns the settings to start with.
    pub fn prepared(prepare: impl FnOnce(&Path) -> Vec<String>) -> Option<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let Some(programs) = programs() else {
            assert!(
                env::var("REQUIRE_POSTGRES").is_err(),
                "PostgreSQL is not installed: apt-get install postgresql"
            );
            println!("skipped: PostgreSQL is not installed on this machine");
            return None;
        };
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("passerelle-postgres-{}-{count}", process::id()));
        fs::create_dir_all(&folder).expect("the system lets it");
        if is_root() {
            run(Command::new("chown").arg(UNPRIVILEGED).arg(&folder));
        }
        make_cluster(&programs, &folder.join("data"));
        let settings = prepare(&folder);
        // A port that is free now. The name of the socket contains it too.
        let port = free_address().port();
        let server = serve(&programs, &folder, port, &settings);
        let started = Self { folder, port, programs, settings, server };
        started.wait_until_ready();
        Some(started)
    }

    /// Stops the server as an administrator does: it tells its clients so.
    pub fn stop(&mut self) {
        self.signal("INT");
        self.server.wait().expect("the system lets it");
    }

    /// Starts the server again after [`Postgres::stop`].
    pub fn start_again(&mut self) {
        self.server = serve(&self.programs, &self.folder, self.port, &self.settings);
    }

    /// Creates an empty database and returns its URL.
    #[must_use]
    pub fn database(&self, name: &str) -> String {
        // PostgreSQL cuts names at 63 bytes.
        let name = &name[..name.len().min(60)];
        run(self.client("createdb").arg(name));
        format!("postgres://api@localhost:{}/{name}?host={}", self.port, self.folder.display())
    }

    /// Creates an empty database under a name that no other has, and returns its URL.
    #[must_use]
    pub fn new_database(&self) -> String {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        self.database(&format!("database_{}", COUNT.fetch_add(1, Ordering::Relaxed)))
    }

    /// A client program that connects to this server.
    #[must_use]
    pub fn client(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.arg("--host").arg(&self.folder).args(["--port", &self.port.to_string(), "--username", "api"]);
        command
    }

    fn wait_until_ready(&self) {
        for _ in 0..100 {
            if self.client("pg_isready").stdout(Stdio::null()).status().is_ok_and(|status| status.success()) {
                return;
            }
            sleep(Duration::from_millis(100));
        }
        panic!("PostgreSQL did not start within ten seconds");
    }

    fn signal(&self, name: &str) {
        // `setpriv` executes the server, so this is the server's process id.
        let _ = Command::new("kill").args(["-s", name, &self.server.id().to_string()]).status();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The immediate shutdown. A server that was stopped has no process.
        if let Ok(None) = self.server.try_wait() {
            self.signal("QUIT");
            let _ = self.server.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Makes an empty database cluster. The first one is kept beside the tests and copied from then on: making one takes more
/// processor time than most tests.
fn make_cluster(programs: &Path, data: &Path) {
    // As in France: letters outside ASCII are folded and sorted too, which nothing may rely on.
    let settings = [
        "--auth=trust",
        "--username=api",
        "--no-sync",
        "--wal-segsize=1",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--locale-provider=icu",
        "--icu-locale=fr",
    ];
    let mut hasher = DefaultHasher::new();
    (programs, settings, is_root()).hash(&mut hasher);
    let beside = env::current_exe().expect("the system says it");
    let kept = beside.with_file_name(format!("cluster-{:x}", hasher.finish()));
    if kept.exists() {
        return run(Command::new("cp").arg("--archive").arg(&kept).arg(data));
    }
    run(as_somebody(&programs.join("initdb")).args(settings).arg("--pgdata").arg(data));
    let copy = kept.with_extension(process::id().to_string());
    // Another test may be about to keep its own.
    if fs::create_dir(&copy).is_ok() {
        run(Command::new("cp").args(["--archive", "--no-target-directory"]).arg(data).arg(&copy));
        if fs::rename(&copy, &kept).is_err() {
            fs::remove_dir_all(&copy).expect("the system lets it");
        }
    }
}

fn serve(programs: &Path, folder: &Path, port: u16, settings: &[String]) -> Child {
    let mut server = as_somebody(&programs.join("postgres"));
    server.arg("-D").arg(folder.join("data")).arg("-k").arg(folder).arg("-p").arg(port.to_string());
    for setting in settings.iter().map(String::as_str).chain(["fsync=off"]) {
        server.args(["-c", setting]);
    }
    server.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the system lets it")
}

/// The folder of the server's programs, which are not in the PATH.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    versions
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .find(|bin| bin.join("initdb").is_file())
}

/// A program that runs as the same user as the server.
#[must_use]
pub fn as_somebody(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.arg(format!("--reuid={UNPRIVILEGED}")).args(["--regid=nogroup", "--clear-groups"]).arg(program);
    command
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("the system lets it");
    output.stdout.trim_ascii() == b"0"
}

/// Runs a program that must succeed.
pub fn run(command: &mut Command) {
    let output = command.output().expect("the system lets it");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
