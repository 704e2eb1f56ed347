//! The application as a whole: its parts put together, its routes as one table.

use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::IntoResponse as _;
use service::reload::{Current, Hangups};
use service::settings::Values;
use tokio::net::TcpListener;
use tower_cookies::CookieManagerLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

use crate::accounts::{Accounts, StoreError};
use crate::config::Config;
use crate::http::limits::{Limits, limit_logins};
use crate::http::problem::Problem;
use crate::http::request;
use crate::metrics::Metrics;
use crate::oidc::{CachePolicy, Provider};
use crate::routes;
use crate::state::{AppState, Clock, Inner, Secrets, system_clock};

/// The largest body that a client may send, in bytes. An ID token is a few thousand.
const LARGEST_BODY: usize = 64 * 1024;
/// How long a client may pause while it sends a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);
/// The most time an answer may take. The provider has twenty-five seconds of it.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(45);
/// How long the database may take to close its connections.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// How often expired tokens are removed.
const PRUNE_INTERVAL: Duration = Duration::from_secs(3_600);
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
    Store(#[from] StoreError),
    /// The HTTP client cannot be set up.
    #[error(
        "the HTTP client cannot be set up; are the system's certificates there (package ca-certificates)?"
    )]
    HttpClient(#[from] reqwest::Error),
    /// The address cannot be listened on, or signals cannot be received.
    #[error(
        "cannot listen on {0} ({1}). Fix: choose another address in the section api, or stop what uses it"
    )]
    Listen(std::net::SocketAddr, #[source] std::io::Error),
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
        let Config { oauth2, secrets, api, restart_url, values } = config;
        let accounts = Accounts::open(&api.database_url, api.database_pool).await?;
        let default_role_id = accounts.ensure_role(&oauth2.default_role, clock()).await?;
        let state = AppState::new(Inner {
            provider: Provider::new(oauth2.clone(), policy)?,
            secrets: Current::new(Secrets::new(secrets, &oauth2)),
            oauth2,
            api,
            restart_url,
            accounts,
            limits: Limits::default(),
            metrics: Metrics::default(),
            default_role_id,
            clock,
        });
        Ok(Self { state, values })
    }

    /// What answers requests.
    pub fn router(&self) -> Router {
        let logins = Router::new()
            .merge(routes::login::router())
            .merge(routes::callback::router())
            .merge(routes::logout::router())
            .route_layer(middleware::from_fn_with_state(self.state.clone(), limit_logins));
        Router::new()
            .merge(logins)
            .merge(routes::me::router())
            .merge(routes::health::router())
            .fallback(|| async { Problem::not_found() })
            .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
            .layer(CookieManagerLayer::new())
            .layer(CatchPanicLayer::custom(|_| Problem::internal().into_response()))
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
            .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, ANSWER_TIMEOUT))
            .layer(middleware::from_fn(request::follow))
            .with_state(self.state.clone())
    }

    /// Serves until a signal asks to stop. At SIGHUP the secrets are read again from the file.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn serve(self, file: PathBuf) -> Result<(), StartError> {
        let address = self.state.api.listen;
        let listener =
            TcpListener::bind(address).await.map_err(|error| StartError::Listen(address, error))?;
        if let Some(address) = self.state.api.metrics_listen {
            let listener =
                TcpListener::bind(address).await.map_err(|error| StartError::Listen(address, error))?;
            tracing::info!(%address, "serving /metrics");
            let router = self.state.metrics.router();
            tokio::spawn(service::server::serve_until(listener, router, std::future::pending()));
        }
        let hangups = Hangups::new().map_err(StartError::Serve)?;
        let reloading = tokio::spawn(hangups.follow(file, self.values.clone(), {
            let state = self.state.clone();
            move |config: Config| state.secrets.set(Secrets::new(config.secrets, &state.oauth2))
        }));
        let pruning = tokio::spawn(prune_regularly(self.state.clone()));
        let forgetting = tokio::spawn(forget_regularly(self.state.clone()));
        let drain = self.state.api.drain;
        service::server::serve(listener, self.router(), drain).await.map_err(StartError::Serve)?;
        reloading.abort();
        pruning.abort();
        forgetting.abort();
        // A database that is away would not say goodbye.
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, self.state.accounts.close()).await;
        Ok(())
    }
}

async fn prune_regularly(state: AppState) {
    let mut interval = tokio::time::interval(PRUNE_INTERVAL);
    loop {
        interval.tick().await;
        match state.accounts.prune_tokens(state.now()).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "expired tokens were removed"),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "expired tokens could not be removed"
                );
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
