//! A PostgreSQL server for one test: its own cluster in a temporary folder, reached by a socket in it.

use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use secrecy::SecretString;
use sqlx::{AnyConnection, Connection as _, Executor as _};

/// PostgreSQL refuses to run as root, as tests in a container do.
const UNPRIVILEGED: &str = "nobody";

pub(crate) struct Postgres {
    folder: PathBuf,
    server: Child,
}

impl Postgres {
    /// Starts one, if the programs are installed.
    pub(crate) fn start() -> Option<Self> {
        let programs = programs()?;
        let folder = env::temp_dir().join(format!("passerelle-postgres-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        if is_root() {
            run(Command::new("chown").arg(UNPRIVILEGED).arg(&folder));
        }
        let data = folder.join("data");
        let mut initdb = as_somebody(&programs.join("initdb"));
        run(initdb.args(["--auth=trust", "--username=api", "--no-sync", "--pgdata"]).arg(&data));
        let server = as_somebody(&programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(&folder)
            .args(["-c", "listen_addresses=", "-c", "fsync=off"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Self { folder, server })
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
        format!("postgres://api@localhost/{name}?host={}", self.folder.display())
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
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // `setpriv` becomes the server, so this is its process id. SIGQUIT is its immediate shutdown.
        let _ = Command::new("kill").args(["-QUIT", &self.server.id().to_string()]).status();
        let _ = self.server.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The folder of the server's programs, which are not on the path.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    versions
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .find(|bin| bin.join("initdb").is_file())
}

fn as_somebody(program: &Path) -> Command {
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

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
