//! How commands end.

use std::fmt::Display;
use std::process::ExitCode;

use service::stdio::complain;

/// A configuration that cannot be used, or a command line that cannot be read.
const MISUSE: u8 = 2;
/// Nothing is as the command asks.
const NOTHING: u8 = 3;

/// Why a command did not do what it was asked. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// It failed.
    #[error("{0}")]
    Failed(String),
    /// It was asked in a way that could mean several things, or nothing.
    #[error("{0}")]
    Misuse(String),
    /// There is nothing that it was asked about.
    #[error("{0}")]
    Nothing(String),
}

impl Refusal {
    /// It failed, for this reason and all that caused it.
    pub(super) fn failed(error: &dyn std::error::Error) -> Self {
        Self::Failed(told(error))
    }
}

impl From<accounts::Error> for Refusal {
    fn from(error: accounts::Error) -> Self {
        Self::failed(&error)
    }
}

/// The exit code of a command, once what went wrong is told.
pub(super) fn code(done: Result<(), Refusal>) -> ExitCode {
    let Err(refusal) = done else { return ExitCode::SUCCESS };
    complain(&refusal);
    match refusal {
        Refusal::Failed(_) => ExitCode::FAILURE,
        Refusal::Misuse(_) => ExitCode::from(MISUSE),
        Refusal::Nothing(_) => ExitCode::from(NOTHING),
    }
}

/// Says what is wrong with the configuration or the command line.
pub(super) fn refuse(problems: &dyn Display) -> ExitCode {
    complain(problems);
    ExitCode::from(MISUSE)
}

/// An error with all that caused it.
pub(super) fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
