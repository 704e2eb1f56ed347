//! The program `api`: its command line, its start and its end.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use crate::support::api::{KEY, yaml};
use crate::support::folder::Folder;
use crate::support::program::{program, run};
use crate::support::twist::Twist;
use crate::support::{Browser, Extra, Provider, clock};
use test_programs::{Serving, free_address};

const ISSUER: &str = "http://127.0.0.1:9/api/v2";

/// A folder with a valid `config.yml` that has these lines in its section `api`.
fn configured(api: &'static str) -> Folder {
    let folder = Folder::new();
    let yaml = yaml(ISSUER, "http://127.0.0.1:8000", &folder, Extra { api, ..Extra::default() });
    folder.write("config.yml", &yaml);
    private(&folder, "config.yml");
    folder
}

/// Makes a file readable for its owner alone.
fn private(folder: &Folder, name: &str) {
    std::fs::set_permissions(folder.join(name), std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn help_and_version_succeed_and_unknown_arguments_fail() {
    let folder = Folder::new();
    let ask = |arguments: &[&str]| run(program(folder.path()).args(arguments));
    let (code, help, _) = ask(&["--help"]);
    assert_eq!(code, 0);
    for word in ["serve", "check-config", "generate-key", "--config", "CONFIG_FILE"] {
        assert!(help.contains(word), "{word} is not in {help}");
    }
    let (code, version, _) = ask(&["--version"]);
    assert_eq!((code, version.trim()), (0, concat!("api ", env!("CARGO_PKG_VERSION"))));
    for command in ["serve", "check-config", "generate-key"] {
        assert_eq!(ask(&[command, "--help"]).0, 0);
        assert_eq!(ask(&[command, "--unknown"]).0, 2);
    }
    for arguments in [&["--unknown"][..], &["unknown"], &["--config"], &["serve", "extra"]] {
        let (code, stdout, stderr) = ask(arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(stderr.contains("--help"), "{stderr}");
    }
}

#[test]
fn a_generated_key_is_a_fernet_key_and_different_each_time() {
    let folder = Folder::new();
    let generate = || run(program(folder.path()).arg("generate-key"));
    let (code, stdout, stderr) = generate();
    let key = stdout.strip_suffix('\n').unwrap();
    assert_eq!((code, key.len(), stderr.as_str()), (0, 44, ""));
    assert!(token_crypto::KeyRing::parse([key.into()]).is_ok());
    assert_ne!(stdout, generate().1);
}

#[test]
fn a_valid_configuration_is_reported_as_valid() {
    let folder = configured("");
    let (code, stdout, stderr) = run(program(folder.path()).arg("check-config"));
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.contains("valid"), "{stdout}");
    assert!(!folder.join("test.db").exists(), "checking made a database");
}

#[test]
fn the_flag_or_the_environment_names_the_configuration_else_it_is_in_the_folder() {
    let folder = configured("");
    std::fs::rename(folder.join("config.yml"), folder.join("other.yml")).unwrap();
    let check = |command: &mut std::process::Command| run(command.arg("check-config")).0;
    assert_eq!(check(&mut program(folder.path())), 2);
    assert_eq!(check(program(folder.path()).env("CONFIG_FILE", "other.yml")), 0);
    assert_eq!(check(program(folder.path()).args(["--config", "other.yml"])), 0);
    assert_eq!(run(program(folder.path()).args(["check-config", "--config", "other.yml"])).0, 0);
    // The flag has priority over the environment, and the environment over the folder.
    folder.write("config.yml", "broken: [");
    assert_eq!(check(program(folder.path()).env("CONFIG_FILE", "other.yml")), 0);
    let both = program(folder.path())
        .env("CONFIG_FILE", "config.yml")
        .args(["--config", "other.yml"])
        .arg("check-config")
        .output();
    assert!(both.unwrap().status.success());
    let (code, _, stderr) = run(program(folder.path()).args(["--config", "nowhere.yml"]));
    assert_eq!(code, 2);
    assert!(stderr.contains("nowhere.yml") && stderr.contains("Fix: "), "{stderr}");
}

#[test]
fn all_problems_of_a_configuration_are_reported_at_once_with_exit_code_2() {
    let folder = Folder::new();
    folder.write("config.yml", "oauth2:\n  scope: email\n  colour: blue\napi:\n  listen: nowhere\n");
    for command in ["serve", "check-config"] {
        let (code, stdout, stderr) = run(program(folder.path()).arg(command));
        assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
        for path in
            ["oauth2.client_id", "oauth2.scope", "oauth2.colour", "oauth2.encryption_key", "api.listen"]
        {
            let line = stderr.lines().find(|line| line.starts_with(&format!("{path}: ")));
            assert!(line.is_some_and(|line| line.contains(". Fix: ")), "{path} is not in {stderr}");
        }
    }
}

#[test]
fn the_placeholder_key_causes_a_warning() {
    let folder = Folder::new();
    let extra = Extra { oauth2: "encryption_key: changeme", api: "listen: 127.0.0.1:0", ..Extra::default() };
    folder.write("config.yml", &yaml(ISSUER, "http://127.0.0.1:8000", &folder, extra));
    let (code, _, stderr) = run(program(folder.path()).arg("check-config"));
    assert!(code == 0 && stderr.contains("changeme"), "{stderr}");
    let (code, stderr) = Serving::start(&mut program(folder.path())).stop("TERM");
    assert_eq!(code, Some(0));
    assert!(stderr.contains("WARN") && stderr.contains("changeme"), "{stderr}");
}

#[tokio::test]
async fn it_serves_at_the_address_that_it_prints_and_stops_on_either_signal() {
    let folder = configured("listen: 127.0.0.1:0");
    for (signal, command) in [("TERM", None), ("INT", Some("serve"))] {
        let serving = Serving::start(program(folder.path()).args(command));
        assert!(
            serving.base().starts_with("http://127.0.0.1:") && !serving.base().ends_with(":0"),
            "{}",
            serving.base()
        );
        let reply = Browser::at(serving.base()).get("/health/ready").await;
        assert_eq!(reply.status, 200);
        let (code, stderr) = serving.stop(signal);
        assert_eq!(code, Some(0), "{signal}: {stderr}");
    }
    assert!(folder.join("test.db").exists());
}

#[tokio::test]
async fn metrics_are_served_on_their_own_address_only() {
    let port = free_address().port();
    let folder = configured("listen: 127.0.0.1:0");
    let yaml = std::fs::read_to_string(folder.join("config.yml")).unwrap();
    let both = format!("listen: 127.0.0.1:0\n  metrics_listen: 127.0.0.1:{port}");
    folder.write("config.yml", &yaml.replace("listen: 127.0.0.1:0", &both));
    let serving = Serving::start(&mut program(folder.path()));
    Browser::at(serving.base()).get("/metrics").await.problem(404);
    let metrics = Browser::at(&format!("http://127.0.0.1:{port}")).get("/metrics").await;
    assert_eq!((metrics.status, metrics.body.ends_with("# EOF\n")), (200, true), "{metrics:?}");
    assert_eq!(serving.stop("TERM").0, Some(0));
}

#[test]
fn a_missing_folder_is_reported_in_a_sentence() {
    let folder = configured("listen: 127.0.0.1:0");
    let yaml = std::fs::read_to_string(folder.join("config.yml")).unwrap();
    folder.write("config.yml", &yaml.replace("test.db", "nowhere/at/all/test.db"));
    let (code, stdout, stderr) = run(&mut program(folder.path()));
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    // The problem is reported once, with the file's name.
    let said: Vec<&str> = stderr.lines().filter(|line| line.contains("cannot be opened")).collect();
    assert!(said.len() == 1 && said[0].contains("nowhere/at/all/test.db"), "{stderr}");
    assert!(said[0].contains("Fix: ") && !stderr.contains("panicked"), "{stderr}");
}

#[test]
fn a_file_that_is_not_a_database_is_reported_in_a_sentence() {
    let folder = configured("listen: 127.0.0.1:0");
    folder.write("test.db", &"this is no database, but long enough to be taken for one. ".repeat(100));
    let started = Instant::now();
    let (code, stdout, stderr) = run(&mut program(folder.path()));
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert!(stderr.contains("file is not a database") && !stderr.contains("panicked"), "{stderr}");
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    let yaml = std::fs::read_to_string(folder.join("config.yml")).unwrap();
    let lines: Vec<&str> = yaml.lines().filter(|line| !line.contains("database_url")).collect();
    folder.write("config.yml", &format!("{}\n  database_url: mysql://secret@db/x\n", lines.join("\n")));
    for command in [&["serve"][..], &["check-config"]] {
        let (code, _, stderr) = run(program(folder.path()).args(command));
        assert_eq!(code, 2, "{stderr}");
        assert!(stderr.contains("api.database_url") && !stderr.contains("secret"), "{stderr}");
    }
}

#[test]
fn a_port_in_use_is_reported_in_a_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = configured("listen: 127.0.0.1:0");
    let yaml = std::fs::read_to_string(folder.join("config.yml")).unwrap();
    folder.write("config.yml", &yaml.replace("listen: 127.0.0.1:0", &format!("listen: {address}")));
    let (code, stdout, stderr) = run(&mut program(folder.path()));
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert_eq!(stderr.matches(&format!("cannot listen on {address}")).count(), 1, "{stderr}");
    assert!(stderr.contains("Fix: "), "{stderr}");
}

#[test]
fn a_file_in_which_no_login_can_succeed_is_refused() {
    for (playground, path) in [
        (
            "public_url: https://playground.example.fr\n  api_url: http://127.0.0.1:8000",
            "playground.public_url",
        ),
        ("public_url: http://127.0.0.1:3000\n  api_url: http://127.0.0.1:8000", "playground.public_url"),
        ("api_url: http://localhost:8000", "playground.api_public_url"),
        ("api_url: http://api:8000", "playground.api_public_url"),
        ("api_url: http://api:8000\n  api_public_url: http://127.0.0.1:8001", "playground.api_public_url"),
    ] {
        let folder = configured("listen: 127.0.0.1:0");
        let yaml = std::fs::read_to_string(folder.join("config.yml")).unwrap();
        folder.write(
            "config.yml",
            &format!("{yaml}\nplayground:\n  {playground}\n  oauth2_encryption_key: {KEY}\n"),
        );
        let (code, stdout, stderr) = run(program(folder.path()).arg("check-config"));
        assert_eq!((code, stdout.as_str()), (2, ""), "{playground}: {stderr}");
        assert!(stderr.starts_with(path) && stderr.contains(". Fix: "), "{playground}: {stderr}");
    }
    let folder = configured("listen: 127.0.0.1:0");
    let yaml = std::fs::read_to_string(folder.join("config.yml")).unwrap();
    let good = "public_url: https://app.gouv.fr\n  api_url: http://api:8000\n  api_public_url: http://127.0.0.1:8000";
    folder.write("config.yml", &format!("{yaml}\nplayground:\n  {good}\n  oauth2_encryption_key: {KEY}\n"));
    let (code, _, stderr) = run(program(folder.path()).arg("check-config"));
    assert_eq!(code, 0, "{stderr}");
}

#[test]
fn a_file_with_secrets_that_everybody_can_read_causes_a_warning() {
    let folder = configured("listen: 127.0.0.1:0");
    let yaml = std::fs::read_to_string(folder.join("config.yml")).unwrap();
    let secret = yaml.lines().find(|line| line.contains("client_secret")).unwrap().to_owned();
    folder.write("config.yml", &yaml.replace(&secret, "  client_secret_file: secret.txt"));
    folder.write("secret.txt", "a-secret\n");
    for (name, warned) in [("config.yml", true), ("secret.txt", true), ("", false)] {
        private(&folder, "config.yml");
        private(&folder, "secret.txt");
        if warned {
            let open = std::fs::Permissions::from_mode(0o644);
            std::fs::set_permissions(folder.join(name), open).unwrap();
        }
        let (code, _, stderr) = run(program(folder.path()).arg("check-config"));
        assert_eq!(code, 0, "{stderr}");
        let warning =
            format!("warning: {name} can be read by every user of this machine (mode 0644). Fix: chmod");
        assert_eq!(stderr.contains(&warning), warned, "{name}: {stderr}");
        let (_, log) = Serving::start(&mut program(folder.path())).stop("TERM");
        assert_eq!(log.contains("can be read by every user"), warned, "{name}: {log}");
    }
}

#[tokio::test]
async fn the_online_check_asks_the_provider_and_the_database_and_changes_nothing() {
    let provider = Provider::start();
    clock::follow_machine();
    let folder = Folder::new();
    let check = async |oauth2: &'static str| {
        let extra = Extra { oauth2, ..Extra::default() };
        folder.write("config.yml", &yaml(provider.issuer(), "http://127.0.0.1:8000", &folder, extra));
        private(&folder, "config.yml");
        let mut command = program(folder.path());
        command.args(["check-config", "--online"]);
        tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap()
    };
    let (code, stdout, stderr) = check("").await;
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (0, "The configuration is valid.\n", ""));
    assert!(!folder.join("test.db").exists(), "checking made a database");

    let (code, _, stderr) = check("client_secret: another").await;
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("invalid_client") && stderr.contains("Fix: "), "{stderr}");

    provider.script().metadata = Twist::with("scopes_supported", serde_json::json!(["openid"]));
    let (code, _, stderr) = check("scope: openid profile").await;
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("warning: oauth2.scope has \"profile\""), "{stderr}");

    provider.script().metadata = Twist::with("issuer", "https://other.example");
    let (code, _, stderr) = check("").await;
    assert_eq!(code, 1, "{stderr}");
    assert!(
        stderr.contains("oauth2.server_metadata_url") && stderr.contains("https://other.example"),
        "{stderr}"
    );

    provider.behave();
    folder.write("test.db", &"this is no database, but long enough to be taken for one. ".repeat(100));
    let (code, _, stderr) = check("").await;
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("test.db") && stderr.contains("not a database"), "{stderr}");
}

#[test]
fn without_a_provider_the_online_check_fails_and_names_its_address() {
    let folder = configured("listen: 127.0.0.1:0");
    let (code, _, stderr) = run(program(folder.path()).args(["check-config", "--online"]));
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("127.0.0.1:9") && stderr.contains("Fix: "), "{stderr}");
    // Without --online, neither is asked.
    assert_eq!(run(program(folder.path()).arg("check-config")).0, 0);
}
