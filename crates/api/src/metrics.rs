//! What has happened, counted for Prometheus. Served on a listener of its own, `api.metrics_listen`, never on
//! the one that faces people.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use contract::{AccessReason, LogoutStatus};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use service::telemetry;

/// The text format of OpenMetrics 1.0.
const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Reason {
    reason: &'static str,
}

/// The counters.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    logins: Family<Outcome, Counter>,
    logouts: Family<Outcome, Counter>,
    possible_duplicates: Counter,
    access_refusals: Family<Reason, Counter>,
}

impl Metrics {
    /// A login ended: `success`, or the `login_error` that the application was told.
    pub fn login(&self, outcome: &'static str) {
        self.logins.get_or_create(&Outcome { outcome }).inc();
    }

    /// A logout ended, as its answer says.
    pub fn logout(&self, status: LogoutStatus) {
        let outcome = match status {
            LogoutStatus::Success => "success",
            LogoutStatus::Warning => "warning",
        };
        self.logouts.get_or_create(&Outcome { outcome }).inc();
    }

    /// A rule refused somebody.
    pub fn access_refusal(&self, reason: AccessReason) {
        self.access_refusals.get_or_create(&Reason { reason: reason.as_str() }).inc();
    }

    /// A first login may be of somebody who has an account.
    pub fn possible_duplicate(&self) {
        self.possible_duplicates.inc();
    }

    /// Answers `GET /metrics`.
    pub fn router(&self) -> Router {
        let metrics = self.clone();
        Router::new().route("/metrics", get(move || async move { metrics.render() }))
    }

    fn render(&self) -> Response {
        let mut registry = Registry::with_prefix("passerelle");
        registry.register("logins", "Logins that ended, by outcome", self.logins.clone());
        registry.register("logouts", "Logouts that ended, by outcome", self.logouts.clone());
        registry.register(
            "access_refusals",
            "People whom a rule of oauth2.access refused, by reason",
            self.access_refusals.clone(),
        );
        registry.register(
            "possible_duplicates",
            "First logins that may be of somebody who has an account",
            self.possible_duplicates.clone(),
        );
        let dropped = ConstCounter::new(telemetry::dropped_lines());
        registry.register("log_lines_dropped", "Log lines that nobody could read in time", dropped);
        let mut text = String::new();
        match prometheus_client::encoding::text::encode(&mut text, &registry) {
            Ok(()) => ([(CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}
