//! Unix sockets, sockets that systemd passes, and the command `playground health`.

use std::net::TcpListener;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, process};

use test_programs::Serving;
use test_programs::systemd::{Manager, activated};

use crate::support::program::{browser_of, program};
use crate::support::{KEY, site};

/// A folder of this test's own, with a configuration that listens there.
fn listening(name: &str, listen: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("playground-{}-{name}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    let config = format!(
        "playground:\n  api_url: http://127.0.0.1:9\n  oauth2_encryption_key: {KEY}\n  listen: {listen}\n  site_root: {}\n",
        site().display()
    );
    fs::write(folder.join("config.yml"), config).unwrap();
    folder
}

fn in_folder(folder: &Path) -> Command {
    let mut command = program();
    command.current_dir(folder);
    command
}

/// The exit code of `playground health` there, and what it says.
fn health(folder: &Path) -> (Option<i32>, String) {
    let output = in_folder(folder).arg("health").output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn it_serves_at_a_unix_socket_and_says_how_it_is() {
    let folder = listening("unix", "unix:playground.sock");
    let path = folder.join("playground.sock");
    let (code, said) = health(&folder);
    assert!(code == Some(1) && said.contains("cannot be reached") && said.contains("Fix: "), "{said}");
    let manager = Manager::new(&folder);
    let mut command = in_folder(&folder);
    manager.watch(&mut command, 60_000);
    let serving = Serving::start(&mut command);
    assert_eq!(manager.hears_news(), "READY=1\nSTATUS=listening on unix:playground.sock");
    assert!(fs::symlink_metadata(&path).unwrap().file_type().is_socket());
    assert_eq!(health(&folder), (Some(0), "unix:playground.sock answers.\n".to_owned()));
    let (code, _) = serving.stop("TERM");
    assert!(manager.hears_news().starts_with("STOPPING=1\n"));
    assert_eq!(code, Some(0));
    assert!(!path.exists());
    fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn it_takes_the_socket_that_systemd_passes() {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let folder = listening("passed", &address.to_string());
    let serving = Serving::start(&mut activated(&in_folder(&folder), socket));
    assert_eq!(serving.base(), format!("http://{address}"));
    assert_eq!(browser_of(&serving).get("/health/live").await.status, 200);
    assert_eq!(health(&folder).0, Some(0));
    assert_eq!(serving.stop("TERM").0, Some(0));
    let (code, said) = health(&folder);
    assert!(code == Some(1) && said.contains("Fix: "), "{said}");
    fs::remove_dir_all(folder).unwrap();
}
