//! Histograms of durations, as Prometheus reads them.

use std::fmt;

use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use service::durations::Snapshot;

type Labels = Vec<(&'static str, String)>;

/// Histograms that differ in their labels.
#[derive(Debug)]
pub struct Histograms(Vec<(Labels, Snapshot)>);

impl Histograms {
    /// One without labels.
    #[must_use]
    pub fn one(snapshot: Snapshot) -> Self {
        Self(vec![(Vec::new(), snapshot)])
    }

    /// One for each set of labels.
    #[must_use]
    pub fn labelled(series: Vec<(Labels, Snapshot)>) -> Self {
        Self(series)
    }
}

impl EncodeMetric for Histograms {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        for (labels, Snapshot { buckets, count, seconds }) in &self.0 {
            if labels.is_empty() {
                encoder.encode_histogram::<NoLabelSet>(*seconds, *count, buckets, None)?;
            } else {
                let mut encoder = encoder.encode_family(labels)?;
                encoder.encode_histogram::<NoLabelSet>(*seconds, *count, buckets, None)?;
            }
        }
        Ok(())
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}
