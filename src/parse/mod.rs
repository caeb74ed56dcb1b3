//! Landed bytes → typed Arrow batches with record number and line. Identities become pseudonyms here.
//!
//! In: a verified [`LandedFile`] and the declaration. Out, to a sink, batch by batch: [`ParsedBatch`]. All legal variants of
//! the contract are read; anything else is a reason with a rule, a place and a class, or the refusal of the file.
//! A personnummer or another id never leaves this module; a cell value never enters a reason or an error.
//!
//! Schema of a batch ([`schema`]): `_record` Int64, `_line` Int64, then for each declared column `name` with the type of
//! [`crate::pipeline::ColumnType`], nullable, and its companions:
//! - `name_status` Utf8 beside every optional column that is not a code, district or personnummer: null where a value
//!   stands, else `unknown` (empty), `suppressed` (`..`), `not_applicable` (`.`); `nil` beside the 0 that `-` means.
//! - code columns carry `_suppressed` and `_not_applicable` as codes, null as unknown.
//! - personnummer `child`: `child_sex` Utf8 (`flicka`, `pojke`, null), `child_birth_year` Int16, `child_birth_month` Int16
//!   (null where the number has none), `child_unborn` Boolean, `child_age` Int16 (exact age on the event date; by year where
//!   month or day is unknown; null for the unborn).
//! - identity columns: null where the cell is empty.
//!
//! A cell that breaks its declaration is null in the batch, so that all other rules still see the row.

use arrow::array::RecordBatch;
use chrono::NaiveDate;

use crate::{
    model::{Reason, SliceKey, Tally},
    pipeline::{Pipeline, Reference},
    privacy::Pseudonyms,
    settings::Deliverer,
};

/// What the parser may know beside the bytes.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub pipeline: &'a Pipeline,
    pub deliverer: &'a Deliverer,
    pub slice: &'a SliceKey,
    pub business_date: NaiveDate,
    pub reference: &'a Reference,
    pub pseudonyms: &'a Pseudonyms,
    pub batch_rows: usize,
}

/// Some rows of a file, typed, with the reasons found while typing them.
#[derive(Debug)]
pub struct ParsedBatch {
    rows: RecordBatch,
    reasons: Vec<Reason>,
}

impl ParsedBatch {
    pub fn rows(&self) -> &RecordBatch {
        &self.rows
    }
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }
    pub fn into_parts(self) -> (RecordBatch, Vec<Reason>) {
        (self.rows, self.reasons)
    }
}

/// What is known when the last batch is out.
#[derive(Debug, Default)]
pub struct ParseEnd {
    /// `rows_read`, `rows_control`, `rows_out_of_scope` and their amounts; the other counts belong to later stages.
    pub tally: Tally,
    /// Warnings about the file itself (an unknown column): record 0, line 1.
    pub file_reasons: Vec<Reason>,
}
