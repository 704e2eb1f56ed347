//! The operator's commands, beside a running api: what they print, their exit codes, and that they take effect at once.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde_json::Value;
use test_programs::{Postgres, Serving, free_address};

use crate::support::api::yaml;
use crate::support::folder::Folder;
use crate::support::program::{program, run};
use crate::support::{Browser, Extra, ORIGIN, Provider, Session, clock};

/// A running api, and the commands beside it.
struct Service {
    provider: Provider,
    folder: Folder,
    serving: Serving,
    /// Kept while the api runs.
    _postgres: Option<Arc<Postgres>>,
}

impl Service {
    fn start(postgres: Option<Arc<Postgres>>) -> Self {
        let provider = Provider::start();
        clock::follow_machine();
        let folder = Folder::new();
        let port = free_address().port();
        let extra = Extra { api: "listen: HERE", oauth2: "link_by_email: true", ..Extra::default() };
        let yaml = yaml(provider.issuer(), &format!("http://127.0.0.1:{port}"), &folder, extra);
        let yaml = yaml.replace("HERE", &format!("127.0.0.1:{port}"));
        let sqlite = format!("sqlite://{}?mode=rwc", folder.join("test.db").display());
        let url = postgres.as_ref().map_or(sqlite.clone(), |server| server.new_database());
        folder.write("config.yml", &yaml.replace(&sqlite, &url));
        let serving = Serving::start(&mut program(folder.path()));
        Self { provider, folder, serving, _postgres: postgres }
    }

    /// One service on each available database.
    fn on_each_database() -> Vec<Self> {
        let postgres = Postgres::shared().map(|server| Self::start(Some(server)));
        [Some(Self::start(None)), postgres].into_iter().flatten().collect()
    }

    fn browser(&self) -> Browser {
        Browser::at(self.serving.base())
    }

    fn command(&self, arguments: &[&str]) -> (i32, String, String) {
        run(program(self.folder.path()).env_remove("SUDO_USER").args(arguments))
    }

    /// Runs a command that must succeed; returns what it prints.
    fn done(&self, arguments: &[&str]) -> String {
        let (code, stdout, stderr) = self.command(arguments);
        assert_eq!((code, stderr.as_str()), (0, ""), "{arguments:?}: {stdout}");
        stdout
    }

    /// Runs a command with `--json`; returns the objects that it prints, one a line.
    fn objects(&self, arguments: &[&str]) -> Vec<Value> {
        self.done(arguments).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Runs a command that must fail with this exit code and explain it in a sentence.
    fn refused(&self, arguments: &[&str], code: i32) -> String {
        let (ended, stdout, stderr) = self.command(arguments);
        assert_eq!((ended, stdout.as_str()), (code, ""), "{arguments:?}: {stderr}");
        assert!(!stderr.is_empty() && !stderr.contains("panicked"), "{arguments:?}: {stderr}");
        stderr
    }

    async fn me(&self, session: &Session) -> u16 {
        self.browser().get_with("/v1/me", &[("authorization", &session.bearer())]).await.status
    }
}

const CAMILLE: &str = "camille.martin@example.gouv.fr";

#[tokio::test]
async fn an_account_is_found_disabled_enabled_and_logged_out_while_the_api_runs() {
    for service in Service::on_each_database() {
        let session = service.browser().log_in().await;
        let listed = service.objects(&["users", "list", "--json"]);
        assert_eq!((listed.len(), &listed[0]["email"]), (1, &CAMILLE.into()), "{listed:?}");
        assert_eq!((&listed[0]["sessions"], &listed[0]["disabled"]), (&1.into(), &false.into()));
        let id = listed[0]["id"].to_string();
        for who in [id.as_str(), CAMILLE, "Camille.Martin@Example.gouv.fr"] {
            assert_eq!(service.objects(&["users", "show", who, "--json"]), listed, "{who}");
        }
        assert!(service.done(&["users", "list"]).contains(CAMILLE));

        let said = service.done(&["users", "disable", CAMILLE]);
        assert!(said.contains("is disabled; 1 sessions and 0 keys have ended"), "{said}");
        assert_eq!(service.me(&session).await, 401);
        let reply = service.browser().try_to_log_in().await;
        assert_eq!(reply.location(), format!("{ORIGIN}/?login_error=account_disabled"));
        assert!(service.done(&["users", "disable", &id]).contains("was disabled before"));
        service.done(&["users", "enable", CAMILLE]);
        assert_eq!(service.me(&session).await, 401, "what has ended stays so");

        let [one, other] = [service.browser().log_in().await, service.browser().log_in().await];
        let said = service.done(&["users", "log-out", &id, "--keys"]);
        assert!(said.contains("2 sessions and 0 keys"), "{said}");
        assert_eq!((service.me(&one).await, service.me(&other).await), (401, 401));
    }
}

#[tokio::test]
async fn a_role_is_made_given_and_deleted() {
    for service in Service::on_each_database() {
        let session = service.browser().log_in().await;
        service.done(&["roles", "create", "Premium", "--permission", "chat", "--permission", "search"]);
        assert!(service.refused(&["roles", "create", "Premium"], 1).contains("already"));
        service.done(&["users", "set-role", CAMILLE, "Premium"]);
        let bearer = session.bearer();
        let me =
            || async { service.browser().get_with("/v1/me", &[("authorization", &bearer)]).await.json() };
        let now = me().await;
        assert_eq!((&now["role"], &now["permissions"]), (&"Premium".into(), &vec!["chat", "search"].into()));
        service.done(&["roles", "set", "Premium", "--permission", "chat"]);
        assert_eq!(me().await["permissions"], Value::from(vec!["chat"]));
        assert!(service.refused(&["roles", "delete", "Premium"], 1).contains("1 accounts have this role"));
        service.done(&["users", "set-role", CAMILLE, "Freemium"]);
        service.done(&["roles", "delete", "Premium"]);
        let roles = service.objects(&["roles", "list", "--json"]);
        assert_eq!(roles.iter().map(|role| role["name"].as_str().unwrap()).collect::<Vec<_>>(), ["Freemium"]);
        for (arguments, code) in [
            (&["users", "set-role", CAMILLE, "Nobody"][..], 3),
            (&["roles", "delete", "Nobody"], 3),
            (&["roles", "set", "Nobody"], 3),
            (&["roles", "create", "x", "--permission", "a b"], 2),
            (&["roles", "create", "x", "--permission", "a,b"], 2),
            (&["roles", "create", ""], 2),
        ] {
            service.refused(arguments, code);
        }
    }
}

#[tokio::test]
async fn an_account_that_was_prepared_is_taken_over_with_its_role() {
    for service in Service::on_each_database() {
        service.done(&["roles", "create", "Premium"]);
        let said = service.done(&["users", "prepare", "Camille.Martin@example.gouv.fr", "--role", "Premium"]);
        assert!(said.contains("is prepared") && said.contains("Premium"), "{said}");
        service.refused(&["users", "prepare", CAMILLE], 1);
        service.refused(&["users", "prepare", "no address"], 2);
        service.refused(&["users", "prepare", "x@example.fr", "--role", "Nobody"], 3);
        let listed = service.objects(&["users", "list", "--json"]);
        assert_eq!((listed.len(), &listed[0]["prepared"]), (1, &true.into()));
        let session = service.browser().log_in().await;
        let reply = service.browser().get_with("/v1/me", &[("authorization", &session.bearer())]).await;
        assert_eq!((&reply.json()["role"], &reply.json()["id"]), (&"Premium".into(), &listed[0]["id"]));
    }
}

#[tokio::test]
async fn who_is_an_id_or_the_address_of_exactly_one_account() {
    for service in Service::on_each_database() {
        service.browser().log_in().await;
        service.provider.script().sub = "another-person";
        service.browser().log_in().await;
        let said = service.refused(&["users", "show", CAMILLE], 2);
        assert!(said.contains("several accounts") && said.contains("1, 2"), "{said}");
        service.done(&["users", "show", "2"]);
        for who in ["99", "nobody@example.fr"] {
            service.refused(&["users", "show", who], 3);
            service.refused(&["users", "disable", who], 3);
        }
        service.refused(&["users", "show", "camille"], 2);
    }
}

#[tokio::test]
async fn a_session_and_a_leaked_token_are_ended() {
    for service in Service::on_each_database() {
        let [one, other] = [service.browser().log_in().await, service.browser().log_in().await];
        let listed = service.objects(&["sessions", "list", "--user", CAMILLE, "--json"]);
        assert_eq!(listed.len(), 2);
        service.done(&["sessions", "end", &one.token_id.to_string()]);
        assert_eq!((service.me(&one).await, service.me(&other).await), (401, 200));
        assert!(service.done(&["sessions", "end", &one.token_id.to_string()]).contains("had ended before"));
        service.refused(&["sessions", "end", "9999"], 3);
        service.refused(&["keys", "revoke", &other.token_id.to_string()], 3);

        let revoke = |text: &str| {
            let mut command = program(service.folder.path());
            command.args(["keys", "revoke", "--token-stdin"]).stdin(Stdio::piped());
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
            let output = child.wait_with_output().unwrap();
            assert!(!String::from_utf8_lossy(&output.stdout).contains(&other.app_token));
            output.status.code().unwrap()
        };
        assert_eq!(revoke(&format!("{}\n", other.app_token)), 0);
        assert_eq!(service.me(&other).await, 401);
        assert_eq!(revoke("sk-psszzzzzzzzzzzzzzzzzzzzzzzzzzzzzz0SdsOl"), 3);
        assert_eq!(revoke("what is no token"), 2);
        assert_eq!(revoke(""), 2);
        service.refused(&["keys", "revoke"], 2);
    }
}

#[tokio::test]
async fn the_record_says_who_did_what() {
    for service in Service::on_each_database() {
        let session = service.browser().log_in().await;
        service.done(&["sessions", "end", &session.token_id.to_string()]);
        service.done(&["users", "disable", CAMILLE]);
        service.browser().try_to_log_in().await;
        let events = service.objects(&["audit", "--json"]);
        let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
        assert_eq!(
            names,
            ["user.created", "login.success", "session.ended", "user.disabled", "login.refused"]
        );
        let ended = &events[2];
        assert_eq!((&ended["actor_kind"], &ended["reason"]), (&"operator".into(), &"operator".into()));
        assert!(ended["actor"].as_str().is_some_and(|name| !name.is_empty()), "{ended}");
        assert!(ended["at"].as_str().unwrap().ends_with('Z'), "{ended}");
        assert!(!events.iter().any(|event| event.to_string().contains('@')), "{events:?}");
        let only = |arguments: &[&str]| {
            let all = [&["audit", "--json"][..], arguments].concat();
            service.objects(&all).len()
        };
        assert_eq!(only(&["--event", "user.disabled"]), 1);
        assert_eq!(only(&["--user", CAMILLE]), 4);
        assert_eq!(only(&["--since", "1h"]), 5);
        assert_eq!(only(&["--client", "192.0.2.0/24"]), 0);
        let table = service.done(&["audit"]);
        assert!(table.starts_with("id  at ") && table.lines().count() == 6, "{table}");
        for arguments in [&["--since", "soon"][..], &["--client", "here"], &["--user", "nobody"]] {
            service.refused(&[&["audit"][..], arguments].concat(), 2);
        }
    }
}

#[tokio::test]
async fn a_backup_is_whole_private_and_overwrites_nothing() {
    let service = Service::start(None);
    let session = service.browser().log_in().await;
    let copy = service.folder.join("copy.db");
    service.done(&["backup", copy.to_str().unwrap()]);
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    let before = std::fs::read(&copy).unwrap();
    service.refused(&["backup", copy.to_str().unwrap()], 1);
    assert_eq!(std::fs::read(&copy).unwrap(), before);
    service.refused(&["backup", "/nowhere/copy.db"], 1);
    let check = Command::new("sqlite3")
        .arg(&copy)
        .arg("PRAGMA integrity_check; SELECT count(*) FROM tokens")
        .output();
    assert_eq!(String::from_utf8(check.unwrap().stdout).unwrap(), "ok\n1\n");
    assert_eq!(service.me(&session).await, 200);
    if let Some(server) = Postgres::shared() {
        let service = Service::start(Some(server));
        assert!(service.refused(&["backup", "copy.db"], 2).contains("pg_dump"));
        assert!(!service.folder.join("copy.db").exists());
    }
}
