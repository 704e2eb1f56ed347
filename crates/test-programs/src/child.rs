//! A program that a test starts through a shell, because it wants to choose what becomes of its output.

use std::net::TcpStream;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Waits until a program listens on this address.
pub fn until_listening(address: &str) {
    for _ in 0..200 {
        if TcpStream::connect(address).is_ok() {
            return;
        }
        sleep(Duration::from_millis(50));
    }
    panic!("nothing listens on {address}");
}

/// Asks a program to stop, and waits until it has ended.
pub fn stop(mut child: Child) {
    let id = child.id().to_string();
    let asked = Command::new("kill").args(["-s", "TERM", &id]).status().expect("the system lets it");
    assert!(asked.success());
    let started = Instant::now();
    while child.try_wait().expect("the system lets it").is_none() {
        assert!(started.elapsed() < Duration::from_secs(5), "SIGTERM does not end it");
        sleep(Duration::from_millis(20));
    }
}
