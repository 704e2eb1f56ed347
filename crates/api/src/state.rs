//! What every request can reach.

use std::ops::Deref;
use std::sync::Arc;
use std::time::SystemTime;

use accounts::{Database, LoginPolicy};
use oidc::Provider;
use secrecy::SecretString;
use service::reload::Current;
use service::settings::Presentation;
use token_crypto::{KeyRing, UnixTime};

use crate::application::{
    ApplicationLogins, ApplicationSessions, BrowserSessions, Departures, ProtectedOrigins,
};
use crate::config::{self, Api, OAuth2};
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::pending_logins::PendingLogins;
use crate::refused_logins::RefusedLogins;
use crate::shared_logins::SharedLogins;
use crate::uses::Uses;

/// Tells the time. A test may bring its own.
pub type Clock = fn() -> UnixTime;

/// What every request can reach.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

/// The parts of [`AppState`].
pub struct Inner {
    /// The section `oauth2` of the configuration, without its secrets.
    pub oauth2: Arc<OAuth2>,
    /// The section `api` of the configuration.
    pub api: Api,
    /// Where somebody whose login is lost can start again, if that is known.
    pub restart_url: Option<String>,
    /// How the service presents itself to people.
    pub presentation: Presentation,
    /// What may change while requests go on.
    pub secrets: Current<Secrets>,
    /// The origins of the protected applications; SIGHUP replaces them, too.
    pub protected: Current<ProtectedOrigins>,
    /// The cookies in which logins to protected applications wait.
    pub application_logins: ApplicationLogins,
    /// Users, roles and tokens.
    pub database: Database,
    /// Where it is told that tokens are used.
    pub uses: Uses,
    /// ProConnect.
    pub provider: Provider,
    /// The logins that are being finished.
    pub shared_logins: SharedLogins,
    /// How much each client has asked for.
    pub limits: Limits,
    /// Counts what happened.
    pub metrics: Metrics,
    /// How accounts are found or created.
    pub login_policy: LoginPolicy,
    /// Tells the time.
    pub clock: Clock,
}

/// What SIGHUP replaces. A request takes it once.
pub struct Secrets {
    /// Proves to the provider who we are.
    pub client_secret: SecretString,
    /// The keys shared with the playground.
    pub keys: KeyRing,
    /// The cookies in which pending logins wait, sealed with keys derived from these.
    pub pending_logins: PendingLogins,
    /// The cookie in which the ID token of a refused login waits.
    pub refused_logins: RefusedLogins,
    /// The cookies in which protected applications have their sessions.
    pub application_sessions: ApplicationSessions,
    /// The cookie that says which sessions a browser began.
    pub browser_sessions: BrowserSessions,
    /// What a browser that signs out brings along.
    pub departures: Departures,
}

impl Secrets {
    /// Derives what is needed from the secrets of a configuration.
    #[must_use]
    pub fn new(secrets: config::Secrets, oauth2: &OAuth2, api: &Api) -> Self {
        let config::Secrets { client_secret, keys } = secrets;
        if keys.has_placeholder() {
            tracing::warn!(
                "oauth2.encryption_key is \"changeme\": ANYBODY CAN FORGE A LOGIN. Fix: make a key with `api generate-key`"
            );
        }
        let https = oauth2.provider.redirect_uri.scheme() == "https";
        Self {
            pending_logins: PendingLogins::new(&keys, oauth2.login_ttl, https),
            refused_logins: RefusedLogins::new(&keys, https),
            application_sessions: ApplicationSessions::new(&keys, api.token_ttl),
            browser_sessions: BrowserSessions::new(&keys, https, api.token_ttl),
            departures: Departures::new(&keys),
            client_secret,
            keys,
        }
    }
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
