//! `api doctor` finds each kind of trouble, says what to do, changes nothing and prints no secret.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;

use axum::Router;
use axum::routing::get;
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};
use tokio::net::TcpListener;

use crate::support::api::{KEY, OTHER_KEY, keys, yaml};
use crate::support::folder::Folder;
use crate::support::program::{program, run};
use crate::support::provider::CLIENT_SECRET;
use crate::support::twist::Twist;
use crate::support::{Extra, Provider, clock};

const CHECKS: [&str; 20] = [
    "config",
    "file_modes",
    "keys",
    "database",
    "migrations",
    "discovery",
    "issuer",
    "signing_keys",
    "clock",
    "scopes",
    "acr",
    "redirect_uri",
    "access_scopes",
    "mfa",
    "trusted_proxies",
    "playground",
    "hosts",
    "descriptors",
    "audit",
    "legal_links",
];
/// Asks for a second factor, so that nothing is to be looked at.
const MFA: &str = "required_acr: [eidas1-mfa, eidas2]";

/// What one run printed: the exit code, and what each check found.
struct Told {
    code: i32,
    findings: BTreeMap<String, Value>,
    text: String,
}

impl Told {
    fn status(&self, check: &str) -> &str {
        self.findings[check]["status"].as_str().unwrap()
    }

    /// Asserts that a check has this status, says this, and says what to do.
    fn says(&self, check: &str, status: &str, word: &str) {
        let finding = &self.findings[check];
        let found = finding["found"].as_str().unwrap();
        assert!(self.status(check) == status && found.contains(word), "{word}: {finding}");
        assert_eq!(finding["fix"].is_string(), matches!(status, "warn" | "fail"), "{finding}");
    }
}

struct Patient {
    provider: Provider,
    folder: Folder,
}

impl Patient {
    fn new() -> Self {
        clock::follow_machine();
        Self { provider: Provider::start(), folder: Folder::new() }
    }

    fn configure(&self, extra: Extra) {
        self.write(&yaml(self.provider.issuer(), "http://127.0.0.1:8000", &self.folder, extra));
    }

    fn write(&self, yaml: &str) {
        let path = self.folder.write("config.yml", yaml);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    async fn examine(&self, flags: &[&'static str]) -> Told {
        let mut command = program(self.folder.path());
        command.args(["doctor", "--json"]).args(flags);
        let (code, text, errors) = tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap();
        assert_eq!(errors, "");
        for secret in [KEY, OTHER_KEY, CLIENT_SECRET, "p4ssw0rd"] {
            assert!(!text.contains(secret), "{text}");
        }
        let findings: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let mut names: Vec<&str> =
            findings.iter().map(|finding| finding["check"].as_str().unwrap()).collect();
        names.dedup();
        assert_eq!(names, CHECKS, "every check is printed, in order");
        for finding in &findings {
            let members: Vec<&String> = finding.as_object().unwrap().keys().collect();
            assert_eq!(members.len(), 4, "{finding}");
        }
        let by_name = |finding: Value| (finding["check"].as_str().unwrap().to_owned(), finding);
        Told { code, text, findings: findings.into_iter().rev().map(by_name).collect() }
    }

    async fn with(&self, oauth2: &'static str) -> Told {
        self.configure(Extra { oauth2, ..Extra::default() });
        self.examine(&[]).await
    }
}

/// Something that answers `/health/ready`, as a playground with this key does.
async fn playground(key: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let ready = move || async move { json!({ "status": "ready", "key": key }).to_string() };
    let router = Router::new().route("/health/ready", get(ready));
    tokio::spawn(service::server::serve_until(listener, router, std::future::pending()));
    base
}

#[tokio::test]
async fn a_sound_service_has_nothing_to_look_at_and_nothing_is_changed() {
    let patient = Patient::new();
    let key: &'static str = keys().fingerprint().leak();
    assert!(key.len() == 8 && key.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key}");
    let base = playground(key).await;
    let playground = format!(
        "playground:\n  public_url: {base}\n  api_url: http://127.0.0.1:8000\n  oauth2_encryption_key: {KEY}\n"
    );
    patient.configure(Extra { oauth2: MFA, playground: playground.leak(), ..Extra::default() });
    let told = patient.examine(&["--strict"]).await;
    assert_eq!(told.code, 0, "{}", told.text);
    for check in CHECKS {
        assert_eq!(told.status(check), "ok", "{}", told.findings[check]);
    }
    let uris = told.findings["redirect_uri"]["found"].as_str().unwrap();
    assert!(uris.contains("http://127.0.0.1:8000/v1/oauth2/callback"), "{uris}");
    assert!(uris.contains(&format!("{base}/logged-out")), "{uris}");
    assert!(!patient.folder.join("test.db").exists(), "the doctor made a database");
    // For people, the same.
    let mut command = program(patient.folder.path());
    let (code, text, _) = tokio::task::spawn_blocking(move || run(command.arg("doctor"))).await.unwrap();
    assert_eq!((code, text.lines().count()), (0, CHECKS.len()), "{text}");
    assert!(text.starts_with("ok      config: "), "{text}");
}

#[tokio::test]
async fn the_exit_code_is_2_for_a_failure_and_1_for_a_warning_only_when_strict() {
    let patient = Patient::new();
    assert_eq!(patient.with("").await.code, 0, "a second factor is not demanded yet");
    assert_eq!(patient.examine(&["--strict"]).await.code, 1);
    let told = patient.with("client_secret: p4ssw0rd").await;
    assert_eq!(told.code, 2, "{}", told.text);
    let (code, ..) = run(program(patient.folder.path()).args(["doctor", "--unknown"]));
    assert_eq!(code, 2);
}

#[tokio::test]
async fn a_configuration_that_cannot_be_read_fails_and_skips_the_rest() {
    let patient = Patient::new();
    let told = patient.with("client_secret_file: nowhere.txt\nencryption_key: p4ssw0rd").await;
    assert_eq!(told.code, 2);
    told.says("config", "fail", "oauth2.client_secret");
    assert_eq!(told.status("database"), "skipped");
    let told = patient.with("access:\n    identity_providers: [x]").await;
    assert_eq!(told.code, 2);
    told.says("access_scopes", "fail", "idp_id");
}

#[tokio::test]
async fn an_unreadable_secret_is_named() {
    let patient = Patient::new();
    let yaml = yaml(patient.provider.issuer(), "http://127.0.0.1:8000", &patient.folder, Extra::default());
    let line = yaml.lines().find(|line| line.contains("client_secret")).unwrap();
    patient.write(&yaml.replace(line, "  client_secret_file: nowhere.txt"));
    let told = patient.examine(&[]).await;
    assert_eq!(told.code, 2);
    told.says("config", "fail", "oauth2.client_secret_file: names a file that cannot be read");
}

#[tokio::test]
async fn what_the_provider_says_is_compared_with_the_configuration() {
    let patient = Patient::new();
    patient.provider.script().metadata = Twist::with("issuer", "https://other.example");
    let told = patient.with(MFA).await;
    assert_eq!(told.code, 2);
    told.says("issuer", "fail", "https://other.example");
    assert_eq!((told.status("scopes"), told.status("redirect_uri")), ("skipped", "skipped"));
    let found = |told: &Told| told.findings["redirect_uri"]["found"].as_str().unwrap().to_owned();
    assert!(found(&told).contains("/v1/oauth2/callback"));
    assert!(!found(&told).contains("/oauth2/signed-out"));

    patient.provider.script().metadata = Twist::with("scopes_supported", json!(["openid"]));
    let told = patient.with("scope: openid profile").await;
    told.says("scopes", "fail", "profile");
    patient.provider.script().metadata = Twist::with("acr_values_supported", json!(["eidas1"]));
    let told = patient.with("required_acr: [eidas9]").await;
    told.says("acr", "fail", "eidas9");
    told.says("mfa", "warn", "28-02-2027");
    assert!(told.findings["mfa"]["found"].as_str().unwrap().contains("28-02-2028"));
    patient.provider.behave();
    // One algorithm without a key is nothing as long as another one has a key.
    patient.provider.script().metadata =
        Twist::with("id_token_signing_alg_values_supported", json!(["RS256"]));
    assert_eq!(patient.with(MFA).await.status("signing_keys"), "ok");
    let told = patient.with("signing_algorithms: [ES256]").await;
    told.says("signing_keys", "fail", "ES256");
    patient.provider.behave();
    patient.provider.script().jwks = Twist::Instead(200, "application/json", "{}");
    patient.with(MFA).await.says("signing_keys", "fail", "Key Set");
    patient.provider.script().metadata = Twist::Status(503);
    patient.with(MFA).await.says("discovery", "fail", "503");
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_found_by_the_providers_date() {
    let patient = Patient::new();
    assert_eq!(patient.with(MFA).await.status("clock"), "ok");
    patient.provider.script().date = Some("Thu, 01 Jan 1970 00:00:00 GMT");
    let told = patient.with(MFA).await;
    assert_eq!(told.code, 2);
    told.says("clock", "fail", "ahead of the provider");
    patient.provider.script().date = Some("yesterday");
    assert_eq!(patient.with(MFA).await.status("clock"), "skipped");
}

#[tokio::test]
async fn an_address_or_a_client_that_is_not_registered_is_found_and_the_right_ones_are_printed() {
    let patient = Patient::new();
    patient.provider.script().authorization = Twist::Status(400);
    let told = patient.with(MFA).await;
    assert_eq!(told.code, 2);
    told.says("redirect_uri", "fail", "400");
    let fix = told.findings["redirect_uri"]["fix"].as_str().unwrap();
    assert!(fix.contains("http://127.0.0.1:8000/v1/oauth2/callback"), "{fix}");
    patient.provider.behave();
    patient.with("client_secret: p4ssw0rd").await.says("redirect_uri", "fail", "invalid_client");
    patient.provider.script().registered = Some("https://other.gouv.fr/logged-out");
    let playground = "playground:\n  api_url: http://127.0.0.1:8000\n  oauth2_encryption_key: changeme\n";
    patient.configure(Extra { oauth2: "encryption_key: changeme", playground, ..Extra::default() });
    let told = patient.examine(&[]).await;
    told.says("redirect_uri", "fail", "http://localhost:3000/logged-out is not registered");
    told.says("keys", "warn", "changeme");
}

#[tokio::test]
async fn a_playground_with_another_key_or_none_is_found() {
    let patient = Patient::new();
    let with = |base: &str, key: &str| {
        let playground = format!(
            "playground:\n  public_url: {base}\n  api_url: http://127.0.0.1:8000\n  oauth2_encryption_key: {key}\n"
        );
        patient.configure(Extra { oauth2: MFA, playground: playground.leak(), ..Extra::default() });
    };
    let base = playground("0badc0de").await;
    with(&base, KEY);
    let told = patient.examine(&[]).await;
    assert_eq!(told.code, 2);
    told.says("playground", "fail", "0badc0de");
    with(&playground("<script>").await, KEY);
    let told = patient.examine(&[]).await;
    told.says("playground", "warn", "no playground");
    assert!(!told.text.contains("<script>"));
    with("http://localhost:9", KEY);
    patient.examine(&[]).await.says("playground", "warn", "localhost:9");
    with(&base, OTHER_KEY);
    patient.examine(&["--offline"]).await.says("keys", "fail", "no key in common");
    with("https://playground.example.fr", KEY);
    patient.examine(&["--offline"]).await.says("hosts", "fail", "allowed_domains");
}

#[tokio::test]
async fn a_database_that_is_behind_ahead_or_no_database_is_found_and_left_as_it_is() {
    let patient = Patient::new();
    patient.configure(Extra { oauth2: MFA, api: "listen: 127.0.0.1:0", ..Extra::default() });
    let serve = || {
        let mut command = program(patient.folder.path());
        tokio::task::spawn_blocking(move || test_programs::Serving::start(&mut command).stop("TERM"))
    };
    assert_eq!(serve().await.unwrap().0, Some(0));
    assert_eq!(patient.examine(&[]).await.status("migrations"), "ok");
    let url = format!("sqlite://{}", patient.folder.join("test.db").display());
    let later = |name: &str| {
        format!(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             SELECT max(version) + 1, '{name}', TRUE, x'00', 0 FROM _sqlx_migrations"
        )
    };
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    for (change, status, word) in [
        (later("one more table"), "warn", "a later version, 1 migrations ahead"),
        (later("breaking everything"), "fail", "a later version that this one cannot use"),
        (
            "DELETE FROM _sqlx_migrations WHERE version > (SELECT max(version) - 3 FROM _sqlx_migrations)"
                .to_owned(),
            "warn",
            "1 migrations are missing",
        ),
        (
            "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1".to_owned(),
            "fail",
            "later version",
        ),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(change)).execute(&mut connection).await.unwrap();
        for _ in 0..2 {
            patient.examine(&[]).await.says("migrations", status, word);
        }
    }
    patient
        .folder
        .write("test.db", &"this is no database, but long enough to be taken for one. ".repeat(100));
    let told = patient.examine(&[]).await;
    assert_eq!((told.code, told.status("migrations")), (2, "skipped"));
    told.says("database", "fail", "not a database");
}

#[tokio::test]
async fn a_postgresql_that_does_not_answer_is_found_and_its_password_is_not_printed() {
    let patient = Patient::new();
    patient.configure(Extra::default());
    let yaml = std::fs::read_to_string(patient.folder.join("config.yml")).unwrap();
    let line = yaml.lines().find(|line| line.contains("database_url")).unwrap();
    let other = "  database_url: postgres://api:p4ssw0rd@127.0.0.1:9/x\n  database_timeout: 1s";
    patient.write(&yaml.replace(line, other));
    let told = patient.examine(&[]).await;
    assert_eq!(told.code, 2);
    told.says("database", "fail", "127.0.0.1:9/x");
}

#[tokio::test]
async fn files_that_others_can_read_and_few_descriptors_are_found() {
    let patient = Patient::new();
    patient.configure(Extra { oauth2: MFA, ..Extra::default() });
    let open = |name: &str| {
        std::fs::set_permissions(patient.folder.join(name), std::fs::Permissions::from_mode(0o644)).unwrap();
    };
    open("config.yml");
    patient.folder.write("test.db", "");
    open("test.db");
    let told = patient.examine(&["--offline"]).await;
    told.says("file_modes", "warn", "config.yml (mode 0644)");
    told.says("file_modes", "warn", "test.db (mode 0644)");
    let mut command = std::process::Command::new("sh");
    command.current_dir(patient.folder.path()).args([
        "-c",
        "ulimit -n 256; exec \"$0\" doctor --offline",
        env!("CARGO_BIN_EXE_api"),
    ]);
    let (_, text, _) = run(&mut command);
    assert!(text.contains("WARN    descriptors: 256 files") && text.contains("LimitNOFILE"), "{text}");
}

#[tokio::test]
async fn a_proxy_that_is_not_trusted_and_one_that_is_everybody_are_found() {
    let patient = Patient::new();
    let examine = async |api: &'static str, https: bool| {
        let base = if https { "https://api.gouv.fr" } else { "http://127.0.0.1:8000" };
        patient.write(&yaml(
            patient.provider.issuer(),
            base,
            &patient.folder,
            Extra { api, ..Extra::default() },
        ));
        patient.examine(&["--offline"]).await
    };
    examine("listen: 0.0.0.0:8000", true).await.says("trusted_proxies", "fail", "none is trusted");
    examine("trusted_proxies: [0.0.0.0/0]", true).await.says("trusted_proxies", "fail", "every address");
    examine("listen: 0.0.0.0:8000\ntrusted_proxies: [10.0.0.0/8]", true).await.says(
        "trusted_proxies",
        "ok",
        "10.0.0.0/8",
    );
    examine("", true).await.says("trusted_proxies", "ok", "this machine");
    examine("listen: 0.0.0.0:8000", false).await.says("trusted_proxies", "ok", "this machine");
    examine("audit:\n    keep: 30d\n    keep_addresses: 30d", true).await.says("audit", "warn", "CNIL");
}

#[tokio::test]
async fn offline_nobody_is_asked_and_the_addresses_to_register_are_printed() {
    let patient = Patient::new();
    patient.configure(Extra { oauth2: MFA, ..Extra::default() });
    let told = patient.examine(&["--offline", "--strict"]).await;
    assert_eq!(told.code, 0, "{}", told.text);
    for check in ["database", "migrations", "discovery", "clock", "redirect_uri", "playground"] {
        assert_eq!(told.status(check), "skipped", "{check}");
    }
    let found = |told: &Told| told.findings["redirect_uri"]["found"].as_str().unwrap().to_owned();
    assert!(found(&told).contains("/v1/oauth2/callback"));
    assert!(!found(&told).contains("/oauth2/signed-out"));
    assert!(patient.provider.calls("/.well-known/openid-configuration").is_empty(), "the provider was asked");
    patient.configure(Extra { api: "protected_origins: [https://site.example.org]", ..Extra::default() });
    let told = patient.examine(&["--offline"]).await;
    assert!(
        found(&told).contains("post-logout redirect URI: http")
            && found(&told).contains("/oauth2/signed-out")
    );
}

#[tokio::test]
async fn in_production_the_links_that_the_law_asks_for_are_missed() {
    let patient = Patient::new();
    let examine = async |links: &str| {
        let playground = format!(
            "playground:\n  public_url: https://app.gouv.fr\n  api_url: https://api.gouv.fr\n  oauth2_encryption_key: {KEY}\n{links}"
        );
        let extra =
            Extra { api: "environment: production", playground: playground.leak(), ..Extra::default() };
        patient.write(&yaml(
            "https://proconnect.gouv.fr/api/v2",
            "https://api.gouv.fr",
            &patient.folder,
            extra,
        ));
        patient.examine(&["--offline"]).await
    };
    examine("").await.says("legal_links", "warn", "legal_notice, privacy, accessibility");
    let all = "  links: {legal_notice: 'https://x.fr/', privacy: 'https://x.fr/', accessibility: 'https://x.fr/'}\n";
    examine(all).await.says("legal_links", "ok", "law");
}
