//! How commands end.

use std::fmt::Display;
use std::process::ExitCode;

use service::stdio::complain;

/// A configuration that cannot be used, or a command line that cannot be read.
const MISUSE: u8 = 2;

/// Says what is wrong with the configuration or the command line.
pub(super) fn refuse(problems: &dyn Display) -> ExitCode {
    complain(problems);
    ExitCode::from(MISUSE)
}
