//! Runs a program under circumstances that an operator meets: as another command's child, without the privileges of root, with
//! a clock that is not set.

use std::path::Path;
use std::process::Command;

/// The same program, below another one that gets these arguments and then the program's own command line.
#[must_use]
pub fn below(program: &Command, wrapper: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(wrapper);
    command.args(arguments).arg(program.get_program()).args(program.get_args());
    if let Some(folder) = program.get_current_dir() {
        command.current_dir(folder);
    }
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// The same program without privileges that root has, such as `-net_bind_service`; others have none.
#[must_use]
pub fn without(program: &Command, privileges: &str) -> Command {
    below(program, "setpriv", &["--bounding-set", privileges])
}

/// The first port that needs no privilege.
#[must_use]
pub fn first_free_port() -> u16 {
    let start = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    start.ok().and_then(|start| start.trim().parse().ok()).unwrap_or(1024)
}

/// Lets the program see a clock that is not set. False when libfaketime is not installed.
pub fn in_1970(program: &mut Command) -> bool {
    let libraries = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]
        .map(|folder| format!("{folder}/faketime/libfaketimeMT.so.1"));
    let Some(library) = libraries.iter().find(|library| Path::new(library).exists()) else {
        eprintln!("libfaketime is not installed: this test is left out");
        return false;
    };
    program.env("LD_PRELOAD", library).env("FAKETIME", "1970-01-02 00:00:00").env("TZ", "UTC");
    true
}
