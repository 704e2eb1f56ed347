//! What docs/operating.md says of backups: after a restore, people log in, and sessions of before are valid.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use test_programs::Postgres;
use test_programs::postgres::run;

use crate::support::service::{OPEN, Service};

/// Two sessions, one before and one after a backup.
struct Sessions {
    before: String,
    after: String,
}

async fn around_a_backup(service: &Service, back_up: impl FnOnce()) -> Sessions {
    let before = service.log_in("one", json!({"email": "a@gouv.fr"})).await.app_token;
    back_up();
    let after = service.log_in("two", json!({"email": "b@gouv.fr"})).await.app_token;
    Sessions { before, after }
}

async fn is_restored(service: &Service, sessions: &Sessions) {
    assert_eq!(service.status(&sessions.before).await, 200);
    assert_eq!(service.status(&sessions.after).await, 401);
    let again = service.log_in("one", json!({"email": "a@gouv.fr"})).await;
    assert_eq!(service.status(&again.app_token).await, 200);
    assert_eq!(service.rows(&["users", "list", "--json"], 0).len(), 1, "the account of before");
    assert!(service.refuses("UPDATE audit SET outcome = 'x'").await.contains("append-only"));
}

fn back_up(service: &Service, file: &Path) {
    assert_eq!(service.command(&["backup", file.to_str().unwrap()]).0, 0);
}

#[tokio::test]
async fn a_backup_of_sqlite_is_restored_with_the_api_stopped() {
    let mut service = Service::new(None);
    let copy = service.folder.join("copy.db");
    let sessions = around_a_backup(&service, || back_up(&service, &copy)).await;
    service.serving = None;
    let file = service.folder.join("test.db");
    for rest in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{rest}", file.display()));
    }
    fs::copy(&copy, &file).unwrap();
    service.restart();
    is_restored(&service, &sessions).await;
}

#[tokio::test]
async fn a_file_that_is_replaced_under_a_running_api_is_opened_within_ten_seconds() {
    let service = Service::new(None);
    let copy = service.folder.join("copy.db");
    let sessions = around_a_backup(&service, || back_up(&service, &copy)).await;
    let file = service.folder.join("test.db");
    let started = Instant::now();
    for rest in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{rest}", file.display()));
    }
    fs::rename(&copy, &file).unwrap();
    // Until then, nobody is told that a token is bad because of the wrong file.
    while service.status(&sessions.after).await != 401 {
        assert!(started.elapsed() < Duration::from_secs(10), "the new file is not open");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    is_restored(&service, &sessions).await;
    let (_, log) = service.serving.unwrap().stop("TERM");
    assert!(log.contains("the database's file was replaced: the new one is open now"), "{log}");
}

#[tokio::test]
async fn a_dump_of_postgresql_is_restored_into_another_database() {
    let Some(server) = Postgres::shared() else { return };
    let mut service = Service::new(Some(server));
    let dump = service.folder.join("passerelle.sql");
    let client = |service: &Service, name: &str| -> Command { service.postgres().client(name) };
    let sessions = around_a_backup(&service, || {
        run(client(&service, "pg_dump").args(["--no-owner", "--file"]).arg(&dump).arg(&service.url));
    })
    .await;
    service.url = service.postgres().new_database();
    let restore =
        ["--quiet", "--set", "ON_ERROR_STOP=1", "--single-transaction", "--dbname", &service.url, "--file"];
    run(client(&service, "psql").args(restore).arg(&dump));
    service.start(OPEN);
    is_restored(&service, &sessions).await;
}
