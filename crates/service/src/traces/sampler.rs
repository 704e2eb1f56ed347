//! Which traces are recorded.

use opentelemetry::trace::{Link, SpanKind, TraceContextExt as _, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};

/// Records what a request leads to, unless a trusted server has decided that its trace is not recorded. What the program does by
/// itself, such as removing expired tokens every hour, is no trace.
#[derive(Clone, Debug)]
pub(super) struct FromRequests;

impl ShouldSample for FromRequests {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        _: TraceId,
        _: &str,
        kind: &SpanKind,
        _: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        let is_recorded = match parent.filter(|context| context.has_active_span()) {
            Some(context) => context.span().span_context().is_sampled(),
            None => *kind == SpanKind::Server,
        };
        let decision = if is_recorded { SamplingDecision::RecordAndSample } else { SamplingDecision::Drop };
        SamplingResult { decision, attributes: Vec::new(), trace_state: TraceState::default() }
    }
}
