//! The program `api` itself, as an operator runs it.

use std::path::Path;
use std::process::{Command, Output};

/// The program in a folder.
pub(crate) fn program(folder: &Path) -> Command {
    let mut command = test_programs::program(env!("CARGO_BIN_EXE_api"));
    command.current_dir(folder);
    command
}

/// The exit code, standard output and standard error of a program that ends by itself.
pub(crate) fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}
