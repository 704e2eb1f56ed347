//! What the programs say outside the log. Whoever started them may have closed the other end, or may not read it: nothing here
//! stops them.

use std::fmt::Display;
use std::io::Write as _;
use std::thread;

/// Says one line on standard output, without waiting for anybody to read it.
pub fn say(line: String) {
    // A thread of its own: a full pipe would hold up whoever writes to it, for ever.
    let _ = thread::Builder::new().name("stdout".to_owned()).spawn(move || {
        let _ = writeln!(std::io::stdout(), "{line}");
    });
}

/// Says why a program ends, on standard error.
pub fn complain(problem: &dyn Display) {
    let _ = writeln!(std::io::stderr(), "{problem}");
}
