use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use accounts::{DatabaseUrl, PoolLimits};
use secrecy::SecretString;
use service::address::Address;
use service::client_address::{ClientHeader, Proxies};
use service::collector::Collector;
use service::settings::{Environment, Input, LogFormat, Noted, Section, Value, keep_alive};

use super::audit::Audit;
use super::keys::Keys;
use super::lifetime::lifetime;
use crate::application::ProtectedOrigins;
use crate::origins::EntryError;

/// The section `api`.
#[derive(Clone, Debug)]
pub struct Api {
    /// Where to listen. Default: 127.0.0.1:8000.
    pub listen: Address,
    /// The database. Default: `sqlite://passerelle.db?mode=rwc`, a file in the working directory.
    pub database_url: DatabaseUrl,
    /// How many connections to it, and how long they may take. Default: see [`PoolLimits`].
    pub database_pool: PoolLimits,
    /// How long an API token lives. Default: 24 hours.
    pub token_ttl: Duration,
    /// How long to go on accepting connections after a stop was asked for. Default: not at all.
    pub drain: Duration,
    /// How long a connection may be idle. Default: 75 seconds.
    pub keep_alive: Duration,
    /// Where to serve metrics; nowhere by default.
    pub metrics_listen: Option<SocketAddr>,
    /// Where both servers send their traces; nowhere by default.
    pub traces: Option<Collector>,
    /// The proxies that may say who the client is, and the header in which they do. Default: none but those on this machine,
    /// in `X-Forwarded-For`.
    pub proxies: Proxies,
    /// Development, the default, or production.
    pub environment: Environment,
    /// How logs are written. Default: lines for people in development, JSON in production.
    pub log_format: LogFormat,
    /// Whether `/openapi.json` and `/docs` describe the api. Default: they do.
    pub docs: bool,
    /// The origins of the applications that a session cookie opens. Read again at SIGHUP.
    pub protected_origins: ProtectedOrigins,
    /// The group `api.keys`.
    pub keys: Keys,
    /// The group `api.audit`.
    pub audit: Audit,
}

/// The port to listen on, on this machine alone, when the file names none.
pub const DEFAULT_PORT: u16 = 8000;
const DEFAULT_DATABASE: &str = "sqlite://passerelle.db?mode=rwc";
/// Connecting and asking may each take the time limit, and an answer of the api thirty seconds.
const DATABASE_TIMEOUT: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(12);
/// More connections than any database of this program has a use for.
const LARGEST_POOL: u32 = 1_000;
const DEFAULT_TOKEN_TTL: Duration = Duration::from_secs(24 * 3_600);

impl Api {
    pub(super) fn read(mut section: Section<'_>) -> Result<Self, Noted> {
        let environment = section.or("environment", Environment::Development);
        let listen = section.or("listen", Address::local(DEFAULT_PORT));
        let database_url = database_url(&mut section);
        let database_pool = pool_limits(&mut section);
        let fix = "give how long an API token lives, such as 24h";
        let token_ttl = lifetime(&mut section, "token_ttl", DEFAULT_TOKEN_TTL, fix);
        let drain = section.or("drain", Duration::ZERO);
        let keep_alive = keep_alive(&mut section);
        let metrics_listen = section.optional("metrics_listen");
        let traces = section.or("traces", None);
        let trusted = section.or("trusted_proxies", Vec::new());
        let header = section.or("client_address", ClientHeader::default());
        let log_format = section.optional("log_format");
        let docs = section.or("docs", true);
        let protected_origins = section.or("protected_origins", ProtectedOrigins::default());
        let keys = Keys::read(section.group("keys"));
        let audit = Audit::read(section.group("audit"));
        section.finish();
        let environment = environment?;
        Ok(Self {
            listen: listen?,
            database_url: database_url?,
            database_pool: database_pool?,
            token_ttl: token_ttl?,
            drain: drain?,
            keep_alive: keep_alive?,
            metrics_listen: metrics_listen?,
            traces: traces?,
            proxies: Proxies { trusted: trusted?, header: header? },
            environment,
            log_format: log_format?.unwrap_or(LogFormat::of(environment)),
            docs: docs?,
            protected_origins: protected_origins?,
            keys: keys?,
            audit: audit?,
        })
    }
}

fn database_url(section: &mut Section<'_>) -> Result<DatabaseUrl, Noted> {
    const KEY: &str = "database_url";
    let url = section.or::<SecretString>(KEY, DEFAULT_DATABASE.into())?;
    DatabaseUrl::parse(&url).map_err(|error| {
        let fix = "write sqlite://FILE?mode=rwc or postgres://USER:PASSWORD@HOST/NAME";
        section.problem(KEY, error.to_string(), fix)
    })
}

/// `database_pool` and `database_timeout`.
fn pool_limits(section: &mut Section<'_>) -> Result<PoolLimits, Noted> {
    let default = PoolLimits::default();
    let connections = section.optional::<u64>("database_pool");
    let connections = section.check(
        "database_pool",
        connections,
        |connections| connections.is_none_or(|number| (1..=u64::from(LARGEST_POOL)).contains(&number)),
        "is out of range",
        &format!("give how many connections this process may have, 1 to {LARGEST_POOL}"),
    );
    let timeout = section.or("database_timeout", default.timeout);
    let timeout = section.check(
        "database_timeout",
        timeout,
        |timeout| DATABASE_TIMEOUT.contains(timeout),
        "is out of range",
        "give 1s to 12s",
    );
    let connections = connections?.map(|number| number.try_into().unwrap_or(LARGEST_POOL));
    Ok(PoolLimits { connections, timeout: timeout? })
}

impl Value for ProtectedOrigins {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        const FIX: &str = "write it as https://app.example.gouv.fr; http is for localhost, in development";
        let entries = input.strings()?;
        let origins = Self::parse(&entries).map_err(|(index, error)| {
            let problem = match error {
                EntryError::Malformed => "is not the full origin of an application".to_owned(),
                error => error.to_string(),
            };
            input.refuse_item(index, problem, FIX)
        })?;
        let plain = origins.iter().position(|origin| !origin.is_https());
        match plain.filter(|_| input.environment().is_production()) {
            Some(index) => Err(input.refuse_item(index, "is plain http in production", FIX)),
            None => Ok(origins),
        }
    }
}
