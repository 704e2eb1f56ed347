//! A PostgreSQL that stops, or does not answer any more, and comes back.

use std::time::{Duration, Instant};

use accounts::{Database, LoginPolicy, PoolLimits};
use secrecy::SecretString;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

use crate::additions::migrations;
use crate::suite::{Fixture, NOW, circumstances, parsed, somebody};
use crate::versions::later_migration;
use test_programs::Postgres;

#[tokio::test]
async fn a_server_that_was_stopped_is_used_again_when_it_is_back() {
    let Some(mut server) = Postgres::start() else { return };
    let database = Fixture::open(server.database("accounts").into()).await;
    let minted = database.log_in(&somebody("one")).await.unwrap();
    server.stop();
    assert!(database.accounts.ping().await.is_err());
    assert!(database.accounts.bearer(&minted.token, NOW).await.is_err());
    assert!(database.log_in(&somebody("two")).await.is_err());
    server.start_again();
    until_answered(&database.accounts).await;
    assert!(database.accounts.bearer(&minted.token, NOW).await.unwrap().is_ok());
    database.log_in(&somebody("two")).await.unwrap();
}

/// A client gets no message when a server loses its power, or when a firewall drops a connection: what it sends is lost,
/// and no answer comes. The server that replaces it does not know the old connections.
#[tokio::test]
async fn dead_connections_are_replaced() {
    let Some(server) = Postgres::start() else { return };
    let direct = server.database("accounts");
    let link = Link::to(&server).await;
    let limits = PoolLimits { connections: Some(2), timeout: Duration::from_secs(1) };
    let accounts = Database::open(&parsed(&link.url()), limits).await.unwrap();
    let role_id = accounts.ensure_role("Freemium", NOW).await.unwrap();
    let identity = somebody("one");
    let policy = LoginPolicy {
        role_id,
        link_by_email: false,
        token_ttl: Duration::from_secs(60),
        only_prepared: false,
    };
    let circumstances = circumstances();
    let log_in = || accounts.log_in(&identity, &circumstances, policy, NOW);
    let minted = log_in().await.unwrap();

    // Two logins are in progress at that moment; nobody waits for one of them any more.
    let mut lock = AnyConnection::connect(&direct).await.unwrap();
    lock.execute("BEGIN; LOCK TABLE tokens").await.unwrap();
    let started = Instant::now();
    let (patient, impatient, ()) =
        tokio::join!(log_in(), tokio::time::timeout(Duration::from_millis(500), log_in()), async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            link.lose_everything();
        });
    assert!(patient.is_err() && impatient.is_err());
    lock.execute("ROLLBACK").await.unwrap();
    let waiting = (0..8).map(|_| accounts.bearer(&minted.token, NOW));
    assert!(futures_util::future::join_all(waiting).await.iter().all(Result::is_err));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());

    link.mend();
    until_answered(&accounts).await;
    let all_at_once = (0..8).map(|_| log_in());
    for login in futures_util::future::join_all(all_at_once).await {
        login.unwrap();
    }
}

async fn until_answered(accounts: &Database) {
    let started = Instant::now();
    while accounts.ping().await.is_err() {
        assert!(started.elapsed() < Duration::from_secs(15), "the database is not found again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A proxy in front of a server, which can silently lose what is sent.
struct Link {
    port: u16,
    is_lossy: watch::Sender<bool>,
}

impl Link {
    async fn to(server: &Postgres) -> Self {
        let socket = server.folder.join(format!(".s.PGSQL.{}", server.port));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let is_lossy = watch::Sender::new(false);
        let lossy = is_lossy.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = UnixStream::connect(&socket).await.unwrap();
                tokio::spawn(carry(near, far, lossy.subscribe()));
            }
        });
        Self { port, is_lossy }
    }

    fn url(&self) -> SecretString {
        format!("postgres://api@127.0.0.1:{}/accounts?sslmode=disable", self.port).into()
    }

    fn lose_everything(&self) {
        self.is_lossy.send_replace(true);
    }

    /// Repairs it for new connections; old ones stay dead.
    fn mend(&self) {
        self.is_lossy.send_replace(false);
    }
}

async fn carry(mut near: TcpStream, mut far: UnixStream, mut is_lossy: watch::Receiver<bool>) {
    tokio::select! {
        biased;
        _ = is_lossy.wait_for(|is_lossy| *is_lossy) => {}
        _ = copy_bidirectional(&mut near, &mut far) => return,
    }
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_user_without_the_right_to_create_tables_is_enough_when_none_is_missing() {
    let Some(server) = Postgres::start() else { return };
    let owner = server.database("accounts");
    Fixture::open(owner.clone().into()).await;
    let mut connection = AnyConnection::connect(&owner).await.unwrap();
    let rights = "CREATE ROLE modest LOGIN; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO modest; \
                  GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO modest";
    connection.execute(rights).await.unwrap();
    let modest = |url: &str| SecretString::from(url.replace("//api@", "//modest@"));
    let database = Fixture::open(modest(&owner)).await;
    database.log_in(&somebody("one")).await.unwrap();
    // When tables are missing, the error gives the right advice.
    let empty = server.database("empty");
    let refused = Database::open(&parsed(&modest(&empty)), PoolLimits::default()).await;
    let message = refused.err().unwrap().to_string();
    assert!(message.contains("permission denied") && message.contains("GRANT CREATE"), "{message}");
    assert!(message.contains("/empty") && !message.contains("modest@"), "{message}");
}

#[tokio::test]
async fn a_start_waits_until_the_tables_are_unlocked_also_when_a_later_version_changed_them() {
    let Some(server) = Postgres::start() else { return };
    let url = server.database("accounts");
    Fixture::open(url.clone().into()).await;
    for end in ["ROLLBACK".to_owned(), format!("{}; COMMIT", later_migration("one more table"))] {
        let mut lock = AnyConnection::connect(&url).await.unwrap();
        lock.execute("BEGIN; LOCK TABLE _sqlx_migrations").await.unwrap();
        let started = Instant::now();
        let limits = PoolLimits { timeout: Duration::from_secs(1), ..PoolLimits::default() };
        let url = parsed(&url.clone().into());
        let (opened, ()) = tokio::join!(Database::open(&url, limits), async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            lock.execute(AssertSqlSafe(end)).await.unwrap();
        });
        opened.unwrap().ping().await.unwrap();
        assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
    }
}

/// A `pg_dump` holds every table for as long as it takes.
#[tokio::test]
async fn others_read_on_while_a_change_of_the_tables_waits_for_a_backup() {
    let Some(server) = Postgres::start() else { return };
    let url = server.database("accounts");
    sqlx::any::install_default_drivers();
    let mut reader = AnyConnection::connect(&url).await.unwrap();
    // The next migration changes `users`.
    migrations(true).run_to(8, &mut reader).await.unwrap();
    // As the server has it for those who log in meanwhile.
    reader.execute("SET statement_timeout = '5s'").await.unwrap();
    let mut backup = AnyConnection::connect(&url).await.unwrap();
    backup.execute("BEGIN; LOCK TABLE users IN ACCESS SHARE MODE").await.unwrap();
    let url = parsed(&url.into());
    let (opened, ()) = tokio::join!(Database::open(&url, PoolLimits::default()), async {
        for _ in 0..12 {
            tokio::time::sleep(Duration::from_millis(500)).await;
            reader.execute("SELECT id FROM users").await.unwrap();
        }
        backup.execute("ROLLBACK").await.unwrap();
    });
    opened.unwrap().ping().await.unwrap();
}
