//! A collector of traces for tests: OTLP over HTTP on a real socket, on a thread of its own, so that it answers while a test waits
//! for a program to end.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode as SpanStatus;
use prost::Message as _;
use tokio::net::TcpSocket;
use tokio::runtime::Builder;

use super::provider::bound;

/// How long a test waits at most.
const PATIENCE: Duration = Duration::from_secs(15);

/// What the collector does with a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Behaviour {
    /// It takes the spans.
    Takes,
    /// It answers with this status.
    Answers(u16),
    /// It takes all spans but so many.
    Refuses(i64),
    /// It never answers.
    Hangs,
}

/// A span as it came.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    /// The attributes of the process.
    pub(crate) resource: BTreeMap<String, String>,
    pub(crate) trace: String,
    pub(crate) id: String,
    /// Empty when the trace begins here.
    pub(crate) parent: String,
    pub(crate) name: String,
    pub(crate) kind: SpanKind,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) is_error: bool,
    /// In nanoseconds.
    pub(crate) took: u64,
    pub(crate) events: usize,
}

struct Inner {
    behaviour: Behaviour,
    requests: usize,
    bodies: Vec<Bytes>,
}

pub(crate) struct Collector {
    address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
    /// Bound but nobody listens: connections are refused.
    down: Option<TcpSocket>,
}

impl Collector {
    pub(crate) fn start(behaviour: Behaviour) -> Self {
        let mut collector = Self::down(behaviour);
        collector.wake();
        collector
    }

    pub(crate) fn down(behaviour: Behaviour) -> Self {
        let socket = bound(SocketAddr::from(([127, 0, 0, 1], 0)));
        let inner = Inner { behaviour, requests: 0, bodies: Vec::new() };
        let address = socket.local_addr().unwrap();
        Self { address, inner: Arc::new(Mutex::new(inner)), down: Some(socket) }
    }

    pub(crate) fn wake(&mut self) {
        let socket = self.down.take().unwrap();
        let router = Router::new().route("/v1/traces", post(take)).with_state(self.inner.clone());
        thread::spawn(|| {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                service::server::serve_until(socket.listen(16).unwrap(), router, pending()).await;
            });
        });
    }

    pub(crate) fn behave(&self, behaviour: Behaviour) {
        self.inner.lock().unwrap().behaviour = behaviour;
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How often spans came.
    pub(crate) fn requests(&self) -> usize {
        self.inner.lock().unwrap().requests
    }

    /// Everything that it took, as it came.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.inner.lock().unwrap().bodies.concat()
    }

    /// Every span that it took.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let bodies = self.inner.lock().unwrap().bodies.clone();
        bodies.into_iter().flat_map(|body| spans(ExportTraceServiceRequest::decode(body).unwrap())).collect()
    }

    /// Waits until there is a span with this name, and returns the first one.
    pub(crate) async fn span(&self, name: &str) -> Span {
        self.until(name, |collector| collector.spans().into_iter().find(|span| span.name == name)).await
    }

    /// Waits until so many requests came.
    pub(crate) async fn asked(&self, times: usize) {
        self.until("a request", |collector| (collector.requests() >= times).then_some(())).await;
    }

    async fn until<T>(&self, what: &str, find: impl Fn(&Self) -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(found) = find(self) {
                return found;
            }
            let names: Vec<String> = self.spans().into_iter().map(|span| span.name).collect();
            assert!(started.elapsed() < PATIENCE, "no {what} among {names:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn take(State(inner): State<Arc<Mutex<Inner>>>, headers: HeaderMap, body: Bytes) -> Response {
    assert_eq!(headers["content-type"], "application/x-protobuf");
    let behaviour = {
        let mut inner = inner.lock().unwrap();
        inner.requests += 1;
        inner.behaviour
    };
    let answer = match behaviour {
        Behaviour::Takes => ExportTraceServiceResponse::default(),
        Behaviour::Refuses(rejected_spans) => {
            let error_message = "the tests' collector refuses some".to_owned();
            let partial_success = Some(ExportTracePartialSuccess { rejected_spans, error_message });
            ExportTraceServiceResponse { partial_success }
        }
        Behaviour::Answers(status) => return StatusCode::from_u16(status).unwrap().into_response(),
        Behaviour::Hangs => pending().await,
    };
    inner.lock().unwrap().bodies.push(body);
    ([("content-type", "application/x-protobuf")], answer.encode_to_vec()).into_response()
}

fn spans(request: ExportTraceServiceRequest) -> Vec<Span> {
    let mut spans = Vec::new();
    for group in request.resource_spans {
        let resource = attributes(group.resource.unwrap().attributes);
        for span in group.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            spans.push(Span {
                resource: resource.clone(),
                trace: hexadecimal(&span.trace_id),
                id: hexadecimal(&span.span_id),
                parent: hexadecimal(&span.parent_span_id),
                kind: span.kind(),
                name: span.name,
                attributes: attributes(span.attributes),
                is_error: span.status.is_some_and(|status| status.code() == SpanStatus::Error),
                took: span.end_time_unix_nano - span.start_time_unix_nano,
                events: span.events.len() + span.links.len(),
            });
        }
    }
    spans
}

fn attributes(pairs: Vec<KeyValue>) -> BTreeMap<String, String> {
    pairs.into_iter().map(|pair| (pair.key, shown(pair.value))).collect()
}

/// A number is shown in another way than a string of digits.
fn shown(value: Option<AnyValue>) -> String {
    match value.and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => format!("#{number}"),
        other => panic!("{other:?} is neither a string nor a number"),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}
