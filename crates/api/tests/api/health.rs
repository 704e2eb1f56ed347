//! The command `api health`.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use test_programs::free_address;

use crate::support::folder::Folder;
use crate::support::program::{program, run};

/// Asks at this address, with a configuration that has no more than that.
fn ask(listen: &str) -> (i32, String, String) {
    let folder = Folder::new();
    folder.write("config.yml", &format!("api:\n  listen: {listen}\n"));
    let started = Instant::now();
    let asked = run(program(folder.path()).arg("health"));
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    asked
}

/// Where somebody takes one connection and answers this, or nothing and keeps it open.
fn somebody(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 1_024]);
        let _ = stream.write_all(answer.as_bytes());
        if answer.is_empty() {
            thread::sleep(Duration::from_secs(20));
        }
    });
    address
}

#[test]
fn a_server_that_is_alive_is_found_without_any_secret() {
    let address = somebody("HTTP/1.1 200 OK\r\n\r\n");
    let (code, stdout, stderr) = ask(&address);
    assert_eq!((code, stdout, stderr.as_str()), (0, format!("{address} answers.\n"), ""));
    // It listens everywhere: loopback is asked.
    let port = somebody("HTTP/1.1 200 OK\r\n\r\n").rsplit(':').next().unwrap().to_owned();
    assert_eq!(ask(&format!("0.0.0.0:{port}")).0, 0);
}

#[test]
fn whatever_else_there_is_fails_in_a_sentence() {
    let free = free_address().to_string();
    for (listen, told) in [
        (free, "cannot be reached"),
        ("unix:/nowhere/api.sock".to_owned(), "cannot be reached"),
        (somebody("HTTP/1.1 503 Service Unavailable\r\n\r\n"), "is not this program"),
        (somebody("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"), "is not this program"),
        (somebody("HTTP"), "is not this program"),
        (somebody(""), "does not answer within 5 seconds"),
        ("127.0.0.1:0".to_owned(), "is another port at each start"),
        ("nowhere".to_owned(), "api.listen: is not an address and port"),
    ] {
        let (code, stdout, stderr) = ask(&listen);
        assert_eq!((code, stdout.as_str(), stderr.lines().count()), (1, "", 1), "{listen}: {stderr}");
        assert!(stderr.contains(told) && stderr.contains("Fix: "), "{listen}: {stderr}");
    }
    let folder = Folder::new();
    let (code, _, stderr) = run(program(folder.path()).arg("health"));
    assert!(code == 1 && stderr.contains("config.yml") && stderr.contains("Fix: "), "{stderr}");
}
