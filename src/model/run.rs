//! What a run is called, and what it writes under.

use chrono::{DateTime, NaiveDate, Utc};

use super::RunId;

/// A run that holds the lock: everything a stage needs to write under its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunHandle {
    pub run_id: RunId,
    /// Fencing epoch: a write whose epoch is not the newest is refused.
    pub epoch: i64,
    /// Knowledge instant, greater than that of every earlier run; whole microseconds.
    pub known_at: DateTime<Utc>,
    /// The day the run is for; no date of a row may lie after it.
    pub business_date: NaiveDate,
}
