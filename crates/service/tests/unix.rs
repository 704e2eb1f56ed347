//! Unix sockets: who may connect, what happens to their files, and who counts as the client.
#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use service::address::{Address, ListenError};
use service::listener::Listener;
use service::server::serve_until;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::sync::oneshot;

/// The path of a socket in a folder of its own.
fn path(name: &str) -> PathBuf {
    let folder = env::temp_dir().join(format!("passerelle-{}-{name}", process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).expect("a folder");
    folder.join("api.sock")
}

async fn listen(path: &Path) -> Result<Listener, String> {
    let listener = Listener::bind(&Address::Unix(path.to_owned())).await;
    listener.map_err(|error: ListenError| error.to_string())
}

fn is_socket(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket())
}

async fn ask(path: &Path) -> std::io::Result<String> {
    let mut stream = UnixStream::connect(path).await?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn it_serves_at_a_path_which_is_gone_after_the_stop() {
    let path = path("serves");
    let listener = listen(&path).await.unwrap();
    assert_eq!(listener.shown().unwrap(), format!("unix:{}", path.display()));
    let peer = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() };
    let (stop, stopped) = oneshot::channel();
    let running = tokio::spawn(serve_until(listener, Router::new().route("/", get(peer)), async {
        let _ = stopped.await;
    }));
    let answer = ask(&path).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n127.0.0.1"), "a program on this machine: {answer}");

    // Who has connected before the stop is answered.
    let mut early = UnixStream::connect(&path).await.unwrap();
    stop.send(()).unwrap();
    early.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    early.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    running.await.unwrap();
    assert!(!path.exists());
}

#[tokio::test]
async fn the_owner_and_the_group_may_connect_and_nobody_else() {
    let path = path("mode");
    let _listener = listen(&path).await.unwrap();
    let mode = fs::symlink_metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o660);
}

#[tokio::test]
async fn a_socket_left_by_a_killed_program_is_replaced_and_one_in_use_is_not() {
    let path = path("stale");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(is_socket(&path));
    let listener = listen(&path).await.unwrap();
    let refused = listen(&path).await.err().unwrap();
    assert!(
        refused.contains("cannot listen on unix:") && refused.contains("Fix: stop the program"),
        "{refused}"
    );
    assert!(is_socket(&path), "the one in use stays");
    drop(listener);
    assert!(!path.exists());
}

#[tokio::test]
async fn a_file_that_is_no_socket_is_never_removed() {
    let path = path("file");
    fs::write(&path, "precious").unwrap();
    let refused = listen(&path).await.err().unwrap();
    assert!(refused.contains("Fix: "), "{refused}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    // Neither through a link.
    let link = path.with_file_name("link.sock");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(listen(&link).await.is_err());
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
}

#[tokio::test]
async fn the_socket_of_whoever_came_after_stays() {
    let path = path("successor");
    let first = listen(&path).await.unwrap();
    fs::remove_file(&path).unwrap();
    let second = listen(&path).await.unwrap();
    drop(first);
    assert!(is_socket(&path), "it is the second one's");
    drop(second);
    assert!(!path.exists());
}

#[tokio::test]
async fn a_path_that_cannot_be_is_refused_with_what_to_do() {
    let nowhere = path("nowhere").with_file_name("no").join("api.sock");
    let refused = listen(&nowhere).await.err().unwrap();
    assert!(refused.contains("Fix: create its folder"), "{refused}");
    let long = path("long").with_file_name("x".repeat(120));
    let refused = listen(&long).await.err().unwrap();
    assert!(refused.contains("at most 107 bytes"), "{refused}");
}
