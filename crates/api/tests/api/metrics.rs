//! What is counted, and how it is shown to Prometheus.

#![expect(clippy::float_cmp, reason = "counts are whole numbers")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use contract::{AccessReason, LoginErrorCode};
use oidc::CachePolicy;
use reqwest::Method;
use serde_json::{Value, json};
use test_programs::free_address;

use crate::keys::{call, made};
use crate::support::folder::Folder;
use crate::support::{Api, Browser, Extra, Provider, Session, clock};

const DOCUMENTATION: &str = include_str!("../../../../docs/observe.md");
const OBSERVE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/observe");

/// Every metric there is, as OpenMetrics calls it, and its labels.
const ALL: [(&str, &str, &[&str]); 28] = [
    ("passerelle_access_refusals", "counter", &["reason"]),
    ("passerelle_build", "info", &["version"]),
    ("passerelle_database_duration_seconds", "histogram", &[]),
    ("passerelle_http_request_duration_seconds", "histogram", &["method", "route", "status"]),
    ("passerelle_keys", "gauge", &["status"]),
    ("passerelle_keys_created", "counter", &[]),
    ("passerelle_keys_expiring", "gauge", &["within"]),
    ("passerelle_keys_revoked", "counter", &["by"]),
    ("passerelle_log_lines_dropped", "counter", &[]),
    ("passerelle_login_duration_seconds", "histogram", &[]),
    ("passerelle_logins", "counter", &["outcome"]),
    ("passerelle_logins_started", "counter", &[]),
    ("passerelle_logouts", "counter", &["outcome"]),
    ("passerelle_possible_duplicates", "counter", &[]),
    ("passerelle_provider_request_duration_seconds", "histogram", &["endpoint", "outcome"]),
    ("passerelle_provider_up", "gauge", &[]),
    ("passerelle_rate_limited", "counter", &["surface"]),
    ("passerelle_sessions", "gauge", &[]),
    ("passerelle_spans_lost", "counter", &[]),
    ("passerelle_token_checks", "counter", &["result", "surface"]),
    ("passerelle_users", "gauge", &["state"]),
    ("process_cpu_seconds", "counter", &[]),
    ("process_max_fds", "gauge", &[]),
    ("process_open_fds", "gauge", &[]),
    ("process_resident_memory_bytes", "gauge", &[]),
    ("process_start_time_seconds", "gauge", &[]),
    ("process_threads", "gauge", &[]),
    ("process_virtual_memory_bytes", "gauge", &[]),
];

/// What a scrape shows: each sample with its labels, to its value.
#[derive(Debug)]
struct Scraped {
    types: BTreeMap<String, String>,
    samples: BTreeMap<String, f64>,
}

impl Scraped {
    async fn from(api: &Api) -> Self {
        Self::parse(&scrape(api, "").await.1)
    }

    fn parse(text: &str) -> Self {
        let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        let samples = samples.map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap())
        });
        Self {
            types: types.map(|(name, kind)| (name.into(), kind.into())).collect(),
            samples: samples.collect(),
        }
    }

    /// The value of a sample, as in `passerelle_logins_total{outcome="success"}`.
    fn value(&self, sample: &str) -> Option<f64> {
        self.samples.get(sample).copied()
    }

    /// What each value of a label counts, where it is not zero.
    fn counted(&self, metric: &str) -> BTreeMap<&str, f64> {
        let samples = self.samples.iter().filter(|(_, value)| **value != 0.0);
        samples.filter_map(|(name, value)| Some((name.strip_prefix(metric)?, *value))).collect()
    }

    /// The values of a metric's only label.
    fn values(&self, metric: &str) -> BTreeSet<&str> {
        let labels = self.samples.keys().filter_map(|name| name.strip_prefix(metric));
        labels.filter_map(|labels| labels.split('"').nth(1)).collect()
    }
}

async fn scrape(api: &Api, accept: &str) -> (String, String) {
    let headers: &[(&str, &str)] = if accept.is_empty() { &[] } else { &[("accept", accept)] };
    let reply = Browser::at(&api.metrics).get_with("/metrics", headers).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    (reply.header("content-type").to_owned(), reply.body)
}

/// An api with rules, which has seen a bit of everything.
async fn busy() -> (Api, Session) {
    let oauth2 = "access:\n    deny:\n      emails: [denied@example.gouv.fr]";
    let provider = Provider::start();
    let api = Api::with(provider, Extra { oauth2, ..Extra::default() }, CachePolicy::default()).await;
    let session = Browser::new(&api).log_in().await;
    Browser::new(&api).begin().await;
    let (first, key) = made(&api, &session, "one").await;
    let (second, _) = made(&api, &session, "two").await;
    for id in [first, first, second] {
        call(&api, &session.bearer(), Method::DELETE, &format!("/v1/keys/{id}"), None).await;
    }
    call(&api, &key, Method::GET, "/v1/me", None).await.problem(401);
    for path in ["/nowhere", "/v1/keys/7", "/v1/keys/8"] {
        call(&api, &session.bearer(), Method::GET, path, None).await;
    }
    (api, session)
}

#[tokio::test]
async fn every_metric_is_known_and_documented_and_there_is_no_other() {
    let (api, _) = busy().await;
    let scraped = Scraped::from(&api).await;
    let expected: BTreeMap<String, String> =
        ALL.iter().map(|(name, kind, _)| ((*name).to_owned(), (*kind).to_owned())).collect();
    assert_eq!(scraped.types, expected);
    for (name, kind, labels) in ALL {
        let sample = match kind {
            "counter" => format!("{name}_total"),
            "info" => format!("{name}_info"),
            "histogram" => format!("{name}_count"),
            _ => name.to_owned(),
        };
        let is_of_it = |known: &&String| known.split('{').next() == Some(&sample);
        let known = scraped.samples.keys().find(is_of_it).unwrap_or_else(|| panic!("no sample of {name}"));
        let inside = known.split_once('{').map_or("", |(_, inside)| inside.trim_end_matches('}'));
        let mut given: Vec<&str> =
            inside.split("\",").filter_map(|pair| Some(pair.split_once('=')?.0)).collect();
        given.sort_unstable();
        assert_eq!(given, labels, "{known}");
        let documented = if kind == "histogram" || kind == "gauge" { name } else { sample.as_str() };
        assert!(DOCUMENTATION.contains(&format!("`{documented}")), "{documented} is not in docs/observe.md");
    }
}

#[tokio::test]
async fn every_label_value_is_there_from_the_start() {
    let api = Api::start().await;
    let scraped = Scraped::from(&api).await;
    let outcomes = ["success"].into_iter().chain(LoginErrorCode::ALL.iter().map(|code| code.as_str()));
    assert_eq!(scraped.values("passerelle_logins_total"), outcomes.collect());
    assert_eq!(scraped.values("passerelle_logouts_total"), ["success", "warning"].into());
    let reasons = AccessReason::ALL.iter().map(|reason| reason.as_str()).collect();
    assert_eq!(scraped.values("passerelle_access_refusals_total"), reasons);
    assert_eq!(scraped.values("passerelle_rate_limited_total"), ["bearer", "login", "verify"].into());
    assert_eq!(scraped.values("passerelle_keys_revoked_total"), ["holder", "logout", "owner"].into());
    assert_eq!(scraped.values("passerelle_keys{"), ["active", "expired", "revoked"].into());
    assert_eq!(scraped.values("passerelle_users"), ["active", "disabled", "prepared"].into());
    assert_eq!(scraped.values("passerelle_keys_expiring"), ["30d", "7d"].into());
    assert_eq!(
        scraped.values("passerelle_provider_request_duration_seconds_count"),
        ["discovery", "jwks", "token", "userinfo"].into()
    );
    for surface in ["bearer", "verify", "introspect"] {
        for result in ["ok", "unknown", "malformed", "expired", "revoked", "disabled", "denied"] {
            let sample =
                format!("passerelle_token_checks_total{{surface=\"{surface}\",result=\"{result}\"}}");
            assert_eq!(scraped.value(&sample), Some(0.0), "{sample}");
        }
    }
    assert_eq!(scraped.value("passerelle_logins_started_total"), Some(0.0));
    assert_eq!(scraped.value("passerelle_provider_up"), None, "nobody has asked the provider");
}

#[tokio::test]
async fn logins_and_calls_to_the_provider_are_counted() {
    let (api, session) = busy().await;
    api.provider.script().person["email"] = json!("denied@example.gouv.fr");
    api.provider.script().sub = "another";
    Browser::new(&api).try_to_log_in().await;
    session.log_out(&api).await;
    let scraped = Scraped::from(&api).await;
    assert_eq!(scraped.value("passerelle_logins_started_total"), Some(3.0));
    let logins = scraped.counted("passerelle_logins_total");
    assert_eq!(logins, [("{outcome=\"access_refused\"}", 1.0), ("{outcome=\"success\"}", 1.0)].into());
    assert_eq!(scraped.counted("passerelle_access_refusals_total"), [("{reason=\"denied\"}", 1.0)].into());
    assert_eq!(scraped.value("passerelle_login_duration_seconds_count"), Some(2.0));
    assert_eq!(scraped.value("passerelle_logouts_total{outcome=\"success\"}"), Some(1.0));
    let calls = scraped.counted("passerelle_provider_request_duration_seconds_count");
    let success = |endpoint: &str| calls[&*format!("{{endpoint=\"{endpoint}\",outcome=\"success\"}}")];
    assert_eq!(["discovery", "jwks", "token", "userinfo"].map(success), [1.0, 1.0, 2.0, 2.0]);
    assert_eq!(scraped.value("passerelle_provider_up"), Some(1.0));
}

#[tokio::test]
async fn a_provider_that_fails_is_down_until_it_answers() {
    let api = Api::with(Provider::start(), Extra::default(), crate::support::FORGETFUL).await;
    api.provider.script().metadata = crate::support::twist::Twist::with("issuer", "https://other.example");
    Browser::new(&api).get(&crate::support::login_path(crate::support::ORIGIN)).await.problem(503);
    assert_eq!(Scraped::from(&api).await.value("passerelle_provider_up"), Some(0.0));
    api.provider.behave();
    Browser::new(&api).log_in().await;
    assert_eq!(Scraped::from(&api).await.value("passerelle_provider_up"), Some(1.0));
}

#[tokio::test]
async fn keys_sessions_and_accounts_are_counted() {
    let (api, session) = busy().await;
    made(&api, &session, "three").await;
    api.execute("INSERT INTO users (email, role_id, created, updated) VALUES ('p@x.fr', 1, 0, 0)").await;
    api.execute(
        "INSERT INTO users (issuer, sub, role_id, disabled, created, updated) VALUES ('i', 's', 1, 1, 0, 0)",
    )
    .await;
    api.execute(
        "INSERT INTO tokens (user_id, hash, kind, created, expires) VALUES (1, x'00', 'key', 0, 1767225600)",
    )
    .await;
    clock::advance(Duration::from_secs(60));
    let scraped = Scraped::from(&api).await;
    assert_eq!(scraped.value("passerelle_keys_created_total"), Some(3.0));
    assert_eq!(scraped.counted("passerelle_keys_revoked_total"), [("{by=\"owner\"}", 2.0)].into());
    assert_eq!(scraped.value("passerelle_sessions"), Some(1.0));
    let keys =
        ["active", "expired", "revoked"].map(|status| format!("passerelle_keys{{status=\"{status}\"}}"));
    assert_eq!(keys.map(|sample| scraped.value(&sample)), [Some(1.0), Some(1.0), Some(2.0)]);
    let users =
        ["active", "disabled", "prepared"].map(|state| format!("passerelle_users{{state=\"{state}\"}}"));
    assert_eq!(users.map(|sample| scraped.value(&sample)), [Some(1.0), Some(1.0), Some(1.0)]);
    assert!(scraped.counted("passerelle_keys_expiring").is_empty());
    clock::advance(Duration::from_secs(85 * 86_400));
    tokio::time::sleep(Duration::from_millis(500)).await;
    let expiring = Scraped::from(&api).await;
    let soon = [("{within=\"30d\"}", 1.0), ("{within=\"7d\"}", 1.0)].into();
    assert_eq!(expiring.counted("passerelle_keys_expiring"), soon);
}

#[tokio::test]
async fn token_checks_are_counted_by_who_asked_and_what_was_found() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let (id, key) = made(&api, &session, "a key").await;
    let other = Browser::new(&api).log_in().await;
    let unknown = "sk-psszzzzzzzzzzzzzzzzzzzzzzzzzzzzzz0SdsOl";
    let bearer = |token: &str| format!("Bearer {token}");
    let ask = async |path: &str, authorization: &str| {
        Browser::new(&api).get_with(path, &[("authorization", authorization)]).await.status
    };
    assert_eq!(ask("/v1/me", &key).await, 200);
    assert_eq!(ask("/v1/keys", &key).await, 403);
    assert_eq!(ask("/v1/me", &bearer("x")).await, 401);
    assert_eq!(ask("/v1/auth/verify", &bearer(unknown)).await, 401);
    assert_eq!(ask("/v1/auth/verify?role=Other", &key).await, 403);
    assert_eq!(ask("/v1/auth/verify", &key).await, 200);
    call(&api, &session.bearer(), Method::DELETE, &format!("/v1/keys/{id}"), None).await;
    assert_eq!(ask("/v1/auth/verify", &key).await, 401);
    api.execute("UPDATE users SET disabled = 1").await;
    assert_eq!(ask("/v1/me", &other.bearer()).await, 401);
    api.execute("UPDATE users SET disabled = 0").await;
    let introspect = async |token: &str| {
        let headers =
            [("authorization", &*other.bearer()), ("content-type", "application/x-www-form-urlencoded")];
        let body = format!("token={token}");
        Browser::new(&api).send(Method::POST, "/v1/oauth2/introspect", &headers, body).await.status
    };
    assert_eq!(introspect(unknown).await, 403);
    api.execute("UPDATE roles SET permissions = '[\"introspect\"]'").await;
    for token in [unknown, "x", &other.app_token] {
        assert_eq!(introspect(token).await, 200);
    }
    clock::advance(Duration::from_secs(25 * 3_600));
    assert_eq!(ask("/v1/me", &other.bearer()).await, 401);
    let scraped = Scraped::from(&api).await;
    let counted = scraped.counted("passerelle_token_checks_total");
    let of = |surface: &str, result: &str| {
        counted.get(&*format!("{{surface=\"{surface}\",result=\"{result}\"}}")).copied().unwrap_or_default()
    };
    // Two keys were made and ended by a session, and one service asked four times.
    assert_eq!(of("bearer", "ok"), 7.0, "{counted:?}");
    for (surface, result) in [
        ("bearer", "denied"),
        ("bearer", "malformed"),
        ("bearer", "disabled"),
        ("bearer", "expired"),
        ("verify", "unknown"),
        ("verify", "denied"),
        ("verify", "ok"),
        ("verify", "revoked"),
        ("introspect", "denied"),
        ("introspect", "unknown"),
        ("introspect", "malformed"),
        ("introspect", "ok"),
    ] {
        assert_eq!(of(surface, result), 1.0, "{surface} {result}: {counted:?}");
    }
}

#[tokio::test]
async fn requests_are_counted_by_template_and_nothing_of_a_client_is_a_label() {
    let (api, session) = busy().await;
    let mut browser = Browser::new(&api);
    for (method, path) in [("BREW", "/health/live"), ("GET", "/someone@example.fr"), ("PUT", "/v1/keys/71")] {
        browser.send(method.parse().unwrap(), path, &[], String::new()).await;
    }
    let text = scrape(&api, "").await.1;
    let scraped = Scraped::parse(&text);
    let of = |route, method, status| {
        let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
        scraped.value(&format!("passerelle_http_request_duration_seconds_count{{{labels}}}"))
    };
    assert_eq!(of("/v1/keys/{id}", "GET", 404), Some(2.0));
    assert_eq!(of("/v1/keys/{id}", "PUT", 405), Some(1.0));
    assert_eq!(of("/health/live", "other", 405), Some(1.0));
    assert_eq!(of("other", "GET", 404), Some(2.0));
    let shown = ["someone", "BREW", "71", "camille", "nowhere", &session.app_token, "example"];
    for word in shown.into_iter().filter(|word| *word != "71") {
        assert!(!text.contains(word), "{word}");
    }
}

#[tokio::test]
async fn a_database_that_does_not_answer_hides_no_other_metric() {
    let (api, _) = busy().await;
    api.execute("ALTER TABLE tokens RENAME TO away").await;
    let scraped = Scraped::from(&api).await;
    assert_eq!(scraped.value("passerelle_sessions"), None);
    assert_eq!(scraped.value("passerelle_logins_total{outcome=\"success\"}"), Some(1.0));
}

#[tokio::test]
async fn both_text_formats_are_those_that_prometheus_reads() {
    let (api, _) = busy().await;
    let (kind, text) = scrape(&api, "*/*").await;
    assert_eq!(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert!(text.ends_with("# EOF\n") && text.contains("# TYPE passerelle_logins counter\n"));
    let (kind, text) = scrape(&api, "text/plain").await;
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    assert!(!text.contains("# EOF") && text.contains("# TYPE passerelle_logins_total counter\n"));
    let Some(mut promtool) = prometheus("promtool") else { return };
    let mut check = promtool
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    check.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let checked = check.wait_with_output().unwrap();
    let said =
        String::from_utf8_lossy(&checked.stderr).into_owned() + &String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success() && said.is_empty(), "{said}");
}

/// A program of Prometheus. Returns none when the machine has none; with `REQUIRE_PROMETHEUS=1`, the test fails then.
fn prometheus(name: &str) -> Option<Command> {
    let is_there = Command::new(name).arg("--version").output().is_ok();
    assert!(
        is_there || std::env::var("REQUIRE_PROMETHEUS").is_err(),
        "{name} is not installed: apt-get install prometheus"
    );
    is_there.then(|| Command::new(name))
}

#[test]
fn the_alert_rules_are_valid() {
    let Some(mut promtool) = prometheus("promtool") else { return };
    let checked = promtool.args(["check", "rules", &format!("{OBSERVE}/alerts.yml")]).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

/// A Prometheus that scrapes an api every second. It stops when this value is dropped.
struct Prometheus {
    child: Child,
    base: String,
    _folder: Folder,
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Prometheus {
    fn start(api: &Api) -> Option<Self> {
        let mut command = prometheus("prometheus")?;
        let folder = Folder::new();
        let target = api.metrics.strip_prefix("http://").unwrap();
        let config = json!({
            "global": { "scrape_interval": "1s", "evaluation_interval": "1s" },
            "rule_files": [format!("{OBSERVE}/alerts.yml")],
            "scrape_configs": [{ "job_name": "passerelle", "static_configs": [{ "targets": [target] }] }],
        });
        folder.write("prometheus.yml", &config.to_string());
        let port = free_address().port();
        let child = command
            .current_dir(folder.path())
            .args(["--config.file=prometheus.yml", "--storage.tsdb.path=data"])
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Self { child, base: format!("http://127.0.0.1:{port}"), _folder: folder })
    }

    /// The result of a query; none while the server does not answer.
    async fn query(&self, query: &str) -> Option<Value> {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!(
            "{}/api/v1/query?{}",
            self.base,
            crate::support::path_with("", &[("query", query)]).trim_start_matches('?')
        );
        let reply = client.get(url).send().await.ok()?;
        let answer: Value = serde_json::from_str(&reply.text().await.ok()?).ok()?;
        assert_eq!(answer["status"], "success", "{query}: {answer}");
        Some(answer["data"]["result"].clone())
    }

    async fn wait_for(&self, query: &str) {
        for _ in 0..150 {
            if self
                .query(query)
                .await
                .is_some_and(|found| found.as_array().is_some_and(|found| !found.is_empty()))
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("nothing for {query} within thirty seconds");
    }
}

#[tokio::test]
async fn every_panel_of_the_dashboard_and_every_alert_has_something_to_show() {
    let (api, session) = busy().await;
    let Some(prometheus) = Prometheus::start(&api) else { return };
    // A rate needs something to happen between two scrapes.
    prometheus.wait_for("passerelle_sessions").await;
    made(&api, &session, "three").await;
    Browser::new(&api).log_in().await;
    prometheus
        .wait_for("passerelle_keys_created_total > 2 and on (instance) passerelle_logins_total > 1")
        .await;
    let dashboard: Value =
        serde_json::from_str(&fs::read_to_string(format!("{OBSERVE}/dashboard.json")).unwrap()).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    assert!(panels.len() > 20);
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    for expression in targets.map(|target| target["expr"].as_str().unwrap()) {
        let query = expression.replace("$__rate_interval", "1m");
        let found = prometheus.query(&query).await.unwrap();
        assert!(!found.as_array().unwrap().is_empty(), "nothing for {query}");
    }
    // Every metric that an alert names is scraped.
    let rules = fs::read_to_string(format!("{OBSERVE}/alerts.yml")).unwrap();
    let is_of_a_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let names: BTreeSet<&str> = rules
        .split(|character| !is_of_a_name(character))
        .filter(|word| word.starts_with("passerelle_") || word.starts_with("process_"))
        .collect();
    assert!(names.len() > 8, "{names:?}");
    for name in names {
        assert!(!prometheus.query(name).await.unwrap().as_array().unwrap().is_empty(), "{name}");
    }
    let firing = prometheus.query("ALERTS{alertstate=\"firing\"}").await.unwrap();
    assert_eq!(firing, json!([]), "nothing is wrong");
}
