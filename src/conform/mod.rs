//! Accepted rows → rows of the fact's grain with natural members: the district as it was, codes, no surrogate keys.

use crate::{
    engine::Spooled,
    model::{Reason, Tally},
};

/// The rows of one fact for one slice, as `sql/conform/<fact>.sql` gives them, in key order.
#[derive(Debug)]
pub struct ConformedSlice {
    rows: Spooled,
    reasons: Vec<Reason>,
    tally: Tally,
}

impl ConformedSlice {
    /// Columns are the `source` names of the target's columns, and the attributes of its identities.
    pub fn rows(&self) -> &Spooled {
        &self.rows
    }
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }
    /// As of validation, with `rows_merged`.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }
}
