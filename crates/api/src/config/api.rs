use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

use accounts::{DatabaseUrl, PoolLimits};
use ipnet::IpNet;
use service::settings::{Environment, Section};

/// The section `api`.
#[derive(Clone, Debug)]
pub struct Api {
    /// Where to listen. Default: 127.0.0.1:8000.
    pub listen: SocketAddr,
    /// The database. Default: `sqlite://passerelle.db?mode=rwc`, a file in the working directory.
    pub database_url: DatabaseUrl,
    /// How many connections to it, and how long they may take. Default: see [`PoolLimits`].
    pub database_pool: PoolLimits,
    /// How long an API token lives. Default: 24 hours.
    pub token_ttl: Duration,
    /// How long to go on accepting connections after a stop was asked for. Default: not at all.
    pub drain: Duration,
    /// Where to serve metrics; nowhere by default.
    pub metrics_listen: Option<SocketAddr>,
    /// The proxies whose word about the client's address is taken. Default: none.
    pub trusted_proxies: Vec<IpNet>,
    /// Development, the default, or production.
    pub environment: Environment,
}

const DEFAULT_DATABASE: &str = "sqlite://passerelle.db?mode=rwc";
/// Connecting and asking each may take the time limit, and an answer of the api thirty seconds.
const DATABASE_TIMEOUT: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(12);
/// More connections than any database of this program has a use for.
const LARGEST_POOL: u64 = 1_000;
const DEFAULT_TOKEN_TTL: Duration = Duration::from_secs(24 * 3_600);

impl Api {
    /// Reads the section; when something in it is wrong, at least the environment is known.
    pub(super) fn read(mut section: Section<'_>) -> Result<Self, Environment> {
        let environment = section.environment();
        let listen = section.socket_addr("listen").unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 8000)));
        let database_url = database_url(&mut section);
        let database_pool = pool_limits(&mut section);
        let token_ttl = section.duration("token_ttl", DEFAULT_TOKEN_TTL);
        if token_ttl.is_zero() {
            section.problem("token_ttl", "is zero", "give how long an API token lives, such as 24h");
        }
        let drain = section.duration("drain", Duration::ZERO);
        let metrics_listen = section.socket_addr("metrics_listen");
        let trusted_proxies = trusted_proxies(&mut section);
        section.finish();
        trusted_proxies
            .zip(database_url)
            .map(|(trusted_proxies, database_url)| Self {
                listen,
                database_url,
                database_pool,
                token_ttl,
                drain,
                metrics_listen,
                trusted_proxies,
                environment,
            })
            .ok_or(environment)
    }
}

fn database_url(section: &mut Section<'_>) -> Option<DatabaseUrl> {
    const KEY: &str = "database_url";
    let url = section.secret(KEY).unwrap_or_else(|| DEFAULT_DATABASE.into());
    let parsed = DatabaseUrl::parse(&url);
    if let Err(error) = parsed {
        let fix = "write sqlite://FILE?mode=rwc or postgres://USER:PASSWORD@HOST/NAME";
        section.problem(KEY, error.to_string(), fix);
    }
    parsed.ok()
}

/// `database_pool` and `database_timeout`.
fn pool_limits(section: &mut Section<'_>) -> PoolLimits {
    let default = PoolLimits::default();
    let connections = section.number("database_pool");
    if connections.is_some_and(|number| !(1..=LARGEST_POOL).contains(&number)) {
        let fix = format!("give how many connections this process may have, 1 to {LARGEST_POOL}");
        section.problem("database_pool", "is out of range", fix);
    }
    let timeout = section.duration("database_timeout", default.timeout);
    if !DATABASE_TIMEOUT.contains(&timeout) {
        section.problem("database_timeout", "is out of range", "give 1s to 12s");
    }
    PoolLimits { connections: connections.and_then(|number| number.try_into().ok()), timeout }
}

/// Networks such as `10.0.0.0/8`, or single addresses.
fn trusted_proxies(section: &mut Section<'_>) -> Option<Vec<IpNet>> {
    let texts = section.texts("trusted_proxies").unwrap_or_default();
    let networks = texts.iter().enumerate().map(|(index, text)| {
        let network = text.parse().or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from)).ok();
        if network.is_none() {
            section.problem(
                &format!("trusted_proxies[{index}]"),
                "is not a network",
                "write it as 10.0.0.0/8, fd00::/8 or a single address",
            );
        }
        network
    });
    // All are looked at before any is missed.
    networks.collect::<Vec<_>>().into_iter().collect()
}
