//! A PostgreSQL server for one test: its own cluster in a temporary folder, reached by a socket in it.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{env, fs};

use secrecy::SecretString;
use sqlx::{AnyConnection, Connection as _, Executor as _};

/// PostgreSQL refuses to run as root, as tests in a container do.
const UNPRIVILEGED: &str = "nobody";

pub(crate) struct Postgres {
    pub(crate) folder: PathBuf,
    pub(crate) port: u16,
    programs: PathBuf,
    settings: Vec<String>,
    server: Child,
}

impl Postgres {
    /// Starts one; none when the machine has no PostgreSQL, which `REQUIRE_POSTGRES=1` does not accept.
    pub(crate) fn start() -> Option<Self> {
        Self::prepared(|_| vec!["listen_addresses=".to_owned()])
    }

    /// Starts one whose folder is made ready by `prepare`, which gives the settings it starts with.
    pub(crate) fn prepared(prepare: impl FnOnce(&Path) -> Vec<String>) -> Option<Self> {
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
        fs::create_dir_all(&folder).unwrap();
        if is_root() {
            run(Command::new("chown").arg(UNPRIVILEGED).arg(&folder));
        }
        let mut initdb = as_somebody(&programs.join("initdb"));
        let data = folder.join("data");
        run(initdb.args(["--auth=trust", "--username=api", "--no-sync", "--pgdata"]).arg(data));
        let settings = prepare(&folder);
        // A port that was free a moment ago. It is in the name of the socket too.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = serve(&programs, &folder, port, &settings);
        Some(Self { folder, port, programs, settings, server })
    }

    /// Ends the server as an administrator does: whoever is connected is told so.
    pub(crate) fn stop(&mut self) {
        self.signal("INT");
        self.server.wait().unwrap();
    }

    /// Starts the server that was stopped.
    pub(crate) fn start_again(&mut self) {
        self.server = serve(&self.programs, &self.folder, self.port, &self.settings);
    }

    /// The URL of a new, empty database.
    pub(crate) async fn database(&self, name: &str) -> SecretString {
        // Names are cut at 63 bytes there.
        let name = &name[..name.len().min(60)];
        let mut connection = self.connect().await;
        connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        self.url(name).into()
    }

    fn url(&self, name: &str) -> String {
        format!("postgres://api@localhost:{}/{name}?host={}", self.port, self.folder.display())
    }

    async fn connect(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        for _ in 0..100 {
            if let Ok(connection) = AnyConnection::connect(&self.url("postgres")).await {
                return connection;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("PostgreSQL did not start within ten seconds");
    }

    fn signal(&self, name: &str) {
        // `setpriv` becomes the server, so this is its process id.
        let _ = Command::new("kill").args(["-s", name, &self.server.id().to_string()]).status();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Its immediate shutdown. One that was stopped has no process any more.
        if let Ok(None) = self.server.try_wait() {
            self.signal("QUIT");
            let _ = self.server.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn serve(programs: &Path, folder: &Path, port: u16, settings: &[String]) -> Child {
    let mut server = as_somebody(&programs.join("postgres"));
    server.arg("-D").arg(folder.join("data")).arg("-k").arg(folder).arg("-p").arg(port.to_string());
    for setting in settings.iter().map(String::as_str).chain(["fsync=off"]) {
        server.args(["-c", setting]);
    }
    server.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// The folder of the server's programs, which are not on the path.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    versions
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .find(|bin| bin.join("initdb").is_file())
}

/// A program that runs as the one the server runs as.
pub(crate) fn as_somebody(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.arg(format!("--reuid={UNPRIVILEGED}")).args(["--regid=nogroup", "--clear-groups"]).arg(program);
    command
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.trim_ascii() == b"0"
}

pub(crate) fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
