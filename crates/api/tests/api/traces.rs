//! What a collector of traces gets, and that nobody waits for it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use test_programs::{Serving, free_address};

use crate::support::api::yaml;
use crate::support::collector::{Behaviour, Collector, Span};
use crate::support::folder::Folder;
use crate::support::program::{program, run};
use crate::support::twist::Twist;
use crate::support::{Browser, Extra, Provider, clock};

const NOBODY: &str = "http://127.0.0.1:9/api/v2";
const FAILS: &str = "the collector does not take our traces";
const TAKES: &str = "the collector takes our traces";
/// Every attribute that a span may have.
const ATTRIBUTES: [&str; 8] = [
    "db.system.name",
    "error.type",
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "passerelle.request_id",
    "server.address",
    "server.port",
];

/// A folder with a configuration for this provider, which names a collector.
fn configured(issuer: &str, collector: &str) -> Folder {
    let folder = Folder::new();
    let extra = Extra { api: "listen: 127.0.0.1:0\ntraces: COLLECTOR", ..Extra::default() };
    let yaml = yaml(issuer, "http://127.0.0.1:8000", &folder, extra);
    folder.write("config.yml", &yaml.replace("COLLECTOR", collector));
    folder
}

async fn is_ready(base: &str) {
    assert_eq!(Browser::at(base).get("/health/ready").await.status, 200);
}

fn attributes(span: &Span) -> BTreeMap<&str, &str> {
    span.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test]
async fn a_login_is_two_traces_with_every_call_to_the_provider_and_the_database() {
    let (provider, collector) = (Provider::start(), Collector::start(Behaviour::Takes));
    clock::follow_machine();
    let folder = configured(provider.issuer(), &collector.url());
    // The level of the log changes nothing.
    let serving = Serving::start(program(folder.path()).env("RUST_LOG", "error"));
    let reply = Browser::at(serving.base()).try_to_log_in().await;
    assert!(reply.location_parameter("encrypted_token").is_some(), "{reply:?}");
    let callback = collector.span("GET /v1/oauth2/callback").await;
    assert_eq!((callback.kind, callback.is_error, callback.parent.as_str()), (SpanKind::Server, false, ""));
    let expected = [
        ("http.request.method", "GET"),
        ("http.response.status_code", "#303"),
        ("http.route", "/v1/oauth2/callback"),
        ("passerelle.request_id", reply.header("x-request-id")),
    ];
    assert_eq!(attributes(&callback), BTreeMap::from(expected));

    let spans = collector.spans();
    let below = |parent: &Span| -> Vec<Span> {
        spans.iter().filter(|span| span.parent == parent.id && span.trace == parent.trace).cloned().collect()
    };
    let calls = below(&callback);
    let names: BTreeSet<&str> = calls.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names, BTreeSet::from(["POST token", "GET userinfo", "sqlite"]));
    assert!(
        calls.iter().all(|span| span.kind == SpanKind::Client && span.took <= callback.took),
        "{calls:#?}"
    );
    let token = calls.iter().find(|span| span.name == "POST token").unwrap();
    let port = provider.issuer().rsplit(':').next().unwrap().split('/').next().unwrap();
    let expected = [
        ("http.request.method", "POST"),
        ("http.response.status_code", "#200"),
        ("server.address", "127.0.0.1"),
        ("server.port", &format!("#{port}")),
    ];
    assert_eq!(attributes(token), BTreeMap::from(expected));
    let sqlite = calls.iter().find(|span| span.name == "sqlite").unwrap();
    assert_eq!(attributes(sqlite), BTreeMap::from([("db.system.name", "sqlite")]));

    let begin = spans.iter().find(|span| span.name == "GET /v1/oauth2/login").unwrap();
    assert_ne!(begin.trace, callback.trace);
    let names: BTreeSet<String> = below(begin).into_iter().map(|span| span.name).collect();
    assert!(names.contains("GET discovery") && names.contains("GET jwks"), "{names:?}");

    let [resource] =
        &*spans.iter().map(|span| &span.resource).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    else {
        panic!("one process has several resources")
    };
    for (name, value) in [
        ("service.name", "passerelle-api"),
        ("service.version", env!("CARGO_PKG_VERSION")),
        ("deployment.environment.name", "development"),
    ] {
        assert_eq!(resource[name], value);
    }
    for span in &spans {
        assert!(span.attributes.keys().all(|name| ATTRIBUTES.contains(&name.as_str())), "{span:?}");
        assert_eq!(span.events, 0, "{span:?}");
        // What the program does by itself begins no trace.
        assert!(!span.parent.is_empty() || span.kind == SpanKind::Server, "{span:?}");
    }
}

#[tokio::test]
async fn a_call_that_fails_says_so() {
    let (provider, collector) = (Provider::start(), Collector::start(Behaviour::Takes));
    clock::follow_machine();
    let folder = configured(provider.issuer(), &collector.url());
    let serving = Serving::start(&mut program(folder.path()));
    provider.script().token = Twist::Status(500);
    Browser::at(serving.base()).try_to_log_in().await;
    let token = collector.span("POST token").await;
    assert!(token.is_error && token.attributes["error.type"] == "500", "{token:?}");
    let unknown = Browser::at(serving.base()).send("BREW".parse().unwrap(), "/pot", &[], String::new()).await;
    assert_eq!(unknown.status, 404);
    let other = collector.span("HTTP").await;
    assert!(!other.is_error, "{other:?}");
    assert_eq!(
        (&*other.attributes["http.request.method"], other.attributes.get("http.route")),
        ("_OTHER", None)
    );
}

#[tokio::test]
async fn a_server_of_ours_names_the_trace_and_whether_it_is_recorded() {
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    let collector = Collector::start(Behaviour::Takes);
    let folder = configured(NOBODY, &collector.url());
    let serving = Serving::start(&mut program(folder.path()));
    let ask = async |path: &str, flags: &str| {
        let parent = format!("00-{TRACE}-00f067aa0ba902b7-{flags}");
        Browser::at(serving.base()).get_with(path, &[("traceparent", &parent)]).await;
    };
    ask("/health/ready", "00").await;
    ask("/health/live", "01").await;
    let span = collector.span("GET /health/live").await;
    assert_eq!((&*span.trace, &*span.parent), (TRACE, "00f067aa0ba902b7"));
    serving.signal("TERM");
    assert_eq!(serving.ended().0, Some(0));
    let names: Vec<String> = collector.spans().into_iter().map(|span| span.name).collect();
    assert_eq!(names, ["GET /health/live"], "what is not to be recorded is not, nor what it leads to");
}

#[tokio::test]
async fn the_last_spans_are_sent_before_the_program_ends() {
    let collector = Collector::start(Behaviour::Takes);
    let folder = configured(NOBODY, &collector.url());
    let serving = Serving::start(&mut program(folder.path()));
    is_ready(serving.base()).await;
    serving.signal("TERM");
    let (code, log) = serving.ended();
    assert_eq!(code, Some(0), "{log}");
    assert!(collector.spans().iter().any(|span| span.name == "GET /health/ready"), "{log}");
    assert_eq!((log.matches(TAKES).count(), log.matches(FAILS).count()), (1, 0), "{log}");
}

#[tokio::test]
async fn a_collector_that_is_down_costs_one_warning_and_gets_the_spans_when_it_comes_back() {
    let mut collector = Collector::down(Behaviour::Takes);
    let folder = configured(NOBODY, &collector.url());
    let serving = Serving::start(&mut program(folder.path()));
    is_ready(serving.base()).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    collector.behave(Behaviour::Answers(503));
    collector.wake();
    collector.asked(1).await;
    collector.behave(Behaviour::Takes);
    // What was done while it was down.
    collector.span("GET /health/ready").await;
    let (code, log) = serving.stop("TERM");
    assert_eq!(code, Some(0), "{log}");
    assert_eq!((log.matches(FAILS).count(), log.matches(TAKES).count()), (1, 1), "{log}");
    assert!(log.contains("fix=") && !log.contains("panicked"), "{log}");
}

#[tokio::test]
async fn a_collector_that_hangs_delays_no_request_and_the_end_by_two_seconds_at_most() {
    let collector = Collector::start(Behaviour::Hangs);
    let folder = configured(NOBODY, &collector.url());
    let serving = Serving::start(&mut program(folder.path()));
    is_ready(serving.base()).await;
    collector.asked(1).await;
    // More requests than spans may wait. Whoever waited for the collector would wait for ever.
    for _ in 0..50 {
        let mut many = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let base = serving.base().to_owned();
            many.spawn(async move {
                let asked = Instant::now();
                (Browser::at(&base).get("/health/live").await.status, asked.elapsed())
            });
        }
        while let Some(answer) = many.join_next().await {
            let (status, took) = answer.unwrap();
            assert!(status == 200 && took < Duration::from_secs(5), "{status} after {took:?}");
        }
    }
    let ending = Instant::now();
    serving.signal("TERM");
    let (code, log) = serving.ended();
    assert_eq!(code, Some(0), "{log}");
    assert!(ending.elapsed() < Duration::from_secs(5), "{:?}", ending.elapsed());
    assert!(log.contains("the last spans were not sent in time"), "{log}");
}

#[tokio::test]
async fn a_collector_that_refuses_costs_one_warning_and_lost_spans_are_counted() {
    let collector = Collector::start(Behaviour::Answers(500));
    let folder = configured(NOBODY, &collector.url());
    let port = free_address();
    let yaml = std::fs::read_to_string(folder.join("config.yml")).unwrap();
    folder.write("config.yml", &yaml.replace("traces:", &format!("metrics_listen: {port}\n  traces:")));
    let serving = Serving::start(&mut program(folder.path()));
    let lost = async || {
        let metrics = Browser::at(&format!("http://{port}")).get("/metrics").await.body;
        let counted = metrics.lines().find_map(|line| line.strip_prefix("passerelle_spans_lost_total "));
        counted.unwrap().parse::<u64>().unwrap()
    };
    assert_eq!(lost().await, 0);
    Browser::at(serving.base()).get("/health/live").await;
    collector.asked(1).await;
    collector.behave(Behaviour::Refuses(1));
    Browser::at(serving.base()).get("/health/live").await;
    collector.asked(2).await;
    collector.behave(Behaviour::Takes);
    Browser::at(serving.base()).get("/nowhere").await;
    collector.span("GET").await;
    assert_eq!(lost().await, 2);
    let (code, log) = serving.stop("TERM");
    assert_eq!(code, Some(0), "{log}");
    assert_eq!((log.matches(FAILS).count(), log.matches(TAKES).count()), (1, 1), "{log}");
    assert!(log.contains("status 500"), "{log}");
}

#[tokio::test]
async fn without_the_setting_nobody_is_told() {
    let collector = Collector::start(Behaviour::Takes);
    let url = collector.url();
    for setting in ["''", "\"${NO_COLLECTOR_HERE:-}\""] {
        let folder = configured(NOBODY, setting);
        let mut command = program(folder.path());
        for name in ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] {
            command.env(name, &url);
        }
        let serving = Serving::start(&mut command);
        is_ready(serving.base()).await;
        let (code, log) = serving.stop("TERM");
        assert_eq!(code, Some(0), "{log}");
        assert!(!log.contains("collector"), "{log}");
    }
    assert_eq!(collector.requests(), 0);
    // The usual variable is one that the setting may name.
    let folder = configured(NOBODY, "\"${OTEL_EXPORTER_OTLP_ENDPOINT}\"");
    let serving = Serving::start(program(folder.path()).env("OTEL_EXPORTER_OTLP_ENDPOINT", &url));
    is_ready(serving.base()).await;
    assert_eq!(serving.stop("TERM").0, Some(0));
    assert_eq!(collector.requests(), 1);
}

#[test]
fn what_is_no_collector_is_an_error_of_the_configuration() {
    for wrong in [
        "127.0.0.1:4318",
        "grpc://127.0.0.1:4317",
        "http://user:word@127.0.0.1:4318",
        "http://127.0.0.1/?key=1",
    ] {
        let folder = configured(NOBODY, wrong);
        let (code, _, problems) = run(program(folder.path()).arg("check-config"));
        assert_eq!(code, 2, "{wrong}");
        assert!(problems.starts_with("api.traces: ") && problems.contains(". Fix: "), "{wrong}: {problems}");
    }
}
