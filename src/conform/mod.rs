//! Accepted rows → rows of the fact's grain with natural members: the district as it was, codes, no surrogate keys.
//!
//! In: an [`AcceptedSlice`] and `sql/conform/<fact>.sql`, a query over the tables `slice`, `district`, `delivery` and the
//! reference lists. Out: a [`ConformedSlice`] with the columns that the pipeline's target names, in order of its key.
//! Must never see another slice, the warehouse or a surrogate key.

mod check;
mod grain;
mod query;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::{
    engine::{Engine, Spooled},
    error::{Error, Result, codes::conform as codes},
    model::{FieldCounts, Reason, SliceKey, Tally},
    pipeline::Pipeline,
    validate::AcceptedSlice,
};

pub use check::check;

/// The rows of one fact for one slice, as `sql/conform/<fact>.sql` gives them, in key order.
#[derive(Debug)]
pub struct ConformedSlice {
    rows: Spooled,
    reasons: Vec<Reason>,
    tally: Tally,
    fields: FieldCounts,
}

impl ConformedSlice {
    /// Rows as a conform query would give them, for tests of the stage that follows.
    #[cfg(test)]
    pub(crate) fn new(rows: Spooled, reasons: Vec<Reason>, tally: Tally) -> Self {
        Self { rows, reasons, tally, fields: FieldCounts::new() }
    }

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
    /// How full each declared column of the accepted rows is.
    pub fn fields(&self) -> &FieldCounts {
        &self.fields
    }
}

/// Runs the pipeline's conform query `sql` over the accepted rows of one slice.
pub async fn conform(
    engine: &Engine,
    pipeline: &Pipeline,
    sql: &str,
    slice: &SliceKey,
    accepted: AcceptedSlice,
) -> Result<ConformedSlice> {
    let (rows, reasons, mut tally, fields) = accepted.into_parts();
    let read = rows.rows();
    let conformed = query::run(engine, pipeline, sql, slice, &Arc::new(rows)).await?;
    // A query that makes rows of none would count things that nobody delivered.
    let merged = read.checked_sub(conformed.rows()).ok_or_else(|| fault(&codes::GRAIN_BROKEN, pipeline, slice))?;
    tally.rows_merged += i64::try_from(merged).unwrap_or(i64::MAX);
    Ok(ConformedSlice { rows: conformed, reasons, tally, fields })
}

/// The query's file, as findings and errors name it.
fn file(pipeline: &Pipeline) -> String {
    format!("sql/conform/{}.sql", pipeline.target.conform)
}

fn fault(code: &'static crate::error::Code, pipeline: &Pipeline, slice: &SliceKey) -> Error {
    Error::new(code).detail(slice).at(file(pipeline))
}
