//! Faults that an operator meets at a first start: each is told in a sentence that says what to do, and ends the program.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, process};

use test_programs::Serving;
use test_programs::circumstances::{below, first_free_port, in_1970, without};

use crate::support::program::program;
use crate::support::{KEY, site};

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cold-{}-{name}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The program in a folder, with a valid configuration that listens there.
fn listening(name: &str, listen: &str) -> (Command, PathBuf) {
    let folder = folder(name);
    let config = format!(
        "playground:\n  api_url: http://127.0.0.1:9\n  oauth2_encryption_key: {KEY}\n  listen: {listen}\n  site_root: {}\n",
        site().display()
    );
    fs::write(folder.join("config.yml"), config).unwrap();
    (in_folder(&folder), folder)
}

fn in_folder(folder: &Path) -> Command {
    let mut command = program();
    command.current_dir(folder);
    command
}

/// That it ends with this code and tells this, with what to do, once.
fn fails(mut command: Command, code: i32, told: &str) {
    let output = command.output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(code), &b""[..]), "{told}: {stderr}");
    let lines: Vec<&str> = stderr.lines().filter(|line| line.contains(told)).collect();
    assert!(lines.len() == 1 && lines[0].contains("Fix: "), "{told}: {stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
}

#[test]
fn an_address_of_another_machine_and_a_privileged_port() {
    fails(listening("elsewhere", "192.0.2.1:3000").0, 1, "choose an address that this machine has");
    if first_free_port() > 81 {
        let (program, _) = listening("privileged", "127.0.0.1:81");
        fails(without(&program, "-net_bind_service"), 1, "ports below 1024 are for root");
    }
}

#[test]
fn a_configuration_that_is_a_folder_or_closed() {
    let folder = folder("folder");
    fs::create_dir_all(folder.join("config.yml")).unwrap();
    fails(in_folder(&folder), 2, "config.yml: cannot be read (Is a directory");
    let (program, folder) = listening("closed", "127.0.0.1:0");
    fs::set_permissions(folder.join("config.yml"), fs::Permissions::from_mode(0o0)).unwrap();
    let told = "config.yml: cannot be read (Permission denied";
    fails(without(&program, "-dac_override,-dac_read_search"), 2, told);
}

#[test]
fn a_clock_of_1970() {
    let (mut program, _) = listening("clock", "127.0.0.1:0");
    if in_1970(&mut program) {
        fails(program, 1, "the clock of this machine is not set");
    }
}

#[test]
fn few_file_descriptors_are_told_and_it_serves() {
    let (program, _) = listening("files", "127.0.0.1:0");
    let (code, log) = Serving::start(&mut below(&program, "prlimit", &["--nofile=1024:1024"])).stop("TERM");
    assert!(code == Some(0) && log.contains("few connections can be open at once"), "{log}");
}
