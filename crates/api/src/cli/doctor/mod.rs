//! `api doctor`: finds what keeps people from logging in, and says what to do. It changes nothing and prints no secret.

mod finding;
mod here;
mod playground;
mod provider;

use std::path::Path;
use std::process::ExitCode;

use service::settings::{Document, Problem, Problems};

use self::finding::{Finding, Status, complete, print};
use crate::config::Config;

/// Something fails, or the configuration cannot be read.
const FAILED: u8 = 2;

/// What the command line says.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Options {
    /// Print one JSON object a line: check, status (ok, warn, fail, skipped), found, fix
    #[arg(long)]
    json: bool,
    /// Ask neither the database, the provider nor the playground
    #[arg(long)]
    offline: bool,
    /// Exit with 1 when nothing fails and something is to be looked at
    #[arg(long)]
    strict: bool,
}

/// Does every check, and prints what each found.
pub(super) async fn run(path: &Path, options: Options) -> ExitCode {
    let findings = match read(path) {
        Ok((document, config)) => examine(document, &config, path, options.offline).await,
        Err(problems) => complete(of_problems(&problems), "the configuration cannot be used"),
    };
    print(&findings, options.json);
    let worst = findings.iter().map(|finding| finding.status).max();
    match worst {
        Some(Status::Fail) => ExitCode::from(FAILED),
        Some(Status::Warn) if options.strict => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}

/// What the file says of both programs.
struct Both {
    key_mismatch: Option<Problem>,
    playground: Option<url::Url>,
    api_public: Option<url::Url>,
    missing_links: Option<Vec<&'static str>>,
}

fn read(path: &Path) -> Result<(Both, Config), Problems> {
    let document = Document::read(path)?;
    let both = Both {
        key_mismatch: document.key_mismatch(),
        playground: document.playground_url(),
        api_public: document.api_public_url(),
        missing_links: document.missing_links(&here::LINKS),
    };
    Ok((both, Config::from_document(document)?))
}

async fn examine(both: Both, config: &Config, path: &Path, is_offline: bool) -> Vec<Finding> {
    let mut findings = here::examine(&both, config, path);
    if is_offline {
        findings.push(Finding::skipped("redirect_uri", provider::to_register(&both, config)));
        return complete(findings, "not asked: --offline");
    }
    findings.extend(here::database(config).await);
    findings.extend(provider::examine(&both, config).await);
    findings.push(playground::examine(&both, config).await);
    complete(findings, "the provider could not be asked")
}

/// What is wrong in the file. A rule that asks for a claim that no scope brings is a check of its own.
fn of_problems(problems: &Problems) -> Vec<Finding> {
    let finding = |problem: &Problem| {
        let check = if problem.path.starts_with("oauth2.access.") && problem.problem.contains("oauth2.scope")
        {
            "access_scopes"
        } else {
            "config"
        };
        Finding::fail(check, format!("{}: {}", problem.path, problem.problem), problem.fix.clone())
    };
    problems.0.iter().map(finding).collect()
}
