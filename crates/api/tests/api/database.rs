//! A database that is unreachable, locked or refuses: this never looks like a bad token, and no login is half done.

use std::time::{Duration, Instant};

use accounts::{Database, DatabaseUrl, PoolLimits};
use serde_json::json;
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use crate::support::folder::Folder;
use crate::support::log::{self, Log};
use crate::support::{Api, Browser, Extra, ORIGIN, Session};

#[tokio::test]
async fn without_its_tables_every_answer_is_a_5xx_until_they_are_back() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    for table in ["tokens", "users", "roles"] {
        api.execute(&format!("ALTER TABLE {table} RENAME TO away")).await;
        session.me(&api).await.problem(503);
        session.log_out(&api).await.problem(503);
        if table != "roles" {
            let mut browser = Browser::new(&api);
            let reply = browser.try_to_log_in().await;
            assert_eq!(reply.location(), format!("{ORIGIN}/?login_error=internal"), "{table}");
            assert!(browser.cookies.is_empty());
        }
        assert_eq!(Browser::new(&api).get("/health/live").await.status, 200);
        api.execute(&format!("ALTER TABLE away RENAME TO {table}")).await;
        assert_eq!(session.me(&api).await.status, 200, "{table}");
    }
    assert_eq!(session.log_out(&api).await.status, 200);
    Browser::new(&api).log_in().await;
}

#[tokio::test]
async fn readiness_follows_the_database() {
    let api = Api::start().await;
    let ready = Browser::new(&api).get("/health/ready").await;
    assert_eq!(ready.json(), json!({"status": "ready", "database": "up", "provider": "unknown"}));
    api.execute("ALTER TABLE roles RENAME TO away").await;
    let ready = Browser::new(&api).get("/health/ready").await;
    assert_eq!((ready.status, ready.json()["database"].as_str()), (503, Some("down")));
    assert!(!ready.body.contains("away") && !ready.body.contains("no such table"), "{}", ready.body);
    api.execute("ALTER TABLE away RENAME TO roles").await;
    assert_eq!(Browser::new(&api).get("/health/ready").await.status, 200);
    assert_eq!(Browser::new(&api).get("/health/live").await.json(), json!({"status": "live"}));
}

#[tokio::test]
async fn with_a_locked_database_logins_and_logouts_fail_and_nothing_ends() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let mut lock = api.database().await;
    lock.execute("BEGIN EXCLUSIVE").await.unwrap();
    let (mut browser, started) = (Browser::new(&api), Instant::now());
    let (login, logout, me) = tokio::join!(browser.try_to_log_in(), session.log_out(&api), session.me(&api));
    assert_eq!((login.status, login.location()), (303, &*format!("{ORIGIN}/?login_error=internal")));
    let detail = logout.problem(503);
    assert!(!detail.contains("SQLite") && !detail.contains("lock"), "{detail}");
    assert_eq!(me.status, 200);
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    assert!(api.provider.calls("/session/end").is_empty(), "the provider was told of a logout that was none");
    lock.execute("ROLLBACK").await.unwrap();
    assert_eq!((api.count("users").await, api.count("tokens").await), (1, 1));
    Session::from(&Browser::new(&api).try_to_log_in().await);
    assert_eq!(session.log_out(&api).await.status, 200);
}

#[tokio::test]
async fn a_token_that_cannot_be_written_leaves_no_account() {
    let api = Api::start().await;
    for (table, event) in [("tokens", "INSERT"), ("users", "INSERT")] {
        api.execute(&format!(
            "CREATE TRIGGER broken BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, 'full'); END"
        ))
        .await;
        let reply = Browser::new(&api).try_to_log_in().await;
        assert_eq!(reply.location(), format!("{ORIGIN}/?login_error=internal"), "{table}");
        assert_eq!((api.count("users").await, api.count("tokens").await), (0, 0), "{table}");
        api.execute("DROP TRIGGER broken").await;
    }
    Browser::new(&api).log_in().await;
}

#[tokio::test]
async fn a_token_that_cannot_be_revoked_is_not_reported_as_revoked() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    api.execute("CREATE TRIGGER broken BEFORE UPDATE ON tokens BEGIN SELECT RAISE(ABORT, 'x'); END").await;
    session.log_out(&api).await.problem(503);
    assert_eq!(session.me(&api).await.status, 200);
    assert!(api.provider.calls("/session/end").is_empty());
    api.execute("DROP TRIGGER broken").await;
    assert_eq!(session.log_out(&api).await.status, 200);
}

#[tokio::test]
async fn a_start_says_what_it_changes_in_the_tables_and_one_that_changes_nothing_says_nothing() {
    let log = Log::capture();
    let api = Api::start().await;
    let said = log.take();
    let line = said.lines().find(|line| line.contains("bringing the tables up to date")).unwrap();
    assert!(line.contains("1 accounts, 2 claims, 3 keys") && line.contains("test.db"), "{line}");
    let line = said.lines().find(|line| line.contains("the tables are up to date")).unwrap();
    assert!(line.contains("milliseconds="), "{line}");
    api.replica(Extra::default()).await;
    assert!(!log.take().contains("tables"));
}

#[tokio::test]
async fn an_earlier_version_starts_beside_a_later_one_and_says_so() {
    let log = Log::capture();
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    api.execute("ALTER TABLE users ADD COLUMN nickname TEXT").await;
    api.execute(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         SELECT max(version) + 1, 'nicknames', TRUE, x'00', 0 FROM _sqlx_migrations",
    )
    .await;
    log.take();
    let earlier = api.replica(Extra::default()).await;
    let said = log.take();
    let line = said.lines().find(|line| line.contains("a later version, which this one can use")).unwrap();
    assert!(line.contains(" WARN ") && line.contains("ahead=1") && line.contains("test.db"), "{line}");
    let reply = Browser::at(&earlier).get_with("/v1/me/info", &[("authorization", &session.bearer())]).await;
    assert_eq!(reply.status, 200);
    Browser::at(&earlier).log_in().await;
}

#[tokio::test]
async fn a_start_that_waits_for_another_process_says_so_and_goes_on() {
    log::init();
    let log = Log::capture();
    let folder = Folder::new();
    let url = format!("sqlite://{}?mode=rwc", folder.join("test.db").display());
    let mut lock = SqliteConnection::connect(&url).await.unwrap();
    lock.execute("PRAGMA journal_mode = WAL; BEGIN EXCLUSIVE").await.unwrap();
    let limits = PoolLimits { timeout: Duration::from_secs(1), ..PoolLimits::default() };
    let url = DatabaseUrl::parse(&url.into()).unwrap();
    let (opened, ()) = tokio::join!(Database::open(&url, limits), async {
        tokio::time::sleep(Duration::from_secs(7)).await;
        lock.execute("ROLLBACK").await.unwrap();
    });
    opened.unwrap().ping().await.unwrap();
    let said = log.take();
    let line = said.lines().find(|line| line.contains("bringing the tables up to date takes long")).unwrap();
    assert!(line.contains(" WARN ") && line.contains("seconds=120"), "{line}");
    assert!(said.lines().last().unwrap().contains("the tables are up to date"), "{said}");
}

#[tokio::test]
async fn everything_survives_a_restart() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let base = api.replica(crate::support::Extra::default()).await;
    let reply = Browser::at(&base).get_with("/v1/me/info", &[("authorization", &session.bearer())]).await;
    assert_eq!(reply.json(), session.me(&api).await.json());
}
