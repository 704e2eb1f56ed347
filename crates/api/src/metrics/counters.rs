//! Counters that differ in their labels.

use std::fmt;
use std::sync::Arc;

use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;

/// Counters that differ in the values of `N` labels. They are all there from the start, so counting takes no lock.
#[derive(Clone, Debug)]
pub struct Counters<const N: usize> {
    labels: [&'static str; N],
    series: Arc<[([&'static str; N], Counter)]>,
}

impl<const N: usize> Counters<N> {
    /// A counter for each of these values.
    pub(crate) fn new(
        labels: [&'static str; N],
        values: impl IntoIterator<Item = [&'static str; N]>,
    ) -> Self {
        let series = values.into_iter().map(|values| (values, Counter::default())).collect();
        Self { labels, series }
    }

    /// Adds to the counter of these values, which is one of those that there are.
    pub(crate) fn add(&self, values: [&'static str; N], number: u64) {
        let counter = self.series.iter().find(|(there, _)| *there == values);
        debug_assert!(counter.is_some(), "{values:?} is no value of {:?}", self.labels);
        if let Some((_, counter)) = counter {
            counter.inc_by(number);
        }
    }
}

impl<const N: usize> EncodeMetric for Counters<N> {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        for (values, counter) in self.series.iter() {
            let labels: Vec<_> = self.labels.iter().copied().zip(values.iter().copied()).collect();
            encoder.encode_family(&labels)?.encode_counter::<NoLabelSet, _, u64>(&counter.get(), None)?;
        }
        Ok(())
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Counter
    }
}
