//! `api migrate-database`: what the command prints, and its exit code.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use accounts::{Database, DatabaseUrl, LoginPolicy, Person, PoolLimits, Profile};
use serde_json::{Value, json};
use token_crypto::UnixTime;

use crate::support::api::circumstances;
use crate::support::folder::Folder;

const PEOPLE: usize = 3;

/// A database with some people in it.
async fn fill(url: &str) {
    let url = DatabaseUrl::parse(&url.into()).unwrap();
    let database = Database::open(&url, PoolLimits::default()).await.unwrap();
    let role_id = database.ensure_role("Freemium", UnixTime(1)).await.unwrap();
    let policy = LoginPolicy {
        role_id,
        link_by_email: false,
        token_ttl: Duration::from_secs(60),
        only_prepared: false,
    };
    for person in 0..PEOPLE {
        let (issuer, sub) = ("https://issuer.example".to_owned(), person.to_string());
        let person = Person { issuer, sub, profile: Profile::default() };
        database.log_in(&person, &circumstances(), policy, UnixTime(1)).await.unwrap();
    }
    database.close().await;
}

/// Runs the command; returns its exit code and its output.
fn migrate(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_api"));
    command.arg("migrate-database").args(arguments).current_dir(folder);
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

#[tokio::test]
async fn the_command_prints_what_was_copied_and_no_secret() {
    let folder = Folder::new();
    let folder = folder.path();
    fill(&format!("sqlite://{}?mode=rwc", folder.join("source.db").display())).await;
    fs::write(folder.join("url"), "  sqlite://target.db?mode=rwc\n\n").unwrap();
    for copied in [PEOPLE, 0] {
        let (code, stdout, stderr) = migrate(folder, &["--from", "sqlite://source.db", "--to-file", "url"]);
        assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
        let users: Vec<&str> = stdout.lines().nth(2).unwrap().split_whitespace().collect();
        assert_eq!(users, ["users", "3", &copied.to_string(), "3"]);
    }

    let arguments = ["--from", "sqlite://source.db", "--to-file", "url", "--json"];
    let (code, stdout, stderr) = migrate(folder, &arguments);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    let rows: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows[1], json!({"table": "users", "source": PEOPLE, "copied": 0, "target": PEOPLE}));

    fs::write(folder.join("empty"), "\n").unwrap();
    for (arguments, code, word) in [
        (&["--from", "sqlite://source.db"][..], 2, "--to"),
        (&["--from", "a", "--from-file", "url", "--to", "b"], 2, "cannot be used with"),
        (&["--from-file", "nowhere", "--to", "postgres://u:s3cr3t@h/x"], 2, "--from-file: cannot be read"),
        (&["--from-file", "empty", "--to", "postgres://u:s3cr3t@h/x"], 2, "--from-file: is empty"),
        (
            &["--from", "mysql://u:s3cr3t@h/x", "--to-file", "url"],
            2,
            "--from: is not the URL of a supported database",
        ),
        (&["--from", "sqlite://source.db", "--to", "postgres://u:s3cr3t@127.0.0.1:9/x"], 1, "the target: "),
        (&["--from", "sqlite://source.db", "--to", "postgres://u:s3cr3t@h:port/x"], 2, "--to: is not"),
        (&["--from", "sqlite://nowhere.db", "--to-file", "url"], 1, "the source: "),
    ] {
        let (actual, stdout, stderr) = migrate(folder, arguments);
        assert_eq!((actual, stdout.as_str()), (code, ""), "{arguments:?}: {stderr}");
        assert!(stderr.contains(word), "{arguments:?}: {stderr}");
        assert!(!stderr.contains("s3cr3t") && !stderr.contains("panicked"), "{arguments:?}: {stderr}");
    }
}
