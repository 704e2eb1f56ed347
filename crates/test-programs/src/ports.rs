//! Finds free ports for programs that start later, stop and start again.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

// Below the ports that the kernel gives to outgoing connections, of which the other tests open hundreds: one of them
// would take the port between two starts. The browser tests have those from 20,000 on.
const FIRST: u16 = 10_000;
const COUNT: u32 = 10_000;

/// Returns an address of the loopback interface where nothing listens. It never returns one of them twice.
pub fn free_address() -> SocketAddr {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Another process that looks for ports at the same time begins elsewhere.
    let start = process::id().wrapping_mul(97);
    for _ in 0..COUNT {
        let offset = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % COUNT;
        let port = FIRST + u16::try_from(offset).expect("it is below COUNT");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
    panic!("no port from {FIRST} on is free");
}
