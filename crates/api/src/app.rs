//! The application as a whole: its parts put together, and served until a signal asks to stop.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use accounts::{Database, LoginPolicy};
use axum::Router;
use oidc::{CachePolicy, Provider};
use service::address::{Address, ListenError};
use service::client::{self, Client};
use service::clock;
use service::listener::Listener;
use service::reload::{Current, Hangups};
use service::server;
use service::settings::Values;
use token_crypto::UnixTime;

use crate::application::ApplicationLogins;
use crate::config::Config;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::router::router;
use crate::scrape;
use crate::shared_logins::SharedLogins;
use crate::state::{AppState, Clock, Inner, Secrets, system_clock};
use crate::uses::Uses;

/// Far more than any answer of a provider holds, in bytes.
const LARGEST_ANSWER: usize = 512 * 1024;
/// How long the database may take to close its connections.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// How often expired tokens are removed.
const PRUNE_INTERVAL: Duration = Duration::from_secs(3_600);
/// How often it is recorded which sessions and keys have expired.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(60);
/// How often the file of the database is looked at.
const FOLLOW_INTERVAL: Duration = Duration::from_secs(3);
/// How often clients that have been quiet are forgotten.
const FORGET_INTERVAL: Duration = Duration::from_secs(60);

/// The api, ready to serve.
pub struct App {
    state: AppState,
    values: Values,
}

/// Why the api cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] accounts::Error),
    /// The HTTP client cannot be set up.
    #[error(transparent)]
    HttpClient(#[from] client::SetUpError),
    /// The clock of this machine is not set.
    #[error(transparent)]
    Clock(#[from] clock::NotSet),
    /// The address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The server ended.
    #[error("the server ended")]
    Serve(#[source] std::io::Error),
}

impl App {
    /// Opens the database and prepares everything; the provider is not contacted yet.
    ///
    /// # Errors
    /// When the database or the HTTP client cannot be used.
    pub async fn new(config: Config) -> Result<Self, StartError> {
        Self::with(config, CachePolicy::default(), system_clock).await
    }

    /// The same, with another memory of the provider and another clock.
    ///
    /// # Errors
    /// As [`App::new`].
    pub async fn with(config: Config, policy: CachePolicy, clock: Clock) -> Result<Self, StartError> {
        let Config { oauth2, secrets, api, restart_url, presentation, values } = config;
        let database = Database::open(&api.database_url, api.database_pool).await?;
        let login_policy = LoginPolicy {
            role_id: database.ensure_role(&oauth2.default_role, clock()).await?,
            link_by_email: oauth2.link_by_email,
            token_ttl: api.token_ttl,
            only_prepared: false,
        };
        if database.note_rules(&oauth2.access.noted(), clock()).await? {
            tracing::info!("the rules of oauth2.access differ from those of the last start");
        }
        let client = client()?;
        let state = AppState::new(Inner {
            provider: Provider::new(oauth2.provider.clone(), client, policy),
            secrets: Current::new(Secrets::new(secrets, &oauth2, &api)),
            protected: Current::new(api.protected_origins.clone()),
            application_logins: ApplicationLogins::new(oauth2.login_ttl.saturating_add(oauth2.envelope_ttl)),
            oauth2,
            api,
            restart_url,
            presentation,
            uses: Uses::of(database.clone()),
            database,
            shared_logins: SharedLogins::default(),
            limits: Limits::default(),
            metrics: Metrics::default(),
            login_policy,
            clock,
        });
        Ok(Self { state, values })
    }

    /// What answers requests.
    pub fn router(&self) -> Router {
        router(self.state.clone())
    }

    /// What answers `GET /metrics`, for a listener of its own.
    pub fn metrics(&self) -> Router {
        scrape::router(self.state.clone())
    }

    /// Serves until a signal asks to stop. At SIGHUP the secrets and the protected origins are read again from the
    /// file.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn serve(self, file: PathBuf) -> Result<(), StartError> {
        let listener = Listener::open(&self.state.api.listen).await?;
        if let Some(address) = self.state.api.metrics_listen {
            let metrics = Listener::bind(&Address::Tcp(address)).await?;
            tracing::info!(%address, "serving /metrics");
            let router = self.metrics();
            tokio::spawn(server::serve_until(metrics, router, std::future::pending()));
        }
        let hangups = Hangups::new().map_err(StartError::Serve)?;
        let reloading = tokio::spawn(hangups.follow(file, self.values.clone(), {
            let state = self.state.clone();
            move |config: Config| {
                state.secrets.set(Secrets::new(config.secrets, &state.oauth2, &state.api));
                state.protected.set(config.api.protected_origins);
            }
        }));
        let tending = tokio::spawn(tend_tokens(self.state.clone()));
        let following = tokio::spawn(follow_file(self.state.clone()));
        let forgetting = tokio::spawn(forget_regularly(self.state.clone()));
        let options = server::Options { drain: self.state.api.drain, keep_alive: self.state.api.keep_alive };
        server::serve(listener, self.router(), options).await.map_err(StartError::Serve)?;
        reloading.abort();
        tending.abort();
        forgetting.abort();
        following.abort();
        // A database that is unreachable would never answer.
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, self.state.database.close()).await;
        Ok(())
    }
}

/// What calls the provider.
///
/// # Errors
/// When TLS cannot be set up.
pub fn client() -> Result<Client, client::SetUpError> {
    Client::new(client::Options {
        user_agent: concat!("passerelle/", env!("CARGO_PKG_VERSION")),
        largest_answer: LARGEST_ANSWER,
        uses_proxy: true,
        // Whom the provider answers is its own affair.
        trace_parent: None,
    })
}

/// Records what has expired, at once and every minute, and removes what is no longer needed, at once and every hour.
async fn tend_tokens(state: AppState) {
    let mut interval = tokio::time::interval(EXPIRY_INTERVAL);
    let mut since = UnixTime(0);
    let mut pruned: Option<Instant> = None;
    loop {
        interval.tick().await;
        let now = state.now();
        let is_due = pruned.is_none_or(|at| at.elapsed() >= PRUNE_INTERVAL);
        // What is removed has its expiry recorded before, also when the clock went back and forth in between.
        let from = if is_due { UnixTime(0) } else { since };
        if let Err(error) = state.database.record_expiries(from, now).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "sessions and keys that have expired were not recorded");
            continue;
        }
        since = now;
        if is_due {
            prune(&state, now).await;
            pruned = Some(Instant::now());
        }
    }
}

async fn prune(state: &AppState, now: UnixTime) {
    let audit = &state.api.audit;
    if let Err(error) = state.database.prune_record(audit.keep, audit.keep_addresses, now).await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "old events could not be removed");
    }
    match state.database.prune_tokens(state.api.keys.keep_ended, now).await {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "tokens that have ended were removed"),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "expired tokens could not be removed");
        }
    }
    if let Err(error) = state.database.forget_addresses(now).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "old addresses could not be forgotten");
    }
}

/// Notices when the file of the database is replaced while the api runs.
async fn follow_file(state: AppState) {
    let mut interval = tokio::time::interval(FOLLOW_INTERVAL);
    let mut is_told = false;
    loop {
        interval.tick().await;
        match state.database.follow_file().await {
            Ok(false) => is_told = false,
            Ok(true) => {
                is_told = false;
                tracing::warn!("the database's file was replaced: the new one is open now");
            }
            Err(error) => {
                if !is_told {
                    let fix = "put the database back; copy it with `sqlite3 FILE .backup` or stop the api first, never the file alone";
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        fix,
                        "the database's file was moved or replaced"
                    );
                }
                is_told = true;
            }
        }
    }
}

async fn forget_regularly(state: AppState) {
    let mut interval = tokio::time::interval(FORGET_INTERVAL);
    loop {
        interval.tick().await;
        state.limits.forget_the_quiet();
    }
}
