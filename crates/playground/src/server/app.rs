//! The playground as a whole: its parts put together, and served until a signal asks to stop.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use service::listener::Listener;
use service::reload::Hangups;
use service::server;
use service::settings::Values;

use super::assets::Assets;
use super::config::Config;
use super::error::StartError;
use super::router::router;
use super::state::{AppState, Clock, Secrets, Shared, system_clock};

/// The playground, ready to serve.
pub struct App {
    router: Router,
    state: Shared,
    options: server::Options,
    values: Values,
}

impl App {
    /// Checks that everything a page needs is there.
    ///
    /// # Errors
    /// When a file of the site is missing.
    pub fn new(config: Config) -> Result<Self, StartError> {
        Self::with_clock(config, system_clock())
    }

    /// As [`App::new`], with a clock of one's own.
    ///
    /// # Errors
    /// As [`App::new`].
    pub fn with_clock(config: Config, clock: Clock) -> Result<Self, StartError> {
        // leptos waits for its executor before the first byte; another App may have set it already.
        let _ = any_spawner::Executor::init_tokio();
        let assets = Assets::find(config.site_root.as_deref())?;
        let options = server::Options { drain: config.drain, keep_alive: config.keep_alive };
        let values = config.values.clone();
        let state = Arc::new(AppState::new(config, &assets, clock)?);
        Ok(Self { router: router(&assets, state.clone()), state, options, values })
    }

    /// Serves until SIGTERM or SIGINT, and ends as [`server::serve`] does. At SIGHUP the keys are read again
    /// from the file.
    ///
    /// # Errors
    /// When signals cannot be received.
    pub async fn serve(self, listener: impl Into<Listener>, file: PathBuf) -> io::Result<()> {
        let state = self.state;
        tokio::spawn(Hangups::new()?.follow(file, self.values, move |config: Config| {
            state.secrets.set(Secrets::new(state.jar, config.keys));
        }));
        server::serve(listener, self.router, self.options).await
    }

    /// Serves until `stop`, then lets the requests in flight finish.
    pub async fn serve_until(self, listener: impl Into<Listener>, stop: impl Future<Output = ()>) {
        server::serve_until(listener, self.router, stop).await;
    }
}
