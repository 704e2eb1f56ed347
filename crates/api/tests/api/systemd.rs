//! What the program does for systemd: it says how it is, takes a socket that is passed to it, and listens on a unix socket.

use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use crate::support::Browser;
use crate::support::api::listening;
use crate::support::program::{program, run};
use test_programs::Serving;
use test_programs::systemd::{Manager, activated};

fn health(folder: &Path) -> (i32, String, String) {
    run(program(folder).arg("health"))
}

fn started(mut command: Command) -> Serving {
    Serving::start(&mut command)
}

#[test]
fn systemd_is_told_when_it_is_ready_reloads_lives_and_stops() {
    let folder = listening("127.0.0.1:0");
    let manager = Manager::new(folder.path());
    let mut command = program(folder.path());
    manager.watch(&mut command, 200);
    let serving = started(command);
    let ready = manager.hears_news();
    assert_eq!(ready, format!("READY=1\nSTATUS=listening on {}", serving.base()));
    for _ in 0..3 {
        assert_eq!(manager.hears(), "WATCHDOG=1");
    }
    assert!(serving.reload().contains("taken over"));
    let reloading = manager.hears_news();
    let since = reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=");
    assert!(since.is_some_and(|since| since.parse::<u64>().is_ok_and(|since| since > 0)), "{reloading}");
    assert_eq!(manager.hears_news(), "READY=1");
    serving.signal("TERM");
    assert!(manager.hears_news().starts_with("STOPPING=1\n"));
    assert_eq!(serving.ended().0, Some(0));
}

#[test]
fn a_refused_configuration_ends_the_reload_too() {
    let folder = listening("127.0.0.1:0");
    let manager = Manager::new(folder.path());
    let mut command = program(folder.path());
    manager.watch(&mut command, 60_000);
    let serving = started(command);
    assert!(manager.hears_news().starts_with("READY=1\n"));
    folder.write("config.yml", "broken: [");
    assert!(serving.reload().contains("refused"));
    assert!(manager.hears_news().starts_with("RELOADING=1\n"));
    assert_eq!(manager.hears_news(), "READY=1");
    assert_eq!(serving.stop("TERM").0, Some(0));
}

#[tokio::test]
async fn it_takes_the_socket_that_systemd_passes() {
    // The configured address is in use, by the socket that is passed.
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let folder = listening(&address.to_string());
    let serving = started(activated(&program(folder.path()), socket.try_clone().unwrap()));
    assert_eq!(serving.base(), format!("http://{address}"));
    assert_eq!(Browser::at(serving.base()).get("/health/live").await.status, 200);
    let (code, _, stderr) = health(folder.path());
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(serving.stop("TERM").0, Some(0));
    // The socket is systemd's: it still queues clients.
    assert!(std::net::TcpStream::connect(address).is_ok());
}

#[test]
fn a_unix_socket_that_systemd_passes_stays() {
    let folder = listening("unix:api.sock");
    let path = folder.join("api.sock");
    let socket = UnixListener::bind(&path).unwrap();
    let serving = started(activated(&program(folder.path()), socket));
    assert_eq!(serving.base(), format!("unix:{}", path.display()));
    assert_eq!(health(folder.path()).0, 0);
    assert_eq!(serving.stop("TERM").0, Some(0));
    assert!(path.exists());
}

#[test]
fn what_is_no_listening_socket_is_refused_in_a_sentence() {
    let folder = listening("127.0.0.1:0");
    let file = std::fs::File::open(folder.join("config.yml")).unwrap();
    let (code, stdout, stderr) = run(&mut activated(&program(folder.path()), file));
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert!(stderr.contains("what systemd passed") && stderr.contains("Fix: "), "{stderr}");
}

#[test]
fn it_serves_at_a_unix_socket_and_removes_it() {
    let folder = listening("unix:api.sock");
    let serving = Serving::start(&mut program(folder.path()));
    assert_eq!(serving.base(), "unix:api.sock");
    let (code, stdout, stderr) = health(folder.path());
    assert_eq!((code, stdout.as_str()), (0, "unix:api.sock answers.\n"), "{stderr}");
    let (code, _, stderr) = run(&mut program(folder.path()));
    assert!(code == 1 && stderr.contains("Fix: stop the program that answers there"), "{stderr}");
    assert_eq!(serving.stop("TERM").0, Some(0));
    assert!(!folder.join("api.sock").exists());
    // Killed, it leaves its socket, and the next start replaces it.
    let _ = Serving::start(&mut program(folder.path())).stop("KILL");
    assert!(folder.join("api.sock").exists());
    let serving = Serving::start(&mut program(folder.path()));
    assert_eq!(serving.stop("INT").0, Some(0));
}
