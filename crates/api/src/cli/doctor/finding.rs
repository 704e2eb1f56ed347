//! What a check found, and how it is printed.

use serde::Serialize;
use serde_json::json;

use crate::cli::output::tell;

/// Every check, in the order in which they are printed.
pub(super) const ALL: [&str; 20] = [
    "config",
    "file_modes",
    "keys",
    "database",
    "migrations",
    "discovery",
    "issuer",
    "signing_keys",
    "clock",
    "scopes",
    "acr",
    "redirect_uri",
    "access_scopes",
    "mfa",
    "trusted_proxies",
    "playground",
    "hosts",
    "descriptors",
    "audit",
    "legal_links",
];

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    /// It could not be done.
    Skipped,
    /// It is as it should be.
    Ok,
    /// Somebody should look at it.
    Warn,
    /// Somebody, or everybody, is or will be refused.
    Fail,
}

/// What a check found.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) check: &'static str,
    pub(super) status: Status,
    pub(super) found: String,
    /// What to do, when there is something to do.
    pub(super) fix: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, status: Status::Ok, found: found.into(), fix: None }
    }

    pub(super) fn skipped(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, status: Status::Skipped, found: found.into(), fix: None }
    }

    pub(super) fn warn(check: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, status: Status::Warn, found: found.into(), fix: Some(fix.into()) }
    }

    pub(super) fn fail(check: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, status: Status::Fail, found: found.into(), fix: Some(fix.into()) }
    }

    /// One line, and a second one with what to do.
    fn lines(&self) -> impl Iterator<Item = String> {
        let status = match self.status {
            Status::Ok => "ok",
            Status::Warn => "WARN",
            Status::Fail => "FAIL",
            Status::Skipped => "skipped",
        };
        let fix = self.fix.as_ref().map(|fix| format!("{:8}fix: {fix}", ""));
        std::iter::once(format!("{status:8}{}: {}", self.check, self.found)).chain(fix)
    }
}

/// All findings in order. A check without a finding was skipped, for this reason.
pub(super) fn complete(mut findings: Vec<Finding>, reason: &str) -> Vec<Finding> {
    for check in ALL {
        if !findings.iter().any(|finding| finding.check == check) {
            findings.push(Finding::skipped(check, reason));
        }
    }
    findings.sort_by_key(|finding| ALL.iter().position(|check| *check == finding.check));
    findings
}

/// Prints them, one a line as JSON or for people.
pub(super) fn print(findings: &[Finding], as_json: bool) {
    for finding in findings {
        let Finding { check, status, found, fix } = finding;
        let row = vec![
            ("check", json!(check)),
            ("status", json!(status)),
            ("found", json!(found)),
            ("fix", json!(fix)),
        ];
        tell(as_json, row, finding.lines());
    }
}
