//! The server: axum around the pages.

mod account;
mod api;
pub mod cli;
pub mod config;
mod cookies;
mod flash;
#[cfg(test)]
mod fuzz;
mod headers;
mod health;
mod home;
mod landing;
mod language;
mod login;
mod logo;
mod logout;
mod logout_state;
mod page;
mod paris;
mod pending_login;
mod request_log;
mod return_path;
mod same_origin;
mod session;
pub mod site;
mod state;

use std::future::ready;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::handler::Handler as _;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{get, post};
use service::reload::Hangups;
use service::server;
use service::settings::Values;
use tokio::net::TcpListener;
use tower_cookies::CookieManagerLayer;
use tower_http::services::ServeDir;

use crate::pages::refusal::Refusal;
use crate::text::Lang;
use config::Config;
pub use logo::LogoError;
use site::{Site, SiteError};
pub use state::Clock;
use state::{AppState, Secrets, Shared};

/// The playground, ready to serve.
pub struct App {
    router: Router,
    state: Shared,
    drain: Duration,
    values: Values,
}

/// Why the playground cannot start. Each text ends with what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The built site is not complete.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The operator's logo cannot be shown.
    #[error(transparent)]
    Logo(#[from] LogoError),
    /// There is no client for the api.
    #[error("no HTTPS client could be made ({0}). Fix: install the system's CA certificates")]
    Client(#[from] reqwest::Error),
}

impl App {
    /// Checks that everything a page needs is there.
    ///
    /// # Errors
    /// When a file of the site is missing.
    pub fn new(config: Config) -> Result<Self, StartError> {
        Self::with_clock(config, state::system_clock())
    }

    /// As [`App::new`], with a clock of one's own.
    ///
    /// # Errors
    /// As [`App::new`].
    pub fn with_clock(config: Config, clock: Clock) -> Result<Self, StartError> {
        // leptos waits for its executor before the first byte; another App may have set it already.
        let _ = any_spawner::Executor::init_tokio();
        let site = Site::find(config.site_root.as_deref())?;
        let (drain, values) = (config.drain, config.values.clone());
        let state = Arc::new(AppState::new(config, &site, clock)?);
        Ok(Self { router: router(&site, state.clone()), state, drain, values })
    }

    /// Serves until SIGTERM or SIGINT, and ends as [`server::serve`] does. At SIGHUP the keys are read again
    /// from the file.
    ///
    /// # Errors
    /// When signals cannot be listened to.
    pub async fn serve(self, listener: TcpListener, file: PathBuf) -> io::Result<()> {
        let state = self.state;
        tokio::spawn(Hangups::new()?.follow(file, self.values, move |config: Config| {
            state.secrets.set(Secrets::new(state.jar, config.keys));
        }));
        server::serve(listener, self.router, self.drain).await
    }

    /// Serves until `stop`, then lets the requests under way end.
    pub async fn serve_until(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        server::serve_until(listener, self.router, stop).await;
    }
}

fn router(site: &Site, state: Shared) -> Router {
    Router::new()
        .route("/", get(home::show))
        .route("/login", get(login::begin))
        .route("/logout", post(logout::leave))
        .route(logout::RETURN, get(logout::left))
        .route(logo::PATH, get(logo::show))
        .merge(health::router())
        .nest_service("/pkg", files(site, &state))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(state.clone(), same_origin::check))
        .layer(CookieManagerLayer::new())
        .layer(from_fn_with_state(state.clone(), headers::add))
        .layer(from_fn(request_log::write))
        .with_state(state)
}

/// The built files. Those with a hash in their name never change.
fn files(site: &Site, state: &Shared) -> Router {
    let keep = HeaderValue::from_static(if site.hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    });
    let files = ServeDir::new(site.root.join("pkg"))
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .fallback(not_found.with_state(state.clone()));
    let keep = move |mut response: Response| {
        if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
            response.headers_mut().insert(CACHE_CONTROL, keep.clone());
        }
        ready(response)
    };
    Router::new().fallback_service(files).layer(map_response(keep))
}

async fn not_found(State(state): State<Shared>, lang: Lang) -> Response {
    state.refuse(lang, Refusal::NotFound).await
}

async fn method_not_allowed(State(state): State<Shared>, lang: Lang) -> Response {
    state.refuse(lang, Refusal::MethodNotAllowed).await
}
