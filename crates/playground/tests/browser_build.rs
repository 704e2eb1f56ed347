//! The crates that are compiled for the browser. A server crate among them would make every visit slower, and nobody would
//! notice, because most of them compile for WASM too.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::process::Command;

/// Crates that the server uses itself, and that leptos also brings into the browser.
const BROUGHT_BY_LEPTOS: [&str; 7] =
    ["any_spawner", "base64", "futures", "serde", "serde_json", "thiserror", "url"];
/// Indirect dependencies of the server: sockets, TLS, cryptography, the api's part.
const DEEP_IN_THE_SERVER: [&str; 9] =
    ["api", "aws_lc_rs", "fernet", "hyper", "mio", "openidconnect", "ring", "rustls", "sqlx"];

/// The crates of a build for the browser with one of the two features, down to `depth`.
fn crates(feature: &str, depth: u8) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--package", "playground", "--no-default-features", "--features", feature])
        .args(["--target", "wasm32-unknown-unknown", "--edges", "normal,no-proc-macro", "--prefix", "none"])
        .args(["--format", "{lib}", "--depth", &depth.to_string()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    // cargo adds a mark after the name of a crate that it has already listed.
    lines.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn the_browser_build_depends_directly_only_on_leptos() {
    assert_eq!(crates("hydrate", 1), ["leptos", "playground", "wasm_bindgen"].map(str::to_owned).into());
}

#[test]
fn the_browser_build_has_no_server_crate() {
    let browser = crates("hydrate", u8::MAX);
    let server = &crates("ssr", 1) - &crates("hydrate", 1);
    assert!(server.contains("tokio") && server.contains("token_crypto"), "{server:?}");
    assert_eq!(&server & &browser, BROUGHT_BY_LEPTOS.map(str::to_owned).into());
    assert_eq!(&DEEP_IN_THE_SERVER.map(str::to_owned).into() & &browser, BTreeSet::new());
}
