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
//! A cell that cannot be typed is null in the batch, and so is one with an identity that is not valid; one that only breaks a
//! bound (a date after the business date, a value out of range) keeps its value, so that all other rules still see the row.
//! A ragged record is a row of nulls.
//!
//! Rules of a declaration have the id `<dataset>.<column>.<constraint>`, where the constraint is one of `required`, `type`, `code`, `minimum`,
//! `maximum`, `pattern`, `length`, `future`, `period`, `identity`, `age`, `sex`; those of a row are `<dataset>.row.ragged` and
//! `<dataset>.row.personnummer`; those of a file are `<dataset>.file.unknown_column`,
//! and of a workbook `renamed_sheet`, `hidden_rows`, `hidden_columns`, `merged_cells`, `rows_after_end`. An unknown code in an optional column is a warning, which `validate`
//! turns into a rejection where `required_when` holds.

mod cell;
mod csv;
mod header;
mod json_stat;
mod rows;
mod schema;
mod sie;
mod xlsx;

use std::{fs::File, io::Write, path::Path};

use arrow::array::RecordBatch;
use chrono::NaiveDate;

pub use schema::schema;

use crate::{
    error::Result,
    land::LandedFile,
    model::{Reason, SliceKey, Tally},
    pipeline::{Format, Pipeline, Reference},
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
    /// This program, where the process that runs is another one that has it linked; it reads workbooks.
    pub program: Option<&'a Path>,
}

/// Some rows of a file, typed, with the reasons found while typing them.
#[derive(Debug)]
pub struct ParsedBatch {
    rows: RecordBatch,
    reasons: Vec<Reason>,
}

impl ParsedBatch {
    /// For the formats below this module only.
    pub(in crate::parse) fn new(rows: RecordBatch, reasons: Vec<Reason>) -> Self {
        Self { rows, reasons }
    }
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

/// Reads one landed file to its end. Batches go to `sink` in file order; an error of the sink ends the reading.
///
/// # Errors
/// A refusal of the whole file (policy `Refuse`), or a failure to read it. What the sink was given before is void then.
pub fn parse(
    file: &LandedFile,
    context: &Context<'_>,
    sink: &mut dyn FnMut(ParsedBatch) -> Result<()>,
) -> Result<ParseEnd> {
    match context.pipeline.format {
        Format::Csv => csv::parse(file, context, sink),
        Format::Sie => sie::parse(file, context, sink),
        Format::JsonStat => json_stat::parse(file, context, sink),
        Format::Xlsx => xlsx::parse(file, context, sink),
    }
}

/// First argument with which this program reads a workbook, and does nothing else.
pub const READ_WORKBOOK: &str = xlsx::COMMAND;

/// What this program does when it is started to read a workbook. `None` when it could not even say why it did not.
pub fn read_workbook(request: &str, workbook: File, frames: impl Write) -> Option<()> {
    xlsx::run_child(request, workbook, frames)
}
