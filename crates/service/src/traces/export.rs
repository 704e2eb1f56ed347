//! Sends spans to the collector, and tells once when it does not take them.

use std::error::Error;
use std::pin::pin;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use prost::Message as _;
use tokio::time::sleep;

use super::queue::{Queue, lose, lost_spans};
use crate::client::{CallError, Client, Method, Options, SetUpError, StatusCode};
use crate::collector::Collector;

/// How long spans wait for others, to be sent together.
const PAUSE: Duration = Duration::from_secs(1);
/// How long to wait for a collector that took nothing.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// Far more than any answer of a collector holds, in bytes.
const LARGEST_ANSWER: usize = 64 * 1024;

pub(super) struct Exporter {
    queue: Queue,
    client: Client,
    collector: Collector,
    resource: ResourceAttributesWithSchema,
}

/// Spans in the form in which they are sent.
struct Batch {
    spans: u64,
    body: Vec<u8>,
}

/// Why the collector did not take spans.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("the collector answered with status {0}")]
    Status(StatusCode),
    #[error("the collector refused {0} of the spans")]
    Refused(u64),
    #[error("there are more spans than the collector takes")]
    TooMany,
}

impl ExportError {
    /// Whether the same spans may be taken later (OpenTelemetry Protocol, "Retryable Response Codes").
    fn is_temporary(&self) -> bool {
        match self {
            Self::Call(error) => matches!(error, CallError::Unreachable { .. }),
            Self::Status(status) => matches!(status.as_u16(), 429 | 502..=504),
            Self::Refused(_) | Self::TooMany => false,
        }
    }
}

impl Exporter {
    pub(super) fn new(collector: &Collector, queue: Queue, resource: &Resource) -> Result<Self, SetUpError> {
        let client = Client::new(Options {
            user_agent: concat!("passerelle/", env!("CARGO_PKG_VERSION")),
            largest_answer: LARGEST_ANSWER,
            // A collector is near; a proxy for other servers has no part in it.
            uses_proxy: false,
            trace_parent: None,
        })?;
        Ok(Self { queue, client, collector: collector.clone(), resource: resource.into() })
    }

    /// Sends what comes into the queue, until `end` and a last time then.
    pub(super) async fn run(self, end: impl Future<Output = ()>) {
        let mut end = pin!(end);
        let mut told = Told::default();
        let mut kept = None;
        let mut pause = PAUSE;
        loop {
            let is_last = tokio::select! {
                () = &mut end => true,
                () = sleep(pause) => false,
                () = self.queue.has_batch(), if pause == PAUSE => false,
            };
            let sent = self.send_all(&mut kept).await;
            pause = if sent.is_ok() { PAUSE } else { RETRY_AFTER };
            told.tell(sent);
            if is_last {
                return;
            }
        }
    }

    /// Sends everything that waits. Returns how many spans were taken. What may be taken later is kept.
    async fn send_all(&self, kept: &mut Option<Batch>) -> Result<u64, ExportError> {
        let mut taken = 0;
        while let Some(batch) = kept.take().or_else(|| self.next_batch()) {
            match self.send(&batch).await {
                Ok(()) => taken += batch.spans,
                Err(error) if error.is_temporary() => {
                    *kept = Some(batch);
                    return Err(error);
                }
                Err(error) => {
                    lose(if let ExportError::Refused(spans) = error { spans } else { batch.spans });
                    return Err(error);
                }
            }
        }
        Ok(taken)
    }

    fn next_batch(&self) -> Option<Batch> {
        let spans = self.queue.next_batch();
        let number = u64::try_from(spans.len()).ok().filter(|number| *number > 0)?;
        let resource_spans = group_spans_by_resource_and_scope(spans, &self.resource);
        Some(Batch { spans: number, body: ExportTraceServiceRequest { resource_spans }.encode_to_vec() })
    }

    async fn send(&self, batch: &Batch) -> Result<(), ExportError> {
        let request = self.client.request(Method::POST, self.collector.url());
        let request = request.header("content-type", "application/x-protobuf").body(batch.body.clone());
        let answer = self.client.send(request).await?;
        if !answer.status.is_success() {
            return Err(ExportError::Status(answer.status));
        }
        // A collector that answers something else has taken them all the same.
        let answer = ExportTraceServiceResponse::decode(&*answer.body).unwrap_or_default();
        let refused = answer.partial_success.map_or(0, |partial| partial.rejected_spans);
        match u64::try_from(refused) {
            Ok(refused @ 1..) => Err(ExportError::Refused(refused.min(batch.spans))),
            _ => Ok(()),
        }
    }
}

/// What was told of the collector last, so that it is told once.
#[derive(Default)]
struct Told {
    takes_spans: Option<bool>,
    lost: u64,
}

impl Told {
    fn tell(&mut self, sent: Result<u64, ExportError>) {
        let lost = lost_spans();
        let sent = if lost > self.lost { sent.and(Err(ExportError::TooMany)) } else { sent };
        self.lost = lost;
        match sent {
            // There was nothing to send.
            Ok(0) => {}
            Ok(_) => {
                if self.takes_spans != Some(true) {
                    tracing::info!(lost, "the collector takes our traces");
                }
                self.takes_spans = Some(true);
            }
            Err(error) => {
                if self.takes_spans != Some(false) {
                    let error = &error as &dyn Error;
                    let fix = "let api.traces name a collector that takes OTLP over HTTP, often on port 4318; 4317 is for gRPC";
                    tracing::warn!(
                        error,
                        fix,
                        "the collector does not take our traces; this is said once until it does"
                    );
                }
                self.takes_spans = Some(false);
            }
        }
    }
}
