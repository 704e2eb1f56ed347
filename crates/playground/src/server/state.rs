//! What all requests share. Nothing in it is remembered from one request to the next.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use contract::path;
use leptos::config::LeptosOptions;
use service::client_address::Proxies;
use service::cookies::Jar;
use service::reload::Current;
use token_crypto::{KeyRing, UnixTime};

use super::api_client::ApiClient;
use super::assets::{Assets, OUTPUT_NAME};
use super::base::Base;
use super::config::Config;
use super::error::StartError;
use super::example::Example;
use super::logo::{self, Logo};
use super::session::{Flash, Language, LogoutStates, OwnValues, PendingLogins, Sessions, UnfinishedLogouts};
use crate::datum::Datum;
use crate::site::Site;

/// What the names of our cookies begin with.
const PREFIX: &str = "playground_";

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> UnixTime + Send + Sync>;

pub(crate) type Shared = Arc<AppState>;

pub(crate) struct AppState {
    pub(crate) public_url: Base,
    /// Whether browsers are told to come over https for ever. Not on this machine, where it would bind every other
    /// program, too.
    pub(crate) pins_https: bool,
    /// Where browsers begin a login.
    pub(crate) login_url: String,
    /// Where browsers that want to be somebody else go.
    pub(crate) switch_url: String,
    /// Where people and their programs ask the api whose key it is.
    pub(crate) me_url: String,
    /// The request that people may try.
    pub(crate) example: Example,
    /// What SIGHUP replaces. A request takes it once.
    pub(crate) secrets: Current<Secrets>,
    pub(crate) envelope_ttl: Duration,
    pub(crate) require_binding: bool,
    /// The proxies that may say who the visitor is.
    pub(crate) proxies: Proxies,
    pub(crate) jar: Jar,
    pub(crate) flash: Flash,
    pub(crate) pending_logins: PendingLogins,
    pub(crate) api: ApiClient,
    pub(crate) language: Language,
    pub(crate) site: Arc<Site>,
    pub(crate) logo: Option<Logo>,
    /// How `cargo leptos watch` tells the page that a file changed, when it started this server.
    pub(crate) live_reload: Option<LeptosOptions>,
    pub(crate) clock: Clock,
}

/// The keys shared with the api, and what is sealed with keys derived from them.
pub(crate) struct Secrets {
    pub(crate) keys: KeyRing,
    pub(crate) sessions: Sessions,
    pub(crate) logout_states: LogoutStates,
    pub(crate) unfinished_logouts: UnfinishedLogouts,
    pub(crate) own_values: OwnValues,
}

impl Secrets {
    pub(crate) fn new(jar: Jar, keys: KeyRing) -> Self {
        if keys.has_placeholder() {
            tracing::warn!(
                "THE ENCRYPTION KEY IS THE PLACEHOLDER \"changeme\": anybody can forge a login. \
                 Make a key with `api generate-key` before anybody else can reach this server"
            );
        }
        Self {
            sessions: Sessions::new(jar, &keys),
            logout_states: LogoutStates::new(jar, &keys),
            unfinished_logouts: UnfinishedLogouts::new(jar, &keys),
            own_values: OwnValues::new(jar, &keys),
            keys,
        }
    }
}

impl AppState {
    pub(crate) fn new(config: Config, assets: &Assets, clock: Clock) -> Result<Self, StartError> {
        let https = config.public_url.is_https();
        let jar = Jar::new(PREFIX, https);
        let logo = config.proconnect_logo.as_deref().map(Logo::read).transpose()?;
        let site = Site {
            presentation: config.presentation,
            announce: config.announce,
            links: config.links,
            accessibility: config.accessibility,
            data: config.scopes.as_deref().map_or_else(Datum::usual, Datum::of_scopes),
            proconnect_logo: logo.as_ref().map(|_| logo::PATH.into()),
            stylesheet: assets.stylesheet.as_str().into(),
            script: assets.script.as_str().into(),
            wasm: assets.wasm.as_str().into(),
        };
        Ok(Self {
            pins_https: https && !config.public_url.is_loopback(),
            login_url: config.api_public_url.join(path::LOGIN),
            switch_url: config.api_public_url.join(path::SWITCH),
            me_url: config.api_public_url.join(path::ME),
            example: config.example,
            envelope_ttl: config.envelope_ttl,
            require_binding: config.require_binding,

            jar,
            flash: Flash::new(jar),
            pending_logins: PendingLogins::new(jar, config.login_ttl + config.envelope_ttl),
            api: ApiClient::new(&config.api_url, &config.api_public_url, config.proxies.header)?,
            proxies: config.proxies,
            language: Language::new(jar),
            site: Arc::new(site),
            logo,
            live_reload: live_reload(),
            clock,
            public_url: config.public_url,
            secrets: Current::new(Secrets::new(jar, config.keys)),
        })
    }

    pub(crate) fn now(&self) -> UnixTime {
        (self.clock)()
    }
}

/// What `cargo leptos watch` says, when it started this server.
fn live_reload() -> Option<LeptosOptions> {
    std::env::var_os("LEPTOS_WATCH")?;
    let mut options = LeptosOptions::builder().output_name(OUTPUT_NAME).build();
    if let Some(port) = std::env::var("LEPTOS_RELOAD_PORT").ok().and_then(|port| port.parse().ok()) {
        options.reload_port = port;
    }
    Some(options)
}

/// The clock of this machine.
pub(crate) fn system_clock() -> Clock {
    Arc::new(|| SystemTime::now().into())
}
