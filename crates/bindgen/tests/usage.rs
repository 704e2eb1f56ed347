//! What the program says when it cannot do what it is for.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::process::Command;

fn says(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_bindgen")).args(arguments).output().unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn it_says_how_it_is_used() {
    assert_eq!(says(&["only.wasm"]), "bindgen: usage: bindgen FILE.wasm FOLDER\n");
}

#[test]
fn it_names_a_file_that_is_not_there() {
    assert!(says(&["nowhere.wasm", "folder"]).contains("nowhere.wasm"));
}
