//! Parsed batches → the rows that are accepted, and every reason of every row that is not.
//!
//! In: [`ParsedBatch`](crate::parse::ParsedBatch)es of one slice and its declaration. Out: [`Validated`]. Row rules are
//! compiled conditions over a batch; set rules, keys and unique columns are queries over the whole slice, which see
//! rejected rows too. A rule sees one slice and reference data only, so that the result does not depend on the order in
//! which files arrive. Must never put a value into a reason, and never read the clock.

mod check;
mod fields;
mod keys;
mod records;
mod rules;
mod set_rules;
#[cfg(test)]
mod tests;
mod validator;

use arrow::datatypes::SchemaRef;

use crate::{
    Error,
    engine::Spooled,
    model::{FieldCounts, Reason, Tally},
    pipeline::Pipeline,
};

pub use check::check;
pub use validator::Validator;

/// Columns of the accepted rows of a dataset: those of its parsed batches.
pub fn accepted_schema(pipeline: &Pipeline) -> SchemaRef {
    crate::parse::schema(pipeline)
}

/// The accepted rows of one slice, identical copies dropped, in file order.
#[derive(Debug)]
pub struct AcceptedSlice {
    rows: Spooled,
    reasons: Vec<Reason>,
    tally: Tally,
    fields: FieldCounts,
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
    /// How full each declared column is.
    pub fn fields(&self) -> &FieldCounts {
        &self.fields
    }
    pub fn into_parts(self) -> (Spooled, Vec<Reason>, Tally, FieldCounts) {
        (self.rows, self.reasons, self.tally, self.fields)
    }
}
