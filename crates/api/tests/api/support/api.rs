//! A running api with a database in a temporary folder.

use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use accounts::Circumstances;
use api::app::App;
use api::config::Config;
use oidc::CachePolicy;
use service::settings::Document;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use token_crypto::KeyRing;
use tokio::net::TcpListener;

use super::clock;
use super::folder::Folder;
use super::log;
use super::program::program;
use super::provider::{CLIENT_ID, CLIENT_SECRET, Provider};

/// The origin that gets the envelopes of the tests.
pub(crate) const ORIGIN: &str = "https://app.gouv.fr";
pub(crate) const ENVELOPE_TTL: Duration = Duration::from_secs(300);
pub(crate) const KEY: &str = "VGhpcyBpcyBhIGtleSBmb3IgdGVzdHMgb25seSEhISE=";
pub(crate) const OTHER_KEY: &str = "QW5kIHRoaXMgb25lIGlzIGFub3RoZXIga2V5LCB0b28=";

pub(crate) fn keys() -> KeyRing {
    KeyRing::parse([KEY.into()]).unwrap()
}

/// The circumstances of a login of which nothing else is known.
pub(crate) fn circumstances() -> Circumstances {
    Circumstances {
        id_token: "an ID token".into(),
        browser: None,
        system: None,
        address: None,
        application: None,
    }
}

/// The cache policy of most tests: failures are forgotten at once.
pub(crate) const FORGETFUL: CachePolicy = CachePolicy {
    refresh_after: Duration::from_secs(3_600),
    retry_discovery_after: Duration::ZERO,
    refetch_keys_after: Duration::ZERO,
};

pub(crate) struct Api {
    pub(crate) base: String,
    /// Where its metrics are.
    pub(crate) metrics: String,
    pub(crate) provider: Provider,
    pub(crate) folder: Folder,
}

/// Additions to the configuration that every test uses.
#[derive(Clone, Copy, Default)]
pub(crate) struct Extra {
    /// Lines of the section `oauth2`; a key given here replaces the usual one.
    pub(crate) oauth2: &'static str,
    /// Lines of the section `api`.
    pub(crate) api: &'static str,
    /// The whole section `playground`.
    pub(crate) playground: &'static str,
}

impl Api {
    pub(crate) async fn start() -> Self {
        Self::configured("").await
    }

    /// Starts an api with these additional lines in the section `oauth2`.
    pub(crate) async fn configured(oauth2: &'static str) -> Self {
        Self::with(Provider::start(), Extra { oauth2, ..Extra::default() }, CachePolicy::default()).await
    }

    pub(crate) async fn with(provider: Provider, extra: Extra, policy: CachePolicy) -> Self {
        let folder = Folder::new();
        let (base, metrics) = serve(&provider, &folder, extra, policy).await;
        Self { base, metrics, provider, folder }
    }

    /// Starts another process on the same database.
    pub(crate) async fn replica(&self, extra: Extra) -> String {
        serve(&self.provider, &self.folder, extra, CachePolicy::default()).await.0
    }

    /// The program, to be run as an operator does, beside the api that started last.
    pub(crate) fn program(&self) -> Command {
        program(self.folder.path())
    }

    pub(crate) async fn database(&self) -> SqliteConnection {
        SqliteConnection::connect(&format!("sqlite://{}", self.folder.join("test.db").display()))
            .await
            .unwrap()
    }

    /// The number of rows of a table.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        let sql = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        sqlx::query_scalar(sql).fetch_one(&mut self.database().await).await.unwrap()
    }

    pub(crate) async fn execute(&self, sql: &str) {
        sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut self.database().await).await.unwrap();
    }

    /// The single string that a query returns.
    pub(crate) async fn text(&self, sql: &str) -> String {
        let sql = AssertSqlSafe(sql.to_owned());
        sqlx::query_scalar(sql).fetch_one(&mut self.database().await).await.unwrap()
    }
}

/// A folder with a valid configuration that listens there.
pub(crate) fn listening(listen: &str) -> Folder {
    let folder = Folder::new();
    let extra = Extra { api: "listen: HERE", ..Extra::default() };
    let yaml = yaml("http://127.0.0.1:9/api/v2", "http://127.0.0.1:8000", &folder, extra);
    folder.write("config.yml", &yaml.replace("HERE", listen));
    folder
}

/// The URLs of the api and of its metrics.
async fn serve(provider: &Provider, folder: &Folder, extra: Extra, policy: CachePolicy) -> (String, String) {
    log::init();
    let (listener, base) = listen().await;
    let (metrics_listener, metrics) = listen().await;
    let yaml = yaml(provider.issuer(), &base, folder, extra);
    folder.write("config.yml", &yaml);
    let config = Document::parse("config.yml", &yaml).and_then(Config::from_document).unwrap();
    let app = App::with(config, policy, clock::now).await.unwrap();
    for (listener, router) in [(listener, app.router()), (metrics_listener, app.metrics())] {
        tokio::spawn(service::server::serve_until(listener, router, std::future::pending()));
    }
    (base, metrics)
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    (listener, base)
}

/// A configuration for this provider.
pub(crate) fn yaml(issuer: &str, base: &str, folder: &Folder, extra: Extra) -> String {
    static SCOPE: LazyLock<String> = LazyLock::new(|| {
        format!("scope: \"{}\"", "openid given_name usual_name email siret organization_label roles")
    });
    let usual = [
        format!("client_id: {CLIENT_ID}"),
        format!("client_secret: {CLIENT_SECRET}"),
        format!("server_metadata_url: {issuer}/.well-known/openid-configuration"),
        format!("redirect_uri: {base}/v1/oauth2/callback"),
        SCOPE.clone(),
        "allowed_domains: [localhost, gouv.fr]".to_owned(),
        "default_role: Freemium".to_owned(),
        format!("encryption_key: {KEY}"),
    ];
    let given: Vec<&str> = extra.oauth2.lines().filter_map(|line| line.split(':').next()).collect();
    let usual =
        usual.iter().map(String::as_str).filter(|line| !given.contains(&line.split(':').next().unwrap()));
    let oauth2: Vec<&str> = usual.chain(extra.oauth2.lines()).collect();
    let database = format!("database_url: sqlite://{}?mode=rwc", folder.join("test.db").display());
    let api: Vec<&str> = std::iter::once(database.as_str()).chain(extra.api.lines()).collect();
    format!("oauth2:\n  {}\napi:\n  {}\n{}", oauth2.join("\n  "), api.join("\n  "), extra.playground)
}
