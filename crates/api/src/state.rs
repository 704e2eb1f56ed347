//! What every request can reach.

use std::ops::Deref;
use std::sync::Arc;
use std::time::SystemTime;

use token_crypto::UnixTime;

use crate::accounts::Accounts;
use crate::config::Config;
use crate::http::cookies::LoginCookies;
use crate::http::limits::Limits;
use crate::metrics::Metrics;
use crate::oidc::Provider;

/// Tells the time; another one stands in its place when a test wants to.
pub type Clock = fn() -> UnixTime;

/// What every request can reach.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

/// The parts of [`AppState`].
pub struct Inner {
    /// The configuration.
    pub config: Config,
    /// Users, roles and tokens.
    pub accounts: Accounts,
    /// ProConnect.
    pub provider: Provider,
    /// The cookies in which pending logins wait.
    pub cookies: LoginCookies,
    /// How much each client has asked for.
    pub limits: Limits,
    /// What has happened so far.
    pub metrics: Metrics,
    /// The id of the role of people who log in for the first time.
    pub default_role_id: i64,
    /// Tells the time.
    pub clock: Clock,
}

impl AppState {
    /// Shares the parts.
    #[must_use]
    pub fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// The time, in whole seconds.
    #[must_use]
    pub fn now(&self) -> UnixTime {
        (self.clock)()
    }
}

impl Deref for AppState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// The clock of the system.
#[must_use]
pub fn system_clock() -> UnixTime {
    SystemTime::now().into()
}
