//! `api check-config`: says everything that is wrong in the configuration file, or that nothing is.

use std::path::Path;
use std::process::ExitCode;

use service::settings::{Document, Problem, Problems};
use url::Url;

use super::exit::refuse;
use crate::config::Config;

/// Says what is wrong in the api's sections, and whether the two programs of one file understand each other.
pub(super) fn run(path: &Path) -> ExitCode {
    let document = match Document::read(path) {
        Ok(document) => document,
        Err(problems) => return refuse(&problems),
    };
    let (mismatch, playground, api) =
        (document.key_mismatch(), document.playground_url(), document.api_public_url());
    let config = match Config::from_document(document) {
        Ok(config) => config,
        Err(problems) => return refuse(&problems),
    };
    let between: Vec<Problem> = mismatch
        .into_iter()
        .chain(playground.and_then(|url| not_allowed(&config, &url)))
        .chain(api.and_then(|url| on_another_host(&config, &url)))
        .collect();
    if !between.is_empty() {
        return refuse(&Problems(between));
    }
    if config.secrets.keys.has_placeholder() {
        eprintln!("warning: oauth2.encryption_key is \"changeme\", which works in development only");
    }
    println!("The configuration is valid.");
    ExitCode::SUCCESS
}

/// The playground is no origin that may receive tokens: every login from it would be refused.
fn not_allowed(config: &Config, playground: &Url) -> Option<Problem> {
    let error = config.oauth2.allowed_origins.origin_of(playground.as_str()).err()?;
    Some(Problem {
        path: "playground.public_url".to_owned(),
        problem: format!("{error} of oauth2.allowed_domains, so every login from there is refused"),
        fix: "add its host to oauth2.allowed_domains".to_owned(),
    })
}

/// Browsers begin a login at one host and ProConnect sends them back to another, where their cookie is not.
fn on_another_host(config: &Config, api: &Url) -> Option<Problem> {
    let redirect_uri = &config.oauth2.provider.redirect_uri;
    (api.authority() != redirect_uri.authority()).then(|| Problem {
        path: "playground.api_public_url".to_owned(),
        problem:
            "is on another host than oauth2.redirect_uri, so no login that begins there could be finished"
                .to_owned(),
        fix: "give both the host and port at which browsers reach the api".to_owned(),
    })
}
