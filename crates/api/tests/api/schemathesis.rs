//! schemathesis asks every call what its description allows, and what it does not: no answer is a 5xx, and none is
//! undocumented.

use std::path::Path;
use std::process::Command;
use std::thread;

use serde_json::json;

use crate::support::program::run;
use crate::support::service::{OPEN, Service};
use crate::support::site::{HOST, PROTECTED, Person, SITE};

/// Where `.ci/setup test` installs it.
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/tools/python/bin/schemathesis");
/// Where Hypothesis keeps what it computes of Python itself, which takes each process two seconds.
const COMPUTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/tools/hypothesis");
const SETTINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/schemathesis.toml");

/// Asks a part of the api with these headers. Whatever is found is in what it prints.
fn ask(service: &Service, headers: &[String], part: &str) {
    let mut command = Command::new(PROGRAM);
    command
        .args(["--config-file", SETTINGS, "run", "--seed", "1", "--no-color"])
        .args(headers.iter().flat_map(|header| ["--header", header]))
        // A key that was ended stays visible for a while.
        .args(["--checks", "all", "--exclude-checks", "use_after_free"])
        .args(["--generation-database", "none", "--output-sanitize", "false"])
        .args(part.split(' '))
        .arg(format!("{}/openapi.json", service.base()))
        .env("HYPOTHESIS_STORAGE_DIRECTORY", COMPUTED)
        .current_dir(service.folder.path());
    let (code, stdout, stderr) = run(&mut command);
    assert_eq!(code, 0, "{stdout}{stderr}");
}

fn bearer(token: &str) -> Vec<String> {
    vec![format!("Authorization: Bearer {token}")]
}

/// With which the proxy of a protected application names it.
fn host() -> String {
    format!("X-Forwarded-Host: {HOST}")
}

/// What that proxy passes on of a browser there.
fn at_the_application(person: &Person) -> Vec<String> {
    let cookies: Vec<_> = person.site.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    vec![host(), format!("Origin: {SITE}"), format!("Cookie: {}", cookies.join("; "))]
}

#[tokio::test]
async fn schemathesis_finds_no_5xx_and_no_undocumented_answer() {
    if !Path::new(PROGRAM).exists() {
        assert!(std::env::var("REQUIRE_SCHEMATHESIS").is_err(), "{PROGRAM} is missing: .ci/setup test");
        return;
    }
    let mut service = Service::new(None);
    service.write_with_api(OPEN, PROTECTED);
    service.restart();
    let (code, _, stderr) = service.command(&["roles", "set", "Freemium", "--permission", "introspect"]);
    assert_eq!(code, 0, "{stderr}");
    let session = service.log_in("sub-1", json!({"email": "agent@example.gouv.fr"})).await;
    // Others: the first one ends all other sessions and keys of its own.
    let other = service.log_in("sub-2", json!({"email": "other@example.gouv.fr"})).await;
    let key = service.key(&other).await;
    service.provider.script().sub = "sub-3";
    let (mut visitor, mut leaver) = (Person::at(service.base()), Person::at(service.base()));
    visitor.enter().await;
    leaver.enter().await;
    let (staying, leaving) = (at_the_application(&visitor), at_the_application(&leaver));
    let wrong = [bearer("sk-psl0123456789abcdefghijklmnopqrst2WLFGD"), vec![host()]].concat();
    // A key, and a token that is none, are refused by most. Where no application is named there is none.
    let few = "--max-examples 2 --phases fuzzing";
    let first = (leaving, "--max-examples 8 --include-operation-id leave");
    let others = [
        // A session gets everywhere. It must not end itself meanwhile.
        (
            bearer(&session.app_token),
            "--max-examples 8 --exclude-operation-id end_session --exclude-path-regex ^/oauth2/",
        ),
        (bearer(&other.app_token), "--max-examples 8 --include-operation-id end_session"),
        // At a protected application so does its cookie.
        (staying, "--max-examples 8 --include-path-regex ^/oauth2/ --exclude-operation-id leave"),
        (bearer(&key), few),
        (wrong, few),
    ];
    let service = tokio::task::spawn_blocking(move || {
        ask(&service, &first.0, first.1);
        thread::scope(|all| {
            for (headers, part) in &others {
                all.spawn(|| ask(&service, headers, part));
            }
        });
        service
    })
    .await
    .unwrap();
    // What asked was somebody to the end.
    assert_eq!((service.status(&session.app_token).await, service.status(&key).await), (200, 200));
    assert_eq!((visitor.status().await, leaver.status().await), (202, 401));
}
