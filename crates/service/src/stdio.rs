//! What the programs print outside the log. When nobody reads standard output, or when it is closed, the program continues.

use std::fmt::Display;
use std::io::Write as _;
use std::thread;

/// Prints one line on standard output, without waiting until somebody reads it.
pub fn say(line: String) {
    // A separate thread: a write to a full pipe would block for ever.
    let _ = thread::Builder::new().name("stdout".to_owned()).spawn(move || {
        let _ = writeln!(std::io::stdout(), "{line}");
    });
}

/// Prints on standard error why a program ends.
pub fn complain(problem: &dyn Display) {
    let _ = writeln!(std::io::stderr(), "{problem}");
}
