//! Traces for a collector of OpenTelemetry, by OTLP over HTTP with Protobuf, when `api.traces` names one. A trace begins with a
//! request. Only spans with the target of [`spans`](crate::spans) are sent, and no line of the log.
//!
//! Nothing waits for the collector: spans wait in a queue, and when it is full they are lost and counted.

mod export;
mod parent;
mod queue;
mod sampler;

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::{TraceContextExt as _, TracerProvider as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::{Layer, Registry};

use self::export::Exporter;
pub(crate) use self::parent::adopt;
pub use self::parent::trace_parent;
use self::queue::Queue;
pub use self::queue::lost_spans;
use self::sampler::FromRequests;
use crate::client::SetUpError;
use crate::collector::Collector;
use crate::settings::Environment;
use crate::{random, spans};

/// How long the end of the program waits for the last spans to be sent.
const END_TIMEOUT: Duration = Duration::from_secs(2);

/// The program whose traces these are.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Its name, as collectors show it.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Where it runs.
    pub environment: Environment,
}

/// The traces of a program, or none.
pub struct Traces(Option<Traced>);

struct Traced {
    provider: SdkTracerProvider,
    exporter: Exporter,
}

impl Traces {
    /// Prepares to send traces to this collector, if there is one. It is not contacted yet.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(collector: Option<&Collector>, program: Program) -> Result<Self, SetUpError> {
        let Some(collector) = collector else { return Ok(Self(None)) };
        let queue = Queue::default();
        let resource = resource(program);
        let exporter = Exporter::new(collector, queue.clone(), &resource)?;
        Ok(Self(Some(Traced { provider: provider(queue, resource), exporter })))
    }

    /// What takes the spans; none when nobody wants them.
    pub(crate) fn layer(&self) -> Option<impl Layer<Registry> + use<>> {
        self.0.as_ref().map(|traced| layer(&traced.provider))
    }

    /// Runs a program and sends its traces meanwhile. When it has ended, the last spans are sent, within two seconds.
    pub async fn of<T>(self, program: impl Future<Output = T>) -> T {
        let Some(Traced { exporter, .. }) = self.0 else { return program.await };
        let (end, ended) = oneshot::channel::<()>();
        let mut exporting = tokio::spawn(exporter.run(async {
            let _ = ended.await;
        }));
        let done = program.await;
        drop(end);
        if timeout(END_TIMEOUT, &mut exporting).await.is_err() {
            exporting.abort();
            tracing::warn!("the last spans were not sent in time");
        }
        done
    }
}

/// Ends a span now, although what it leads to may go on: by itself it would end after all of that.
pub(crate) fn end(span: &Span) {
    if !span.is_disabled() {
        span.context().span().end();
    }
}

/// Begins and ends spans, and puts them into a queue.
fn provider(queue: Queue, resource: Resource) -> SdkTracerProvider {
    SdkTracerProvider::builder()
        .with_resource(resource)
        .with_sampler(FromRequests)
        .with_span_processor(queue)
        .build()
}

/// Takes our spans and nothing else, without what the library would add to them.
fn layer(provider: &SdkTracerProvider) -> impl Layer<Registry> + use<> {
    let is_ours = filter_fn(|metadata| metadata.is_span() && metadata.target() == spans::TARGET);
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("passerelle"))
        .with_location(false)
        .with_threads(false)
        .with_level(false)
        .with_target(false)
        .with_tracked_inactivity(false)
        .with_context_activation(false)
        .with_filter(is_ours)
}

/// What all spans of this process have in common.
fn resource(program: Program) -> Resource {
    // Without random bytes, replicas cannot be told apart; nothing else depends on it.
    let instance = random::bytes().map(u64::from_ne_bytes).unwrap_or_default();
    Resource::builder_empty()
        .with_service_name(program.name)
        .with_attributes([
            KeyValue::new("service.version", program.version),
            KeyValue::new("service.instance.id", format!("{instance:016x}")),
            KeyValue::new("deployment.environment.name", program.environment.to_string()),
        ])
        .build()
}

#[cfg(test)]
pub(crate) mod tests {
    use opentelemetry_sdk::trace::SpanData;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    /// The spans that wait to be sent after this, no more than are sent at once.
    pub(crate) fn recorded(work: impl FnOnce()) -> Vec<SpanData> {
        let queue = Queue::default();
        let provider = provider(queue.clone(), Resource::builder_empty().build());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer(&provider)), work);
        queue.next_batch()
    }

    fn request(number: usize) {
        tracing::info_span!(target: spans::TARGET, "request", "otel.kind" = "server", number);
    }

    #[test]
    fn only_our_spans_are_recorded_and_no_line_of_the_log() {
        let spans = recorded(|| {
            let _ours =
                tracing::info_span!(target: spans::TARGET, "request", "otel.kind" = "server").entered();
            let _other = tracing::info_span!("other", token = "s3cr3t").entered();
            tracing::error!(target: spans::TARGET, "s3cr3t");
            tracing::error!("s3cr3t");
            tracing::info_span!(target: spans::TARGET, "call", "otel.kind" = "client");
        });
        let names: Vec<&str> = spans.iter().map(|span| &*span.name).collect();
        assert_eq!(names, ["call", "request"]);
        // What is between two of ours does not part them.
        assert_eq!(spans[0].parent_span_id, spans[1].span_context.span_id());
        assert!(!format!("{spans:?}").contains("s3cr3t"), "{spans:?}");
    }

    #[test]
    fn what_no_request_leads_to_is_no_trace() {
        let spans = recorded(|| {
            let _own =
                tracing::info_span!(target: spans::TARGET, "database", "otel.kind" = "client").entered();
            tracing::info_span!(target: spans::TARGET, "call", "otel.kind" = "client");
        });
        assert_eq!(spans, []);
    }

    #[test]
    fn a_request_ends_with_its_answer_and_not_with_what_goes_on() {
        let spans = recorded(|| {
            let request = tracing::info_span!(target: spans::TARGET, "request", "otel.kind" = "server");
            let goes_on = request.in_scope(|| tracing::info_span!(target: spans::TARGET, "call"));
            end(&request);
            drop(request);
            goes_on.in_scope(|| std::thread::sleep(Duration::from_millis(5)));
        });
        let names: Vec<&str> = spans.iter().map(|span| &*span.name).collect();
        assert_eq!(names, ["request", "call"]);
        assert!(spans[0].end_time < spans[1].end_time);
        assert_eq!(spans[1].parent_span_id, spans[0].span_context.span_id());
    }

    #[test]
    fn more_spans_than_may_wait_are_lost_and_counted() {
        let before = lost_spans();
        let first = recorded(|| (0..5_000).for_each(request));
        assert_eq!(first.len(), 512);
        assert_eq!(first[0].attributes[0].value.as_str(), "0", "the oldest are sent first");
        assert_eq!(lost_spans() - before, 5_000 - 4_096);
    }
}
