//! Parsed batches → the rows that are accepted, and every reason of every row that is not.

use crate::{
    Error,
    engine::Spooled,
    model::{Reason, Tally},
};

/// The accepted rows of one slice, identical copies dropped, in file order.
#[derive(Debug)]
pub struct AcceptedSlice {
    rows: Spooled,
    reasons: Vec<Reason>,
    tally: Tally,
}

/// What validation says of a file.
#[derive(Debug)]
pub enum Validated {
    Accepted(AcceptedSlice),
    /// The file is refused whole, for the error's code; the reasons are kept.
    Refused {
        error: Error,
        reasons: Vec<Reason>,
        tally: Tally,
    },
}

impl AcceptedSlice {
    pub fn rows(&self) -> &Spooled {
        &self.rows
    }
    /// Rejects and warnings, by record.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }
    /// Read, quarantined, duplicate, control and out of scope are filled.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }
}
