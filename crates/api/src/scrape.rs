//! `GET /metrics`, on a listener of its own, `api.metrics_listen`, never on the one that faces people.

use std::sync::Arc;
use std::time::Instant;

use accounts::Stock;
use axum::Router;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use oidc::{CallOutcome, Endpoint};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use tokio::sync::Mutex;

use crate::metrics::durations::Histograms;
use crate::metrics::{process, text};
use crate::state::AppState;

/// The database is asked again when this many times as long has passed as its answer took: scraping costs it a twentieth.
const PAUSE: u32 = 20;

/// What answers the scraper.
pub fn router(state: AppState) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .with_state(Arc::new(Scrape { state, stock: Mutex::default() }))
}

struct Scrape {
    state: AppState,
    /// What the database last said, and until when that is good.
    stock: Mutex<Option<(Instant, Stock)>>,
}

async fn metrics(State(scrape): State<Arc<Scrape>>, headers: HeaderMap) -> Response {
    let mut registry = Registry::default();
    let state = &scrape.state;
    state.metrics.register(&mut registry);
    register_provider(state, &mut registry);
    registry.register_with_unit(
        "passerelle_database_duration",
        "Time of an operation of the database, with the wait for a connection",
        Unit::Seconds,
        Histograms::one(state.database.durations()),
    );
    if let Some(stock) = scrape.stock().await {
        register_stock(&stock, &mut registry);
    }
    let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
    registry.register("passerelle_build", "The version of this program", version);
    process::register(&mut registry);
    let mut shown = String::new();
    if encode(&mut shown, &registry).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let accepts = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    if text::prefers_older(&accepts.collect::<Vec<_>>().join(",")) {
        ([(CONTENT_TYPE, text::OLDER)], text::older(&shown)).into_response()
    } else {
        ([(CONTENT_TYPE, text::OPEN_METRICS)], shown).into_response()
    }
}

impl Scrape {
    /// How much of everything there is; none when the database does not answer, and everything else is shown.
    async fn stock(&self) -> Option<Stock> {
        let mut known = self.stock.lock().await;
        let started = Instant::now();
        if let Some((good_until, stock)) = *known
            && started < good_until
        {
            return Some(stock);
        }
        let stock = self.state.database.stock(self.state.now()).await;
        let stock = stock.inspect_err(|error| {
            let error = error as &dyn std::error::Error;
            tracing::warn!(error, "the metrics lack what the database knows");
        });
        let stock = stock.ok();
        *known = stock.map(|stock| (started + started.elapsed() * PAUSE, stock));
        stock
    }
}

fn register_provider(state: &AppState, registry: &mut Registry) {
    if let Some(is_up) = state.provider.is_up() {
        let help = "Whether the provider could be used the last time: 1 or 0; absent before";
        registry.register("passerelle_provider_up", help, ConstGauge::new(i64::from(is_up)));
    }
    let mut series = Vec::new();
    for endpoint in Endpoint::ALL {
        for outcome in CallOutcome::ALL {
            let labels =
                vec![("endpoint", endpoint.as_str().to_owned()), ("outcome", outcome.as_str().to_owned())];
            series.push((labels, state.provider.durations(endpoint, outcome)));
        }
    }
    let help = "Time of a call to the provider, by endpoint and outcome";
    registry.register_with_unit(
        "passerelle_provider_request_duration",
        help,
        Unit::Seconds,
        Histograms::labelled(series),
    );
}

/// Every replica reads the same database: `max` over them, never `sum`.
fn register_stock(stock: &Stock, registry: &mut Registry) {
    let help = "Valid sessions, from the database: max over replicas";
    registry.register("passerelle_sessions", help, ConstGauge::new(stock.sessions));
    let keys =
        [("active", stock.active_keys), ("expired", stock.expired_keys), ("revoked", stock.revoked_keys)];
    let help = "Keys by status, from the database: max over replicas";
    registry.register("passerelle_keys", help, gauges("status", keys));
    let users = [
        ("active", stock.active_users),
        ("disabled", stock.disabled_users),
        ("prepared", stock.prepared_users),
    ];
    let help = "Accounts by state, from the database: max over replicas";
    registry.register("passerelle_users", help, gauges("state", users));
    let expiring = [("7d", stock.keys_expiring_in_a_week), ("30d", stock.keys_expiring_in_a_month)];
    let help = "Valid keys that expire soon, from the database: max over replicas";
    registry.register("passerelle_keys_expiring", help, gauges("within", expiring));
}

fn gauges<const N: usize>(
    label: &'static str,
    values: [(&'static str, i64); N],
) -> Family<[(&'static str, &'static str); 1], Gauge> {
    let family = Family::<_, Gauge>::default();
    for (value, number) in values {
        family.get_or_create(&[(label, value)]).set(number);
    }
    family
}
