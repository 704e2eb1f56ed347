//! schemathesis asks every call what its description allows, and what it does not: no answer is a 5xx, and none is
//! undocumented.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::support::program::run;
use crate::support::service::Service;

/// Where `.ci/setup test` installs it.
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/tools/python/bin/schemathesis");
const SETTINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/schemathesis.toml");

/// Asks a part of the api with a token. Whatever is found is in what it prints.
fn ask(service: &Service, token: &str, part: &[&str]) {
    let authorization = format!("Authorization: Bearer {token}");
    let mut command = Command::new(PROGRAM);
    command
        .args(["--config-file", SETTINGS, "run", "--header", &authorization, "--seed", "1", "--no-color"])
        // A key that was ended stays visible for a while.
        .args(["--checks", "all", "--exclude-checks", "use_after_free"])
        .args(["--generation-database", "none", "--output-sanitize", "false"])
        .args(part)
        .arg(format!("{}/openapi.json", service.base()))
        .current_dir(service.folder.path());
    let (code, stdout, stderr) = run(&mut command);
    assert_eq!(code, 0, "{stdout}{stderr}");
}

#[tokio::test]
async fn schemathesis_finds_no_5xx_and_no_undocumented_answer() {
    if !Path::new(PROGRAM).exists() {
        assert!(std::env::var("REQUIRE_SCHEMATHESIS").is_err(), "{PROGRAM} is missing: .ci/setup test");
        return;
    }
    let service = Service::new(None);
    let (code, _, stderr) = service.command(&["roles", "set", "Freemium", "--permission", "introspect"]);
    assert_eq!(code, 0, "{stderr}");
    let session = service.log_in("sub-1", json!({"email": "agent@example.gouv.fr"})).await;
    let other = service.log_in("sub-1", json!({"email": "agent@example.gouv.fr"})).await;
    let key = service.key(&session).await;
    tokio::task::spawn_blocking(move || {
        // A session gets everywhere. It must not end itself meanwhile.
        let some = ["--max-examples", "8"];
        ask(&service, &session.app_token, &[&some[..], &["--exclude-operation-id", "end_session"]].concat());
        ask(&service, &other.app_token, &[&some[..], &["--include-operation-id", "end_session"]].concat());
        // A key, and a token that is none, are refused by most.
        let few = ["--max-examples", "2", "--phases", "fuzzing"];
        ask(&service, &key, &few);
        ask(&service, "sk-psl0123456789abcdefghijklmnopqrst2WLFGD", &few);
    })
    .await
    .unwrap();
}
