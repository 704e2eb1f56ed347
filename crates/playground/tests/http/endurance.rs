//! Hard conditions for a running playground: nobody reads its log or its output, few files may be open, browsers disconnect at
//! once.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use test_programs::child::{stop, until_listening};
use test_programs::free_address;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::program::program;
use crate::support::{Browser, KEY, Playground, site};

/// A configuration whose playground listens on a port that is free now.
fn configured(name: &str) -> (PathBuf, String) {
    let address = free_address().to_string();
    let path = site().join(name);
    let yaml = format!(
        "playground:\n  api_url: http://127.0.0.1:9\n  oauth2_encryption_key: {KEY}\n  listen: {address}\n  site_root: {}\n",
        site().display()
    );
    fs::write(&path, yaml).unwrap();
    (path, address)
}

/// Starts the playground with a shell command in which `$PLAYGROUND` is the program.
fn through_a_shell(config: &PathBuf, line: &str) -> Child {
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).env("PLAYGROUND", program().get_program()).env("CONFIG_FILE", config);
    shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[tokio::test]
async fn a_log_that_nobody_reads_delays_no_request() {
    let (config, address) = configured("unread.yml");
    // Its standard error is a pipe that this test keeps open and never reads.
    let child = through_a_shell(&config, "RUST_LOG=trace exec $PLAYGROUND");
    until_listening(&address);
    let mut browser = Browser::at(address.parse().unwrap());
    for _ in 0..2_000 {
        assert_eq!(browser.get("/?login_error=access_denied").await.status, 303);
    }
    let asked = Instant::now();
    assert_eq!(browser.get("/health/ready").await.status, 200);
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    stop(child);
}

#[tokio::test]
async fn a_standard_output_that_is_closed_or_full_stops_nothing() {
    for end in [
        "exec $PLAYGROUND >&-",
        "exec $PLAYGROUND >/dev/full",
        "exec $PLAYGROUND >&- 2>&-",
        "exec $PLAYGROUND >/dev/full 2>/dev/full",
    ] {
        let (config, address) = configured("output.yml");
        let child = through_a_shell(&config, end);
        until_listening(&address);
        assert_eq!(Browser::at(address.parse().unwrap()).get("/").await.status, 200, "{end}");
        stop(child);
    }
}

#[tokio::test]
async fn idle_connections_leave_room_for_others() {
    let (config, address) = configured("idle.yml");
    let child = through_a_shell(&config, "ulimit -Sn 100; ulimit -Hn 300; exec $PLAYGROUND");
    until_listening(&address);
    let mut idle = Vec::new();
    for _ in 0..600 {
        idle.push(TcpStream::connect(&address).await.unwrap());
    }
    let asked = Instant::now();
    let mut browser = Browser::at(address.parse().unwrap());
    assert_eq!(browser.get("/health/ready").await.status, 200);
    assert_eq!(browser.get("/").await.status, 200);
    assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    assert!(line.matches("300").count() == 2, "{line}");
    drop(idle);
    stop(child);
}

#[tokio::test]
async fn a_browser_that_disconnects_at_once_is_still_logged_out() {
    const LOGOUTS: usize = 12;
    let playground = Playground::start().await;
    for _ in 0..LOGOUTS {
        let browser = playground.logged_in().await;
        let cookies: Vec<String> =
            browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = format!(
            "POST /logout HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\ncookie: {}\r\n\r\n",
            cookies.join("; ")
        );
        let mut socket = TcpStream::connect(playground.addr).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        drop(socket);
    }
    let started = Instant::now();
    let ended = || playground.calls().iter().filter(|call| call.path == "/v1/oauth2/logout").count();
    while ended() < LOGOUTS {
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "{} of {LOGOUTS} logouts are lost",
            LOGOUTS - ended()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
