//! The api as a program of its own, on either database, with the operator's commands beside it.

use std::process::{Child, Stdio};
use std::sync::Arc;

use serde_json::Value;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use test_programs::{Postgres, Serving, free_address};

use super::api::yaml;
use super::folder::Folder;
use super::program::{program, run};
use super::{Browser, Extra, Provider, Session, clock};

/// Every scope that a rule needs, and no rule.
pub(crate) const OPEN: &str = "scope: openid email siret idp_id roles";

/// A running api, and the commands beside it.
pub(crate) struct Service {
    pub(crate) provider: Provider,
    pub(crate) folder: Folder,
    pub(crate) port: u16,
    pub(crate) url: String,
    pub(crate) serving: Option<Serving>,
    postgres: Option<Arc<Postgres>>,
}

impl Service {
    pub(crate) fn on_each_database() -> Vec<Self> {
        let postgres = Postgres::shared().map(|server| Self::new(Some(server)));
        [Some(Self::new(None)), postgres].into_iter().flatten().collect()
    }

    pub(crate) fn new(postgres: Option<Arc<Postgres>>) -> Self {
        let provider = Provider::start();
        clock::follow_machine();
        let folder = Folder::new();
        let port = free_address().port();
        let sqlite = format!("sqlite://{}?mode=rwc", folder.join("test.db").display());
        let url = postgres.as_ref().map_or(sqlite, |server| server.new_database());
        let mut service = Self { provider, folder, port, url, serving: None, postgres };
        service.start(OPEN);
        service
    }

    /// Starts it anew with these lines of the section `oauth2`.
    pub(crate) fn start(&mut self, oauth2: &str) {
        self.write(oauth2);
        self.restart();
    }

    /// Starts it anew with the configuration that was written.
    pub(crate) fn restart(&mut self) {
        self.serving = None;
        self.serving = Some(Serving::start(&mut program(self.folder.path())));
    }

    /// Starts it anew by another program, which replaces itself by it.
    pub(crate) fn restart_by(&mut self, launcher: &[&str]) {
        self.serving = None;
        let api = program(self.folder.path());
        let mut command = test_programs::program(launcher[0]);
        command.args(&launcher[1..]).arg(api.get_program()).current_dir(self.folder.path());
        self.serving = Some(Serving::start(&mut command));
    }

    pub(crate) fn write(&self, oauth2: &str) {
        self.write_with_api(oauth2, "");
    }

    /// Writes a configuration with these lines of the sections `oauth2` and `api`.
    pub(crate) fn write_with_api(&self, oauth2: &str, api: &str) {
        let oauth2 = if oauth2.contains("scope:") { oauth2.to_owned() } else { format!("{OPEN}\n{oauth2}") };
        let api = format!("listen: HERE\n{api}");
        let extra = Extra { api: api.leak(), oauth2: oauth2.leak(), ..Extra::default() };
        let yaml =
            yaml(self.provider.issuer(), &format!("http://127.0.0.1:{}", self.port), &self.folder, extra);
        let sqlite = format!("sqlite://{}?mode=rwc", self.folder.join("test.db").display());
        let yaml = yaml.replace("HERE", &format!("127.0.0.1:{}", self.port)).replace(&sqlite, &self.url);
        self.folder.write("config.yml", &yaml);
    }

    pub(crate) async fn log_in(&self, sub: &'static str, person: Value) -> Session {
        self.provider.script().sub = sub;
        self.provider.script().person = person;
        Browser::at(self.base()).log_in().await
    }

    pub(crate) fn base(&self) -> &str {
        self.serving.as_ref().unwrap().base()
    }

    pub(crate) async fn key(&self, session: &Session) -> String {
        self.key_named(session, "k").await
    }

    pub(crate) async fn key_named(&self, session: &Session, name: &str) -> String {
        let headers = [("authorization", &*session.bearer()), ("content-type", "application/json")];
        let reply = Browser::at(self.base())
            .send(reqwest::Method::POST, "/v1/keys", &headers, format!(r#"{{"name":"{name}"}}"#))
            .await;
        reply.json()["value"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn status(&self, token: &str) -> u16 {
        let bearer = format!("Bearer {token}");
        Browser::at(self.base()).get_with("/v1/me", &[("authorization", &bearer)]).await.status
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> (i32, String, String) {
        run(program(self.folder.path()).env_remove("SUDO_USER").args(arguments))
    }

    /// Starts a command that ends by itself, or is killed.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = program(self.folder.path());
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }

    pub(crate) fn rows(&self, arguments: &[&str], code: i32) -> Vec<Value> {
        let (ended, stdout, stderr) = self.command(arguments);
        assert_eq!(ended, code, "{arguments:?}: {stdout}{stderr}");
        stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Executes SQL, as an operator by hand.
    pub(crate) async fn execute(&self, sql: &str) {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    }

    /// What the database says when it refuses SQL.
    pub(crate) async fn refuses(&self, sql: &str) -> String {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        let refused = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await;
        refused.unwrap_err().to_string()
    }

    /// The server that was started for this service alone.
    pub(crate) fn postgres_mut(&mut self) -> &mut Postgres {
        Arc::get_mut(self.postgres.as_mut().unwrap()).unwrap()
    }

    pub(crate) fn postgres(&self) -> &Postgres {
        self.postgres.as_ref().unwrap()
    }

    pub(crate) async fn strings(&self, sql: &str) -> Vec<String> {
        let mut connection = self.connection().await;
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await.unwrap()
    }

    pub(crate) async fn connection(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        AnyConnection::connect(&self.url).await.unwrap()
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }
}
