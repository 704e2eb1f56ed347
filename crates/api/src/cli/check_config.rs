//! `api check-config`: says everything that is wrong in the configuration file, or that nothing is.

use std::path::Path;
use std::process::ExitCode;

use service::settings::Document;

use super::exit::refuse;
use crate::config::Config;

/// Says what is wrong in the api's sections, and whether the two programs of one file understand each other.
pub(super) fn run(path: &Path) -> ExitCode {
    let document = match Document::read(path) {
        Ok(document) => document,
        Err(problems) => return refuse(&problems),
    };
    let mismatch = document.key_mismatch();
    let config = match Config::from_document(document) {
        Ok(config) => config,
        Err(problems) => return refuse(&problems),
    };
    if let Some(mismatch) = mismatch {
        return refuse(&mismatch);
    }
    if config.secrets.keys.has_placeholder() {
        eprintln!("warning: oauth2.encryption_key is \"changeme\", which works in development only");
    }
    println!("The configuration is valid.");
    ExitCode::SUCCESS
}
