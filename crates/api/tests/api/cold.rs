//! Faults that an operator meets at a first start: each is told in a sentence that says what to do, and ends the program.
//!
//! Root may do what others may not, so its privileges are taken away first. What needs a file system of its own is left out where
//! the system lets nobody mount one.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::support::api::listening;
use crate::support::folder::Folder;
use crate::support::program::{program, run};
use test_programs::Serving;
use test_programs::circumstances::{below, first_free_port, in_1970, without};

/// The program in a folder of whose files the disk is this one; none where nobody may mount.
fn on_disk(folder: &Path, options: &str, before: &str) -> Option<Command> {
    let unshare = ["--mount", "--map-root-user"];
    let may = Command::new("unshare").args(unshare).args(["mount", "-t", "tmpfs", "none", "/mnt"]).output();
    if !may.is_ok_and(|output| output.status.success()) {
        eprintln!("nobody may mount here: this test is left out");
        return None;
    }
    fs::create_dir_all(folder.join("disk")).unwrap();
    let script = format!(
        r#"mount -t tmpfs tmpfs disk && {before} && mount -o remount,{options} disk && exec "$0" "$@""#
    );
    Some(below(&program(folder), "unshare", &[&unshare[..], &["sh", "-c", &script]].concat()))
}

/// That it ends with this code and tells this, with what to do, once.
fn fails(mut command: Command, code: i32, told: &str) {
    let (ended, stdout, stderr) = run(&mut command);
    assert_eq!((ended, stdout.as_str()), (code, ""), "{told}: {stderr}");
    let lines: Vec<&str> = stderr.lines().filter(|line| line.contains(told)).collect();
    assert!(lines.len() == 1 && lines[0].contains("Fix: "), "{told}: {stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
}

#[test]
fn an_address_of_another_machine() {
    fails(program(listening("192.0.2.1:8000").path()), 1, "choose an address that this machine has");
}

#[test]
fn a_privileged_port() {
    if first_free_port() > 81 {
        fails(
            without(&program(listening("127.0.0.1:81").path()), "-net_bind_service"),
            1,
            "ports below 1024 are for root",
        );
    }
}

#[test]
fn a_configuration_that_is_a_folder_or_closed() {
    let folder = Folder::new();
    fs::create_dir(folder.join("config.yml")).unwrap();
    fails(program(folder.path()), 2, "config.yml: cannot be read (Is a directory");
    let folder = listening("127.0.0.1:0");
    fs::set_permissions(folder.join("config.yml"), fs::Permissions::from_mode(0o0)).unwrap();
    fails(
        without(&program(folder.path()), "-dac_override,-dac_read_search"),
        2,
        "config.yml: cannot be read (Permission denied",
    );
}

#[test]
fn a_database_that_this_user_may_not_open() {
    let folder = listening("127.0.0.1:0");
    folder.write("test.db", "");
    fs::set_permissions(folder.join("test.db"), fs::Permissions::from_mode(0o0)).unwrap();
    let told = "let this user read and write the file and its folder";
    fails(without(&program(folder.path()), "-dac_override,-dac_read_search"), 1, told);
}

/// A folder whose database is on the disk of `on_disk`.
fn with_disk() -> Folder {
    let folder = listening("127.0.0.1:0");
    let yaml = fs::read_to_string(folder.join("config.yml")).unwrap();
    folder.write("config.yml", &yaml.replace("test.db", "disk/test.db"));
    folder
}

#[test]
fn a_full_disk() {
    let folder = with_disk();
    if let Some(command) = on_disk(folder.path(), "size=64k", "true") {
        fails(command, 1, "make room on the disk");
    }
}

#[test]
fn a_read_only_file_system() {
    let folder = with_disk();
    if let Some(command) = on_disk(folder.path(), "ro", "true") {
        fails(command, 1, "let this user read and write the file and its folder");
    }
}

#[test]
fn a_clock_of_1970() {
    let folder = listening("127.0.0.1:0");
    let mut command = program(folder.path());
    if in_1970(&mut command) {
        fails(command, 1, "the clock of this machine is not set");
    }
}

#[test]
fn few_file_descriptors_are_told_once_and_it_serves() {
    // Two servers in one process.
    let folder = listening("127.0.0.1:0\n  metrics_listen: 127.0.0.1:0");
    let limited = |number: &str| below(&program(folder.path()), "prlimit", &[&format!("--nofile={number}")]);
    let (code, log) = Serving::start(&mut limited("1024:1024")).stop("TERM");
    assert_eq!((code, log.matches("few connections can be open at once").count()), (Some(0), 1), "{log}");
    assert!(log.contains("LimitNOFILE=65536"), "{log}");
    // What may be raised is raised.
    let (code, log) = Serving::start(&mut limited("1024:8192")).stop("TERM");
    assert!(code == Some(0) && !log.contains("few connections"), "{log}");
}
