//! What a run came to: one line per expected slice, the gate's word, the publication and the exit code.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::{
    model::{Outcome, RunId, Tally, Timeliness},
    plan::Step,
};

/// The result of a run, as printed and as JSON.
#[derive(Debug, Clone, Serialize)]
pub struct RunReport {
    pub run_id: RunId,
    pub business_date: NaiveDate,
    pub known_at: DateTime<Utc>,
    pub slices: Vec<SliceReport>,
    pub gate: GateReport,
    /// The publication that stands: `None` when the gate refused.
    pub publication: Option<PublicationReport>,
    /// The most memory that the program held at once.
    pub peak_memory_bytes: Option<u64>,
    pub exit_code: u8,
}

/// What became of one expected slice.
#[derive(Debug, Clone, Serialize)]
pub struct SliceReport {
    #[serde(flatten)]
    pub step: Step,
    pub timeliness: Timeliness,
    pub outcome: Outcome,
    /// Codes of errors, not of rows.
    pub reasons: Vec<String>,
    /// Rows of the version in force that are in quarantine, whichever run put them there.
    pub quarantined_in_force: i64,
    /// Of this run's work; all zero where nothing was read.
    #[serde(flatten)]
    pub tally: Tally,
}

/// The gate's word.
#[derive(Debug, Clone, Serialize)]
pub struct GateReport {
    pub passed: bool,
    /// Controls and audits that the verdict is made of.
    pub checks: usize,
    /// Those of them that an earlier night judged over the same state.
    pub standing: usize,
    /// What did not hold, figures and no values.
    pub findings: Vec<String>,
}

/// What readers see now.
#[derive(Debug, Clone, Serialize)]
pub struct PublicationReport {
    pub known_at: DateTime<Utc>,
    pub snapshot: String,
    /// False when nothing had changed since.
    pub is_new: bool,
}

impl SliceReport {
    /// Whether the slice is as it should be: delivered, in force and without rejected rows.
    pub fn is_whole(&self) -> bool {
        let in_force = matches!(self.outcome, Outcome::Loaded | Outcome::Unchanged);
        in_force && self.timeliness != Timeliness::Missed && self.quarantined_in_force == 0
    }
}

/// Exit code of a run that went to its end.
pub fn exit_code(slices: &[SliceReport], gate: &GateReport) -> u8 {
    if !gate.passed {
        4
    } else if slices.iter().all(SliceReport::is_whole) {
        0
    } else {
        3
    }
}
