//! The process itself, under the names that every Prometheus client uses.

use std::time::Duration;

use procfs::process::{LimitValue, Process};
use procfs::{ProcResult, WithCurrentSystemInfo as _};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

/// Adds what the system knows of this process. What cannot be read is left out.
pub fn register(registry: &mut Registry) {
    if let Err(error) = try_register(registry) {
        tracing::debug!(%error, "/proc could not be read for the metrics");
    }
}

fn try_register(registry: &mut Registry) -> ProcResult<()> {
    let process = Process::myself()?;
    let stat = process.stat()?;
    let started = Duration::from_secs(procfs::boot_time_secs()?) + duration(stat.starttime);
    registry.register(
        "process_cpu_seconds",
        "Processor time of this process",
        ConstCounter::new(duration(stat.utime + stat.stime).as_secs_f64()),
    );
    registry.register(
        "process_start_time_seconds",
        "When this process started, in Unix seconds",
        ConstGauge::new(started.as_secs_f64()),
    );
    registry.register(
        "process_resident_memory_bytes",
        "Memory that this process has",
        ConstGauge::new(signed(stat.rss_bytes().get())),
    );
    registry.register(
        "process_virtual_memory_bytes",
        "Addresses that this process has",
        ConstGauge::new(signed(stat.vsize)),
    );
    registry.register("process_threads", "Threads of this process", ConstGauge::new(stat.num_threads));
    registry.register(
        "process_open_fds",
        "Files and connections that are open",
        ConstGauge::new(i64::try_from(process.fd_count()?).unwrap_or(i64::MAX)),
    );
    if let LimitValue::Value(limit) = process.limits()?.max_open_files.soft_limit {
        registry.register(
            "process_max_fds",
            "Files and connections that may be open",
            ConstGauge::new(signed(limit)),
        );
    }
    Ok(())
}

/// The system counts in ticks, a hundredth of a second nearly everywhere.
fn duration(ticks: u64) -> Duration {
    Duration::from_millis(ticks.saturating_mul(1_000) / procfs::ticks_per_second().max(1))
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
