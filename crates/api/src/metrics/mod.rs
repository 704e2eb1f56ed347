//! What happens, counted for Prometheus. Every label value is there from the start, none is personal, and counting takes
//! no lock. `scrape.rs` shows it on a listener of its own.

pub mod counters;
pub mod durations;
mod labels;
pub mod process;
pub mod requests;
pub mod text;

use std::time::Duration;

use contract::{AccessReason, LoginErrorCode, LogoutStatus};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::registry::{Registry, Unit};
use service::durations::Durations;
use service::telemetry;
use service::traces::lost_spans;

use self::counters::Counters;
use self::durations::Histograms;
pub use self::labels::{Checked, Limited, RevokedBy, Surface};
use self::requests::Requests;

/// The outcome of a login that succeeded; the others are `login_error` codes.
const SUCCESS: &str = "success";

fn word(status: LogoutStatus) -> &'static str {
    match status {
        LogoutStatus::Success => SUCCESS,
        LogoutStatus::Warning => "warning",
    }
}

/// What this process has counted since its start.
#[derive(Debug)]
pub struct Metrics {
    logins_started: Counter,
    logins: Counters<1>,
    login_durations: Durations,
    logouts: Counters<1>,
    access_refusals: Counters<1>,
    token_checks: Counters<2>,
    rate_limited: Counters<1>,
    keys_created: Counter,
    keys_revoked: Counters<1>,
    possible_duplicates: Counter,
    requests: Requests,
}

impl Default for Metrics {
    fn default() -> Self {
        let outcomes = [SUCCESS].into_iter().chain(LoginErrorCode::ALL.iter().map(|code| code.as_str()));
        let checks = Surface::ALL
            .iter()
            .flat_map(|surface| Checked::ALL.iter().map(|checked| [surface.as_str(), checked.as_str()]));
        Self {
            logins_started: Counter::default(),
            logins: Counters::new(["outcome"], outcomes.map(|outcome| [outcome])),
            login_durations: Durations::default(),
            logouts: Counters::new(
                ["outcome"],
                [LogoutStatus::Success, LogoutStatus::Warning].map(|status| [word(status)]),
            ),
            access_refusals: Counters::new(
                ["reason"],
                AccessReason::ALL.iter().map(|reason| [reason.as_str()]),
            ),
            token_checks: Counters::new(["surface", "result"], checks),
            rate_limited: Counters::new(["surface"], Limited::ALL.iter().map(|limited| [limited.as_str()])),
            keys_created: Counter::default(),
            keys_revoked: Counters::new(["by"], RevokedBy::ALL.iter().map(|by| [by.as_str()])),
            possible_duplicates: Counter::default(),
            requests: Requests::default(),
        }
    }
}

impl Metrics {
    /// A browser was sent to the provider.
    pub fn login_started(&self) {
        self.logins_started.inc();
    }

    /// A login ended: without a code it succeeded. It took this long from the browser's return.
    pub fn login(&self, error: Option<LoginErrorCode>, took: Duration) {
        self.logins.add([error.map_or(SUCCESS, LoginErrorCode::as_str)], 1);
        self.login_durations.observe(took);
    }

    /// A logout ended, as its answer says.
    pub fn logout(&self, status: LogoutStatus) {
        self.logouts.add([word(status)], 1);
    }

    /// A rule refused somebody.
    pub fn access_refusal(&self, reason: AccessReason) {
        self.access_refusals.add([reason.as_str()], 1);
    }

    /// A token was checked.
    pub fn token_check(&self, surface: Surface, checked: Checked) {
        self.token_checks.add([surface.as_str(), checked.as_str()], 1);
    }

    /// A client was refused because it asks for too much.
    pub fn rate_limited(&self, limited: Limited) {
        self.rate_limited.add([limited.as_str()], 1);
    }

    /// A key was made.
    pub fn key_created(&self) {
        self.keys_created.inc();
    }

    /// Keys were revoked.
    pub fn keys_revoked(&self, by: RevokedBy, number: u64) {
        self.keys_revoked.add([by.as_str()], number);
    }

    /// A first login may be of somebody who has an account.
    pub fn possible_duplicate(&self) {
        self.possible_duplicates.inc();
    }

    /// The requests that were answered.
    #[must_use]
    pub fn requests(&self) -> &Requests {
        &self.requests
    }

    /// Adds everything that this process counts to what is shown.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "passerelle_logins_started",
            "Browsers that were sent to the provider",
            self.logins_started.clone(),
        );
        registry.register("passerelle_logins", "Logins that ended, by outcome", self.logins.clone());
        registry.register("passerelle_logouts", "Logouts that ended, by outcome", self.logouts.clone());
        registry.register(
            "passerelle_access_refusals",
            "People whom a rule of oauth2.access refused, by reason",
            self.access_refusals.clone(),
        );
        registry.register(
            "passerelle_token_checks",
            "Tokens that were checked, by who asked and what was found",
            self.token_checks.clone(),
        );
        registry.register(
            "passerelle_rate_limited",
            "Requests that were refused because one address sends too many",
            self.rate_limited.clone(),
        );
        registry.register(
            "passerelle_keys_created",
            "Keys that this process made, also in place of others",
            self.keys_created.clone(),
        );
        registry.register(
            "passerelle_keys_revoked",
            "Keys that this process revoked, by whom",
            self.keys_revoked.clone(),
        );
        registry.register(
            "passerelle_possible_duplicates",
            "First logins that may be of somebody who has an account",
            self.possible_duplicates.clone(),
        );
        registry.register(
            "passerelle_log_lines_dropped",
            "Log lines that nobody could read in time",
            ConstCounter::new(telemetry::dropped_lines()),
        );
        registry.register(
            "passerelle_spans_lost",
            "Spans of traces that the collector did not take",
            ConstCounter::new(lost_spans()),
        );
        registry.register_with_unit(
            "passerelle_login_duration",
            "Time from a browser's return from the provider to the end of its login",
            Unit::Seconds,
            Histograms::one(self.login_durations.snapshot()),
        );
        registry.register_with_unit(
            "passerelle_http_request_duration",
            "Time to answer a request, by path template, method and status",
            Unit::Seconds,
            self.requests.histograms(),
        );
    }
}
