//! `api generate-key`: prints a new key for both programs to share.

use std::process::ExitCode;

use secrecy::ExposeSecret as _;

pub(super) fn run() -> ExitCode {
    println!("{}", token_crypto::generate_key().expose_secret());
    ExitCode::SUCCESS
}
