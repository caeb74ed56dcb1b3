//! Limits of pulling over HTTP(S), the same for every deliverer.

use std::time::Duration;

use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Deliverers pulled at once.
    pub parallel: usize,
    connect_seconds: f64,
    read_seconds: f64,
    total_seconds: f64,
    deliverer_seconds: f64,
    /// Less than this over the read limit is too slow.
    pub min_bytes_per_second: u64,
    /// Attempts after the first.
    pub retries: usize,
    retry_seconds: f64,
    retry_after_max_seconds: f64,
}

impl Http {
    /// Until a connection stands, name and TLS included.
    pub fn connect(&self) -> Duration {
        Duration::from_secs_f64(self.connect_seconds)
    }
    /// Between two reads.
    pub fn read(&self) -> Duration {
        Duration::from_secs_f64(self.read_seconds)
    }
    /// For one resource, with all retries and waits.
    pub fn total(&self) -> Duration {
        Duration::from_secs_f64(self.total_seconds)
    }
    /// For all resources of one deliverer in a run.
    pub fn deliverer_total(&self) -> Duration {
        Duration::from_secs_f64(self.deliverer_seconds)
    }
    /// The first wait before a retry.
    pub fn first_wait(&self) -> Duration {
        Duration::from_secs_f64(self.retry_seconds)
    }
    /// The longest `Retry-After` that is honoured.
    pub fn retry_after_max(&self) -> Duration {
        Duration::from_secs_f64(self.retry_after_max_seconds)
    }
}
