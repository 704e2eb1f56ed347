//! The error messages of the program.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::process::Command;

fn says(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_bindgen")).args(arguments).output().unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn wrong_arguments_print_the_usage() {
    assert_eq!(says(&["only.wasm"]), "bindgen: usage: bindgen FILE.wasm FOLDER\n");
}

#[test]
fn a_missing_file_is_named() {
    assert!(says(&["nowhere.wasm", "folder"]).contains("nowhere.wasm"));
}
