//! What is compiled for the browser. A crate of the server that gets there weighs on every visit, and nobody would
//! notice: most of them compile for WASM too.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::process::Command;

/// What the server uses itself and leptos brings into the browser, too.
const BROUGHT_BY_LEPTOS: [&str; 7] =
    ["any_spawner", "base64", "futures", "serde", "serde_json", "thiserror", "url"];
/// What the server has through others: sockets, TLS, cryptography, the api's part.
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
    // A crate that was listed before comes with a sign behind its name.
    lines.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn the_browsers_half_asks_for_leptos_and_nothing_else() {
    assert_eq!(crates("hydrate", 1), ["leptos", "playground", "wasm_bindgen"].map(str::to_owned).into());
}

#[test]
fn no_crate_of_the_server_reaches_the_browser() {
    let browser = crates("hydrate", u8::MAX);
    let server = &crates("ssr", 1) - &crates("hydrate", 1);
    assert!(server.contains("tokio") && server.contains("token_crypto"), "{server:?}");
    assert_eq!(&server & &browser, BROUGHT_BY_LEPTOS.map(str::to_owned).into());
    assert_eq!(&DEEP_IN_THE_SERVER.map(str::to_owned).into() & &browser, BTreeSet::new());
}
