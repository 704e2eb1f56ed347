//! Copying one database to another: it copies everything or nothing, and never overwrites accounts.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use accounts::{Minted, TransferError, Transferred, transfer};
use secrecy::ExposeSecret as _;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _, Row as _};

use crate::Url;
use crate::suite::{Fixture, NOW, hour_later, parsed, somebody};
use test_programs::Postgres;

/// Enough people for more than two batches.
const PEOPLE: i64 = 1_203;

/// Databases that are deleted when the test ends.
struct Databases {
    folder: PathBuf,
    server: Option<Arc<Postgres>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

impl Databases {
    fn new(name: &str) -> Self {
        Self { folder: crate::temporary(name), server: Postgres::shared() }
    }

    /// SQLite, and PostgreSQL if it is installed.
    fn kinds(&self) -> Vec<Kind> {
        [Kind::Sqlite].into_iter().chain(self.server.as_ref().map(|_| Kind::Postgres)).collect()
    }

    fn url(&self, kind: Kind, name: &str) -> Url {
        match (kind, &self.server) {
            (Kind::Postgres, Some(server)) => server.new_database().into(),
            _ => format!("sqlite://{}?mode=rwc", self.folder.join(name).display()).into(),
        }
    }
}

impl Drop for Databases {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A filled database, and the tokens that the tests use later.
struct Source {
    url: Url,
    valid: Minted,
    revoked: Minted,
    disabled: Minted,
}

impl Source {
    async fn fill(url: Url) -> Self {
        let database = Fixture::open(url.clone()).await;
        let mut disabled_person = somebody("disabled");
        disabled_person.profile.usual_name = Some("L’Été d’Œuvre 𝒞 \u{202e}\"'\\;--".into());
        disabled_person.profile.organization = None;
        let disabled = database.log_in(&disabled_person).await.unwrap();
        let valid = database.log_in(&somebody("valid")).await.unwrap();
        let mut connection = connect(&url).await;
        let many = format!(
            "INSERT INTO roles (name, permissions, created) VALUES ('Administration', '[\"read\", \"é\"]', 7);
             INSERT INTO users (issuer, sub, email, given_name, role_id, disabled, created, updated)
                 WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {PEOPLE})
                 SELECT 'https://issuer.example', 'sub ' || i, CASE WHEN i % 3 > 0 THEN i || '@example.fr' END, '',
                        1 + i % 2, i % 2, i, i FROM n;
             INSERT INTO users (email, role_id, prepared, created, updated) VALUES ('prepared@example.fr', 2, 1, 1, 1);
             INSERT INTO custom_claims (user_id, name, value) VALUES (2, 'custom.direction', '\"DTNUM\"'), (2, 'x', '[3]');
             INSERT INTO merged_accounts (old_id, user_id) VALUES (100000, 2);
             UPDATE users SET disabled = 1 WHERE sub = 'disabled';
             DELETE FROM users WHERE sub = 'sub 700'"
        );
        connection.execute(AssertSqlSafe(many)).await.unwrap();
        for _ in 0..3 {
            database.log_in(&somebody("valid")).await.unwrap();
        }
        // The last id belongs to a token that is deleted.
        let revoked = database.log_in(&somebody("valid")).await.unwrap();
        let delete = AssertSqlSafe(format!("DELETE FROM tokens WHERE id = {}", revoked.token_id));
        connection.execute(delete).await.unwrap();
        connection.execute("UPDATE tokens SET expires = 1 WHERE id = 3").await.unwrap();
        // The last connection that closes writes to SQLite's file.
        connection.close().await.unwrap();
        database.accounts.close().await;
        Self { url, valid, revoked, disabled }
    }
}

async fn connect(url: &Url) -> AnyConnection {
    AnyConnection::connect(url.expose_secret()).await.unwrap()
}

async fn copy(from: &Url, to: &Url) -> Result<Vec<Transferred>, TransferError> {
    transfer(&parsed(from), &parsed(to)).await
}

/// Every row of every table, except the list of migrations.
async fn dump(url: &Url) -> Vec<String> {
    let mut connection = connect(url).await;
    let tables = if connection.backend_name() == "SQLite" {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1"
    } else {
        "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    };
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut connection).await.unwrap();
    let mut lines = Vec::new();
    for table in tables.iter().filter(|table| *table != "_sqlx_migrations") {
        let sql = AssertSqlSafe(format!("SELECT * FROM {table} ORDER BY id"));
        let rows = connection.fetch_all(sql).await.unwrap();
        lines.extend(rows.iter().map(|row| format!("{table} {}", line(row))));
    }
    lines
}

fn line(row: &AnyRow) -> String {
    let value = |index| {
        row.try_get::<Option<i64>, _>(index)
            .map(|number| format!("{number:?}"))
            .or_else(|_| row.try_get::<Option<String>, _>(index).map(|text| format!("{text:?}")))
            .or_else(|_| row.try_get::<Option<Vec<u8>>, _>(index).map(|bytes| format!("{bytes:?}")))
            .unwrap()
    };
    (0..row.len()).map(value).collect::<Vec<_>>().join(" ")
}

fn counts(transferred: &[Transferred]) -> Vec<(&str, usize, usize, i64)> {
    transferred.iter().map(|table| (table.table, table.rows, table.copied, table.target)).collect()
}

#[tokio::test]
async fn everything_is_copied_between_any_two_databases_and_only_once() {
    let databases = Databases::new("everything");
    for from in databases.kinds() {
        for to in databases.kinds() {
            let name = format!("{from:?}_{to:?}").to_lowercase();
            let source = Source::fill(databases.url(from, &format!("{name}_source"))).await;
            let target = databases.url(to, &format!("{name}_target"));
            let before = dump(&source.url).await;
            let moved = copy(&source.url, &target).await.unwrap();
            let expected = [
                ("roles", 2, 2, 2),
                ("users", 1_205, 1_205, 1_205),
                ("tokens", 5, 5, 5),
                ("audit", 9, 9, 9),
                ("custom_claims", 2, 2, 2),
                ("merged_accounts", 1, 1, 1),
            ];
            assert_eq!(counts(&moved), expected, "{name}");
            assert!(dump(&target).await == before, "{name}");

            let again = copy(&source.url, &target).await.unwrap();
            assert_eq!(counts(&again), expected.map(|(table, rows, _, there)| (table, rows, 0, there)));
            assert!(dump(&target).await == before && dump(&source.url).await == before, "{name}");

            let there = Fixture::open(target).await;
            let bearer = there.accounts.bearer(&source.valid.token, NOW).await.unwrap().unwrap();
            assert_eq!(
                (bearer.user_id, bearer.token_id),
                (source.valid.user_id, source.valid.token_id),
                "{name}"
            );
            for ended in [&source.revoked, &source.disabled] {
                assert!(there.accounts.bearer(&ended.token, NOW).await.unwrap().is_err(), "{name}");
            }
            assert!(there.accounts.bearer(&source.valid.token, hour_later()).await.unwrap().is_err());
            // Known people keep their accounts, and no id is used again, not even the id of a deleted token.
            let minted = there.log_in(&somebody("valid")).await.unwrap();
            assert_eq!(minted.user_id, source.valid.user_id, "{name}");
            assert_eq!(minted.token_id, source.revoked.token_id + 1, "{name}");
            let newcomer = there.log_in(&somebody("new")).await.unwrap();
            assert_eq!(newcomer.user_id, 1_207, "{name}");
        }
    }
}

#[tokio::test]
async fn a_target_that_was_started_once_takes_the_roles_of_the_source() {
    let databases = Databases::new("started");
    for to in databases.kinds() {
        let source = Source::fill(databases.url(Kind::Sqlite, &format!("{to:?}"))).await;
        let target = databases.url(to, "target");
        Fixture::open(target.clone()).await.accounts.ensure_role("Another", NOW).await.unwrap();
        copy(&source.url, &target).await.unwrap();
        assert!(dump(&target).await == dump(&source.url).await, "{to:?}");
    }
}

#[tokio::test]
async fn an_interrupted_transfer_leaves_nothing_and_can_be_repeated() {
    let databases = Databases::new("short");
    for to in databases.kinds() {
        let source = Source::fill(databases.url(Kind::Sqlite, &format!("{to:?}"))).await;
        let target = databases.url(to, "target");
        Fixture::open(target.clone()).await;
        let before = dump(&target).await;
        let (fill_up, make_room) = match to {
            Kind::Sqlite => (
                "CREATE TRIGGER full BEFORE INSERT ON users WHEN new.id = 1100 BEGIN SELECT RAISE(ABORT, 'full'); END",
                "DROP TRIGGER full",
            ),
            Kind::Postgres => (
                "ALTER TABLE users ADD CONSTRAINT full_up CHECK (id <> 1100)",
                "ALTER TABLE users DROP CONSTRAINT full_up",
            ),
        };
        let mut connection = connect(&target).await;
        connection.execute(fill_up).await.unwrap();
        let error = copy(&source.url, &target).await.unwrap_err();
        assert!(matches!(error, TransferError::Write(_)) && error.to_string().contains("full"), "{error}");
        assert_eq!(dump(&target).await, before, "{to:?}");
        connection.execute(make_room).await.unwrap();
        copy(&source.url, &target).await.unwrap();
        assert!(dump(&target).await == dump(&source.url).await, "{to:?}");
    }
}

#[tokio::test]
async fn a_target_with_other_accounts_is_refused_and_not_changed() {
    let databases = Databases::new("conflict");
    for to in databases.kinds() {
        let source = Source::fill(databases.url(Kind::Sqlite, &format!("{to:?}"))).await;
        let target = databases.url(to, "target");
        let database = Fixture::open(target.clone()).await;
        database.log_in(&somebody("another")).await.unwrap();
        let before = dump(&target).await;
        let error = copy(&source.url, &target).await.unwrap_err();
        assert!(matches!(error, TransferError::Conflict { .. }), "{to:?}: {error}");
        assert!(error.to_string().contains("Fix: "), "{error}");
        assert_eq!(dump(&target).await, before, "{to:?}");
    }
}

#[tokio::test]
async fn a_logout_after_the_move_is_not_undone_by_another_move() {
    let databases = Databases::new("used");
    for to in databases.kinds() {
        let source = Source::fill(databases.url(Kind::Sqlite, &format!("{to:?}"))).await;
        let target = databases.url(to, "target");
        copy(&source.url, &target).await.unwrap();
        let database = Fixture::open(target.clone()).await;
        // A login at the target does not prevent another move.
        database.log_in(&somebody("new")).await.unwrap();
        let again = copy(&source.url, &target).await.unwrap();
        assert_eq!(counts(&again)[2], ("tokens", 5, 0, 6));
        database.accounts.revoke(source.valid.token_id, "logout", NOW).await.unwrap();
        let error = copy(&source.url, &target).await.unwrap_err();
        let lost = TransferError::Conflict { table: "tokens", id: source.valid.token_id };
        assert_eq!(error.to_string(), lost.to_string());
        assert!(database.accounts.bearer(&source.valid.token, NOW).await.unwrap().is_err());
    }
}

#[tokio::test]
async fn another_version_of_the_tables_is_refused_on_either_side() {
    let databases = Databases::new("version");
    for kind in databases.kinds() {
        let other = match kind {
            Kind::Sqlite => "INSERT INTO _sqlx_migrations VALUES (9999, 'later', 0, 1, x'00', 0)",
            Kind::Postgres => "INSERT INTO _sqlx_migrations VALUES (9999, 'later', now(), true, '', 0)",
        };
        let source = Source::fill(databases.url(kind, "source")).await;
        let target = databases.url(kind, "target");
        Fixture::open(target.clone()).await.accounts.close().await;
        connect(&target).await.execute(other).await.unwrap();
        let error = copy(&source.url, &target).await.unwrap_err();
        assert!(matches!(error, TransferError::LaterTarget), "{kind:?}: {error}");

        let target = databases.url(kind, "other_target");
        connect(&source.url).await.execute(other).await.unwrap();
        let error = copy(&source.url, &target).await.unwrap_err();
        assert!(matches!(error, TransferError::OtherVersion), "{kind:?}: {error}");
        let empty = databases.url(kind, "empty");
        connect(&empty).await.close().await.unwrap();
        let error = copy(&empty, &target).await.unwrap_err();
        assert!(matches!(error, TransferError::OtherVersion), "{kind:?}: {error}");
    }
}

#[tokio::test]
async fn the_source_is_only_read() {
    let databases = Databases { folder: crate::temporary("read_only"), server: None };
    let source = Source::fill(databases.url(Kind::Sqlite, "source")).await;
    let file = databases.folder.join("source");
    let before = fs::read(&file).unwrap();
    copy(&source.url, &databases.url(Kind::Sqlite, "target")).await.unwrap();
    assert!(fs::read(&file).unwrap() == before);

    let nowhere = databases.url(Kind::Sqlite, "nowhere");
    let error = copy(&nowhere, &databases.url(Kind::Sqlite, "other")).await.unwrap_err();
    assert!(matches!(error, TransferError::OpenSource(_)), "{error}");
    for name in ["nowhere", "other"] {
        assert!(!databases.folder.join(name).exists(), "{name} was made");
    }
}
