//! `api check-config`: says everything that is wrong in the configuration file, or that nothing is.

use std::path::Path;
use std::process::ExitCode;

use accounts::Database;
use oidc::{CachePolicy, Provider};
use service::settings::{Document, Problem, Problems, on_another_host};
use service::stdio::complain;
use url::Url;

use super::exit::{refuse, told};
use crate::app;
use crate::config::Config;

/// Says what is wrong in the api's sections, and whether the two programs of one file understand each other.
pub(super) async fn run(path: &Path, online: bool) -> ExitCode {
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
        .chain(api.and_then(|url| on_another_host(&config.oauth2.provider.redirect_uri, &url)))
        .collect();
    if !between.is_empty() {
        return refuse(&Problems(between));
    }
    for warning in config.values.warnings() {
        complain(&format_args!("warning: {warning}"));
    }
    if config.secrets.keys.has_placeholder() {
        complain(&"warning: oauth2.encryption_key is \"changeme\", which works in development only");
    }
    if online && !is_right_online(&config).await {
        return ExitCode::FAILURE;
    }
    println!("The configuration is valid.");
    ExitCode::SUCCESS
}

/// Asks the provider and the database. Neither is changed.
async fn is_right_online(config: &Config) -> bool {
    let mut is_right = true;
    let mut problem = |path: &str, problem: String, fix: &str| {
        is_right = false;
        complain(&Problem { path: path.to_owned(), problem, fix: fix.to_owned() });
    };
    if let Err(error) = Database::check(&config.api.database_url, config.api.database_pool).await {
        complain(&error);
        return false;
    }
    let client = match app::client() {
        Ok(client) => client,
        Err(error) => {
            complain(&error);
            return false;
        }
    };
    let provider = Provider::new(config.oauth2.provider.clone(), client, CachePolicy::default());
    match provider.contradictions().await {
        Err(error) => {
            let fix = "look at it from this machine with curl";
            problem("oauth2.server_metadata_url", told(&error), fix);
            return false;
        }
        Ok(contradictions) => {
            for contradiction in contradictions {
                complain(&format_args!("warning: {contradiction}"));
            }
        }
    }
    if let Err(failure) = provider.check_client(&config.secrets.client_secret).await {
        let fix = "compare client_id, client_secret and redirect_uri with what ProConnect registered";
        problem("oauth2.client_id", told(&failure), fix);
    }
    is_right
}

/// The playground is no origin that may receive tokens: every login from it would be refused.
pub(super) fn not_allowed(config: &Config, playground: &Url) -> Option<Problem> {
    let error = config.oauth2.allowed_origins.origin_of(playground.as_str()).err()?;
    Some(Problem {
        path: "playground.public_url".to_owned(),
        problem: format!("{error} of oauth2.allowed_domains, so every login from there is refused"),
        fix: "add its host to oauth2.allowed_domains".to_owned(),
    })
}
