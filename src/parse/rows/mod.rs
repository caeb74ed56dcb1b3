//! Cells → typed batches with their reasons: what every format hands its rows to.
//!
//! In: record number, line and the cells of one row, in the order of the declaration. Out: [`ParsedBatch`]es of
//! `batch_rows` rows. Every reason of a row is kept; none holds a cell's text.

mod child;
mod column;
mod kept;
mod notes;
mod value;

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Int64Builder, RecordBatch},
    datatypes::SchemaRef,
};
use chrono::NaiveDate;

use super::{
    Context, ParsedBatch,
    cell::{Cell, class},
    schema,
};
use crate::{
    error::{Error, Result, codes},
    model::{Ore, Tally},
    pipeline::ColumnType,
    privacy::{Pseudonyms, Shapes, holds_personnummer},
};
use child::ChildSink;
use column::ColumnSink;
use kept::KeptWhen;
use notes::Notes;

/// What all columns of a file share.
pub(in crate::parse) struct Shared<'a> {
    pseudonyms: &'a Pseudonyms,
    business_date: NaiveDate,
    /// The file's calendar year, where its period is one.
    year: Option<i32>,
}

enum Sink {
    Column(Box<ColumnSink>),
    /// A column whose cell only some rows keep.
    Conditional(Box<ColumnSink>, KeptWhen),
    Child(Box<ChildSink>),
}

/// Builds batches row by row and sends each full one on.
pub(in crate::parse) struct RowSink<'a, 's> {
    shared: Shared<'a>,
    schema: SchemaRef,
    records: Int64Builder,
    lines: Int64Builder,
    columns: Vec<Sink>,
    notes: Notes,
    /// Place of the column over which the run proves the balance of money.
    amount: Option<usize>,
    rows: usize,
    batch_rows: usize,
    tally: Tally,
    send: &'s mut dyn FnMut(ParsedBatch) -> Result<()>,
}

impl<'a, 's> RowSink<'a, 's> {
    /// # Errors
    /// When a declaration names a code list or column that does not exist.
    pub fn new(context: &Context<'a>, send: &'s mut dyn FnMut(ParsedBatch) -> Result<()>) -> Result<Self> {
        let pipeline = context.pipeline;
        let sink_of = |(place, column): (usize, &_)| column_sink(context, place, column);
        Ok(Self {
            shared: Shared {
                pseudonyms: context.pseudonyms,
                business_date: context.business_date,
                year: context.slice.period.year(),
            },
            schema: schema(pipeline),
            records: Int64Builder::new(),
            lines: Int64Builder::new(),
            columns: pipeline.columns.iter().enumerate().map(sink_of).collect::<Result<_>>()?,
            notes: Notes::new(pipeline.name.as_str()),
            amount: pipeline.amount.as_ref().and_then(|name| pipeline.columns.iter().position(|c| c.name == *name)),
            rows: 0,
            batch_rows: context.batch_rows.max(1),
            tally: Tally::default(),
            send,
        })
    }

    /// Takes one row. `cell` gives the cell of the column at that place of the declaration.
    pub fn row<'c>(&mut self, record: i64, line: i64, cell: impl Fn(usize) -> Cell<'c>) -> Result<()> {
        self.row_beside([], record, line, cell)
    }

    /// Takes one row of a file that has columns which no declaration knows. Their cells are not kept, but even there a
    /// personnummer has no place.
    pub fn row_beside<'c, 'u>(
        &mut self,
        undeclared: impl IntoIterator<Item = &'u str>,
        record: i64,
        line: i64,
        cell: impl Fn(usize) -> Cell<'c>,
    ) -> Result<()> {
        self.begin(record, line);
        for text in undeclared.into_iter().map(str::trim) {
            if holds_personnummer(text, Shapes::Contract) {
                self.notes.reject_row("personnummer", None, format!("undeclared {}", class(text)));
            }
        }
        for (place, column) in self.columns.iter_mut().enumerate() {
            match column {
                Sink::Conditional(column, kept) if !kept.holds(&cell) => {
                    column.push_dropped(&cell(place), &mut self.notes)?;
                }
                Sink::Column(column) | Sink::Conditional(column, _) => {
                    column.push(cell(place), &self.shared, &mut self.notes)?;
                }
                Sink::Child(child) => child.push(&cell, &self.shared, &mut self.notes)?,
            }
        }
        if let Some(Sink::Column(column)) = self.amount.and_then(|place| self.columns.get(place)) {
            self.tally.amount_read += Ore(column.last_amount().unwrap_or(0));
        }
        self.end()
    }

    /// Takes a record that has no cells to speak of: a row of nulls, rejected by `<dataset>.row.<rule>`.
    pub fn unreadable(&mut self, record: i64, line: i64, rule: &'static str, class: String) -> Result<()> {
        self.begin(record, line);
        for column in &mut self.columns {
            match column {
                Sink::Column(column) | Sink::Conditional(column, _) => column.push_null()?,
                Sink::Child(child) => child.push_null()?,
            }
        }
        self.notes.reject_row(rule, None, class);
        self.end()
    }

    /// Sends what is left, and says how many rows and how much money were read.
    pub fn finish(mut self) -> Result<Tally> {
        self.flush()?;
        Ok(self.tally)
    }

    fn begin(&mut self, record: i64, line: i64) {
        self.records.append_value(record);
        self.lines.append_value(line);
        self.notes.at(record, line);
    }

    fn end(&mut self) -> Result<()> {
        self.rows += 1;
        self.tally.rows_read += 1;
        if self.rows >= self.batch_rows { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        self.rows = 0;
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(self.records.finish()), Arc::new(self.lines.finish())];
        for column in &mut self.columns {
            match column {
                Sink::Column(column) | Sink::Conditional(column, _) => column.finish(&mut arrays),
                Sink::Child(child) => child.finish(&mut arrays),
            }
        }
        let rows = RecordBatch::try_new(self.schema.clone(), arrays).map_err(|_| Error::new(&codes::parse::BATCH))?;
        (self.send)(ParsedBatch::new(rows, self.notes.take()))
    }
}

fn column_sink(context: &Context<'_>, place: usize, column: &crate::pipeline::Column) -> Result<Sink> {
    if column.kind == ColumnType::Personnummer {
        return Ok(Sink::Child(Box::new(ChildSink::new(context, place, column)?)));
    }
    let sink = Box::new(ColumnSink::new(context, column)?);
    Ok(match &column.keep_when {
        Some(keep_when) => Sink::Conditional(sink, KeptWhen::new(context, column, keep_when)?),
        None => Sink::Column(sink),
    })
}
