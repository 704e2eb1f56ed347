//! How long requests took.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::OnceLock;

use service::durations::Durations;
use service::request::Answered;

use super::durations::Histograms;

/// About as many as there are routes, methods and statuses that occur together.
const PLACES: usize = 128;

/// How long requests took, for each route, method and status that occurred. Routes are templates, so there are few. A place
/// is filled once and never emptied, so finding it takes no lock.
#[derive(Debug)]
pub struct Requests {
    places: Box<[Place]>,
}

type Place = OnceLock<Box<Series>>;

#[derive(Debug)]
struct Series {
    route: Box<str>,
    method: &'static str,
    status: u16,
    durations: Durations,
    /// Another one of the same place.
    next: Place,
}

impl Default for Requests {
    fn default() -> Self {
        Self { places: (0..PLACES).map(|_| Place::new()).collect() }
    }
}

impl Requests {
    /// Counts a request.
    pub fn observe(&self, answered: Answered<'_>) {
        let Answered { route, method, status, took } = answered;
        let mut hasher = DefaultHasher::new();
        (route, method, status).hash(&mut hasher);
        let index = usize::try_from(hasher.finish() % PLACES as u64).unwrap_or_default();
        let mut place = &self.places[index];
        loop {
            let series = place.get_or_init(|| {
                let durations = Durations::default();
                Box::new(Series { route: route.into(), method, status, durations, next: Place::new() })
            });
            if (&*series.route, series.method, series.status) == (route, method, status) {
                return series.durations.observe(took);
            }
            place = &series.next;
        }
    }

    /// What is shown of them, in order.
    #[must_use]
    pub fn histograms(&self) -> Histograms {
        let mut all: Vec<&Series> = Vec::new();
        for place in &self.places {
            let mut series = place.get();
            while let Some(one) = series {
                all.push(one);
                series = one.next.get();
            }
        }
        all.sort_by_key(|series| (&series.route, series.method, series.status));
        let labelled = all.into_iter().map(|series| {
            let labels = vec![
                ("route", series.route.to_string()),
                ("method", series.method.to_owned()),
                ("status", series.status.to_string()),
            ];
            (labels, series.durations.snapshot())
        });
        Histograms::labelled(labelled.collect())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn requests_that_differ_in_anything_are_counted_apart_also_in_one_place() {
        let requests = Requests::default();
        let routes: Vec<String> = (0..20).map(|number| format!("/{number}")).collect();
        for route in &routes {
            for (method, status) in [("GET", 200), ("GET", 404), ("POST", 200)] {
                for _ in 0..2 {
                    requests.observe(Answered { route, method, status, took: Duration::ZERO });
                }
            }
        }
        let shown = format!("{:?}", requests.histograms());
        // 60 series among 128 places share some of them.
        assert_eq!((shown.matches("count: 2").count(), shown.matches("count: ").count()), (60, 60));
    }
}
