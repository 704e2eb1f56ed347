//! How a trace goes from one server to the next: the header `traceparent` of W3C Trace Context. `tracestate`, in which others may
//! write what they like, is neither read nor sent.

use axum::http::{HeaderMap, HeaderValue};
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::client::TRACEPARENT;

/// Puts the span of a request into the trace that its headers name.
pub(crate) fn adopt(span: &Span, headers: &HeaderMap) {
    if let Some(parent) = given(headers) {
        // Fails only when nobody wants spans.
        let _ = span.set_parent(Context::new().with_remote_span_context(parent));
    }
}

/// The value of `traceparent` for the requests below this span; none when there are no traces.
#[must_use]
pub fn trace_parent(span: &Span) -> Option<HeaderValue> {
    let context = span.context();
    let span = context.span();
    let context = span.span_context();
    let flags = context.trace_flags() & TraceFlags::SAMPLED;
    let text = || format!("00-{}-{}-{flags:02x}", context.trace_id(), context.span_id());
    context.is_valid().then(text)?.try_into().ok()
}

/// What the only `traceparent` says, in version 00 of the header.
fn given(headers: &HeaderMap) -> Option<SpanContext> {
    let mut values = headers.get_all(TRACEPARENT).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    let ["00", trace, span, flags] = *value.to_str().ok()?.split('-').collect::<Vec<_>>() else {
        return None;
    };
    let trace = TraceId::from(u128::from_str_radix(hexadecimal(trace, 32)?, 16).ok()?);
    let span = SpanId::from(u64::from_str_radix(hexadecimal(span, 16)?, 16).ok()?);
    let flags = TraceFlags::new(u8::from_str_radix(hexadecimal(flags, 2)?, 16).ok()?) & TraceFlags::SAMPLED;
    let context = SpanContext::new(trace, span, flags, true, TraceState::default());
    context.is_valid().then_some(context)
}

fn hexadecimal(text: &str, length: usize) -> Option<&str> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (text.len() == length && text.bytes().all(is_digit)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn read(values: &[&str]) -> Option<SpanContext> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(TRACEPARENT, value.parse().unwrap());
        }
        given(&headers)
    }

    #[test]
    fn a_parent_is_read_as_it_is_written() {
        for (flags, is_sampled) in [("01", true), ("00", false), ("03", true), ("fe", false)] {
            let context = read(&[&format!("00-{TRACE}-00f067aa0ba902b7-{flags}")]).unwrap();
            assert_eq!(context.trace_id().to_string(), TRACE);
            assert_eq!(context.span_id().to_string(), "00f067aa0ba902b7");
            assert_eq!((context.is_sampled(), context.is_remote()), (is_sampled, true), "{flags}");
        }
    }

    #[test]
    fn what_is_no_parent_begins_a_trace() {
        let good = format!("00-{TRACE}-00f067aa0ba902b7-01");
        for values in [
            &[][..],
            &[""],
            &["00"],
            &[&good, &good],
            &[&good.to_uppercase()],
            &[&format!("{good}-")],
            &[&format!(" {good}")],
            &[&good.replacen("00-", "01-", 1)],
            &[&good.replacen("00-", "ff-", 1)],
            &[&good.replace(TRACE, &"0".repeat(32))],
            &[&good.replace(TRACE, &TRACE[1..])],
            &[&good.replace(TRACE, &format!("+{}", &TRACE[1..]))],
            &[&good.replace("00f067aa0ba902b7", "0000000000000000")],
            &[&good.replace("00f067aa0ba902b7", "00f067aa0ba902bg")],
            &[&good.replace("-01", "-1")],
        ] {
            assert_eq!(read(values), None, "{values:?}");
        }
    }

    #[test]
    fn without_traces_there_is_no_parent_to_tell() {
        assert_eq!(trace_parent(&Span::none()), None);
        assert_eq!(trace_parent(&tracing::info_span!("another")), None);
    }
}
