//! Hard conditions for a running program: nobody reads its log, few files may be open, its database is replaced. It still
//! answers, or says that it is not ready.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use test_programs::child::{stop, until_listening};
use test_programs::{Serving, free_address};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::api::yaml;
use crate::support::folder::Folder;
use crate::support::program::{program, run};
use crate::support::{Browser, Extra, Provider, clock};

const ISSUER: &str = "http://127.0.0.1:9/api/v2";

/// A folder with a valid configuration, whose api listens on a port that is free now.
fn configured(issuer: &str) -> (Folder, String) {
    let port = free_address().port();
    let base = format!("http://127.0.0.1:{port}");
    let folder = Folder::new();
    let yaml = yaml(issuer, &base, &folder, Extra { api: "listen: HERE", ..Extra::default() });
    folder.write("config.yml", &yaml.replace("HERE", &format!("127.0.0.1:{port}")));
    (folder, base)
}

/// Starts the api with a shell command in which `$API` is the program.
fn through_a_shell(folder: &Folder, line: &str) -> Child {
    let api = program(folder.path());
    let mut shell = Command::new("sh");
    shell.current_dir(folder.path()).args(["-c", line]).env("API", api.get_program());
    shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Sends so many requests over one connection, each without waiting for the answer before, and returns all answers.
async fn many(address: String, count: usize) -> String {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let (mut read, mut write) = connection.split();
    let one = |headers| format!("GET /v1/oauth2/login HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");
    let all = one("").repeat(count - 1) + &one("connection: close\r\n");
    let mut answers = String::new();
    let (sent, received) = tokio::join!(write.write_all(all.as_bytes()), read.read_to_string(&mut answers));
    sent.unwrap();
    received.unwrap();
    answers
}

#[tokio::test]
async fn a_log_that_nobody_reads_delays_no_request_and_lost_lines_are_counted() {
    let (folder, base) = configured(ISSUER);
    let metrics = free_address();
    let file = fs::read_to_string(folder.join("config.yml")).unwrap();
    folder.write("config.yml", &file.replace("api:\n", &format!("api:\n  metrics_listen: {metrics}\n")));
    // Its standard error is a pipe that this test keeps open and never reads.
    let child = through_a_shell(&folder, "RUST_LOG=debug exec $API");
    until_listening(base.strip_prefix("http://").unwrap());
    // More lines than wait in memory.
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..60 {
        clients.spawn(many(base.strip_prefix("http://").unwrap().to_owned(), 200));
    }
    while let Some(answers) = clients.join_next().await {
        assert_eq!(answers.unwrap().matches("HTTP/1.1 400 ").count(), 200);
    }
    let asked = Instant::now();
    assert_eq!(Browser::at(&base).get("/health/ready").await.status, 200);
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    let counted = Browser::at(&format!("http://{metrics}")).get("/metrics").await.body;
    let dropped = counted.lines().find_map(|line| line.strip_prefix("passerelle_log_lines_dropped_total "));
    assert!(dropped.unwrap().parse::<u64>().unwrap() > 0, "{counted}");
    stop(child);
}

#[tokio::test]
async fn a_proxy_that_names_no_address_is_told_once() {
    let (folder, base) = configured(ISSUER);
    let serving = Serving::start(&mut program(folder.path()));
    for forwarded in ["203.0.113.9:51234", "[2001:db8::1]:443", "203.0.113.9, ::1", "unknown", "sk-x@y", ""] {
        for path in ["/v1/oauth2/login", "/v1/me"] {
            Browser::at(&base).get_with(path, &[("x-forwarded-for", forwarded)]).await;
        }
    }
    let (_, log) = serving.stop("TERM");
    let lines: Vec<&str> =
        log.lines().filter(|line| line.contains("names a client that is no address")).collect();
    assert_eq!(lines.len(), 1, "{log}");
    // Of what a client may have written only that is quoted which an address may contain.
    for words in [" WARN ", "x-forwarded-for", "value=\"???????\"", "api.client_address"] {
        assert!(lines[0].contains(words), "{words} is not in {}", lines[0]);
    }
}

#[tokio::test]
async fn a_standard_output_that_is_closed_or_full_stops_nothing() {
    for end in
        ["exec $API >&-", "exec $API >/dev/full", "exec $API >&- 2>&-", "exec $API >/dev/full 2>/dev/full"]
    {
        let (folder, base) = configured(ISSUER);
        let child = through_a_shell(&folder, end);
        until_listening(base.strip_prefix("http://").unwrap());
        assert_eq!(Browser::at(&base).get("/health/ready").await.status, 200, "{end}");
        Browser::at(&base).get("/v1/oauth2/login").await.problem(400);
        stop(child);
    }
}

#[tokio::test]
async fn the_number_of_files_is_raised_to_what_the_system_allows() {
    let (folder, base) = configured(ISSUER);
    let child = through_a_shell(&folder, "ulimit -Sn 256; exec $API");
    until_listening(base.strip_prefix("http://").unwrap());
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let numbers: Vec<&str> = line.split_whitespace().skip(3).take(2).collect();
    assert_eq!(numbers[0], numbers[1], "{line}");
    stop(child);
}

#[tokio::test]
async fn idle_connections_leave_room_for_others_and_for_the_program_itself() {
    let provider = Provider::start();
    clock::follow_machine();
    let (folder, base) = configured(provider.issuer());
    let child = through_a_shell(&folder, "ulimit -n 300; exec $API");
    until_listening(base.strip_prefix("http://").unwrap());
    let address = base.strip_prefix("http://").unwrap();
    let mut idle = Vec::new();
    for _ in 0..600 {
        idle.push(TcpStream::connect(address).await.unwrap());
    }
    let asked = Instant::now();
    assert_eq!(Browser::at(&base).get("/health/ready").await.status, 200);
    let session = Browser::at(&base).log_in().await;
    assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
    let reply = Browser::at(&base).get_with("/v1/me", &[("authorization", &session.bearer())]).await;
    assert_eq!(reply.status, 200);
    drop(idle);
    stop(child);
}

#[tokio::test]
async fn only_its_owner_can_read_the_files_of_a_database() {
    let (folder, _) = configured(ISSUER);
    let file = fs::read_to_string(folder.join("config.yml")).unwrap();
    let file = file.replace("test.db", "data/test.db");
    let listen = file.lines().find(|line| line.contains("listen:")).unwrap().to_owned();
    folder.write("config.yml", &file.replace(&listen, "  listen: 127.0.0.1:0"));
    let serving = Serving::start(&mut program(folder.path()));
    let _ = Browser::at(serving.base()).get("/health/ready").await;
    let mode = |name: &str| fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("data"), 0o700);
    for name in ["data/test.db", "data/test.db-wal", "data/test.db-shm"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
    assert_eq!(serving.stop("TERM").0, Some(0));
}

#[tokio::test]
async fn a_replaced_database_is_opened_again_and_until_then_the_api_is_not_ready() {
    let provider = Provider::start();
    clock::follow_machine();
    let (folder, base) = configured(provider.issuer());
    let serving = Serving::start(&mut program(folder.path()));
    let session = Browser::at(&base).log_in().await;
    let bearer = session.bearer();
    let bearer = [("authorization", bearer.as_str())];
    let backup = format!(".backup '{}'", folder.join("backup.db").display());
    assert!(Command::new("sqlite3").arg(folder.join("test.db")).arg(backup).status().unwrap().success());
    let later = Browser::at(&base).log_in().await;

    // When the file was moved, the api is not ready, and its answer says why.
    fs::rename(folder.join("test.db"), folder.join("away.db")).unwrap();
    let ready = Browser::at(&base).get("/health/ready").await;
    assert_eq!((ready.status, ready.json()["database"].as_str()), (503, Some("down")));
    for other in ["test.db-wal", "test.db-shm"] {
        let _ = fs::remove_file(folder.join(other));
    }
    tokio::time::sleep(Duration::from_secs(4)).await;
    fs::rename(folder.join("backup.db"), folder.join("test.db")).unwrap();
    let replaced = Instant::now();
    while Browser::at(&base).get("/health/ready").await.status != 200 {
        assert!(replaced.elapsed() < Duration::from_secs(10), "the new file is not opened");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // Tokens in the backup are valid; later ones are unknown.
    assert_eq!(Browser::at(&base).get_with("/v1/me", &bearer).await.status, 200);
    let later = [("authorization", &*later.bearer())];
    assert_eq!(Browser::at(&base).get_with("/v1/me", &later).await.status, 401);
    Browser::at(&base).log_in().await;
    let (code, log) = serving.stop("TERM");
    assert_eq!(code, Some(0));
    for words in ["ERROR", "the database's file was moved or replaced", "Fix", "the new one is open now"] {
        assert!(log.to_lowercase().contains(&words.to_lowercase()), "{words} is not in {log}");
    }
    // A restart changes nothing.
    let serving = Serving::start(&mut program(folder.path()));
    assert_eq!(Browser::at(&base).get_with("/v1/me", &bearer).await.status, 200);
    assert_eq!(serving.stop("TERM").0, Some(0));
}

#[test]
fn the_log_of_a_start_names_the_database_and_no_password() {
    let (folder, base) = configured(ISSUER);
    let serving = Serving::start(&mut program(folder.path()));
    assert_eq!(serving.base(), base);
    let (_, log) = serving.stop("TERM");
    let line = log.lines().find(|line| line.contains("starting")).unwrap();
    for words in [env!("CARGO_PKG_VERSION"), "development", "config.yml", "test.db", ISSUER] {
        assert!(line.contains(words), "{words} is not in {line}");
    }
    let file = fs::read_to_string(folder.join("config.yml")).unwrap();
    let database = file.lines().find(|line| line.contains("database_url")).unwrap().to_owned();
    let url = "  database_url: postgres://somebody:a-password@127.0.0.1:9/accounts";
    folder.write("config.yml", &file.replace(&database, url));
    let (code, _, stderr) = run(&mut program(folder.path()));
    assert!(code == 1 && stderr.contains("127.0.0.1:9/accounts"), "{stderr}");
    assert!(!stderr.contains("a-password") && !stderr.contains("somebody"), "{stderr}");
}
