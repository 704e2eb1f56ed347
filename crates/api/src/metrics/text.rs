//! The two text formats: OpenMetrics 1.0, and the older one of Prometheus for whoever asks for it.

use std::fmt::Write as _;

/// The media type of OpenMetrics.
pub const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// The media type of the older format.
pub const OLDER: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Whether a client would rather have the older format (RFC 9110, section 12.5.1).
#[must_use]
pub fn prefers_older(accept: &str) -> bool {
    let (mut open_metrics, mut older, mut anything) = (0.0, 0.0, 0.0);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
        let known: &mut f64 = match media_type.as_str() {
            "application/openmetrics-text" => &mut open_metrics,
            "text/plain" | "text/*" => &mut older,
            "*/*" => &mut anything,
            _ => continue,
        };
        *known = known.max(weight);
    }
    older > f64::max(open_metrics, anything)
        || (older > open_metrics && open_metrics == 0.0 && older >= anything)
}

/// The same metrics in the older format, in which a counter is called as its one sample is, and nothing says its unit.
#[must_use]
pub fn older(open_metrics: &str) -> String {
    let mut text = String::with_capacity(open_metrics.len());
    let mut help = None;
    for line in open_metrics.lines() {
        if let Some(said) = line.strip_prefix("# HELP ") {
            help = said.split_once(' ');
        } else if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|said| said.split_once(' '))
        {
            let (suffix, kind) = match kind {
                "counter" => ("_total", "counter"),
                "info" => ("_info", "gauge"),
                kind => ("", kind),
            };
            if let Some((_, help)) = help.take() {
                let _ = writeln!(text, "# HELP {name}{suffix} {help}");
            }
            let _ = writeln!(text, "# TYPE {name}{suffix} {kind}");
        } else if !line.starts_with('#') {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_older_format_is_for_those_who_prefer_it() {
        for accept in [
            "text/plain",
            "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            "TEXT/PLAIN, */*",
            "text/*",
            "application/openmetrics-text;q=0.2, text/plain;q=0.3",
        ] {
            assert!(prefers_older(accept), "{accept}");
        }
        for accept in [
            "",
            "*/*",
            "text/html",
            "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            "application/openmetrics-text, text/plain",
            "text/plain;q=0",
            "text/plain;q=x",
        ] {
            assert!(!prefers_older(accept), "{accept}");
        }
    }

    #[test]
    fn counters_and_infos_get_the_names_of_their_samples() {
        let open_metrics = "# HELP a Some.\n# TYPE a counter\n# UNIT a seconds\na_total 1\n# HELP b Info.\n\
            # TYPE b info\nb_info{v=\"1\"} 1\n# HELP c Gauge.\n# TYPE c gauge\nc 2\n# EOF\n";
        let expected = "# HELP a_total Some.\n# TYPE a_total counter\na_total 1\n# HELP b_info Info.\n\
            # TYPE b_info gauge\nb_info{v=\"1\"} 1\n# HELP c Gauge.\n# TYPE c gauge\nc 2\n";
        assert_eq!(older(open_metrics), expected);
    }
}
