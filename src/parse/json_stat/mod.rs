//! JSON-stat 2.0 (PxWeb v2) → rows of a dataset, one per cell that is no total.
//!
//! In: a landed file and a declaration whose `field`s name dimensions. Out: batches of its columns. [`cube`] reads any dataset;
//! [`axes`] says what its dimensions mean to this one. A record is a cell in row-major order (1 = the first); its line is the one
//! on which its value stands. Every cell is *read*; cells of totals ([`axes`]) are *control*; all others are rows.
//!
//! A null cell is a row with null and its status: `..` suppressed, `.` not applicable, `-` nil (then the value is 0, as in CSV),
//! anything else unknown. A mark beside a value (provisional, revised) does not change it. A value that is not a whole number
//! rejects its row.

mod axes;
mod cube;
mod document;

#[cfg(test)]
mod tests;

use std::io::{BufRead, BufReader, Read};

use axes::Member;
use cube::Cube;
use document::{Document, Value};

use super::{
    Context, ParseEnd, ParsedBatch,
    cell::{Cell, Status},
    rows::RowSink,
};
use crate::{
    Error, Result,
    error::codes::parse as codes,
    land::{Encoding, LandedFile},
};

/// Reads one landed JSON-stat response.
///
/// # Errors
/// A refusal of the file (`PARS-2xx`), a failure to read it, or the sink's error.
pub(super) fn parse(
    file: &LandedFile,
    context: &Context<'_>,
    sink: &mut dyn FnMut(ParsedBatch) -> Result<()>,
) -> Result<ParseEnd> {
    let mut source = BufReader::with_capacity(1 << 16, file.reader()?);
    match file.encoding() {
        Encoding::Utf8 => {}
        Encoding::Utf8Bom => source.read_exact(&mut [0; 3]).map_err(|_| Error::new(&codes::LANDING_READ))?,
        Encoding::NotUtf8 => return Err(Error::new(&codes::JSTAT_NOT_JSON).detail("not UTF-8")),
    }
    read(source, context, sink)
}

fn read(
    source: impl BufRead,
    context: &Context<'_>,
    sink: &mut dyn FnMut(ParsedBatch) -> Result<()>,
) -> Result<ParseEnd> {
    let cube = Cube::of(Document::read(source)?)?;
    let sources = axes::sources(&cube, context)?;
    let mut rows = RowSink::new(context, sink)?;
    let mut control = 0;
    let mut coordinates = Vec::with_capacity(cube.dimensions.len());
    for cell in 0..cube.cells() {
        cube.coordinates(cell, &mut coordinates);
        if sources.iter().any(|source| source.member(&coordinates) == Some(&Member::Total)) {
            control += 1;
            continue;
        }
        let (value, line) = cube.value(cell);
        let record = i64::try_from(cell).unwrap_or(i64::MAX) + 1;
        rows.row(record, line.into(), |column| match sources[column].member(&coordinates) {
            None => value_cell(value, cube.status(cell)),
            Some(Member::Text(text)) => Cell::Text(text),
            Some(Member::Number(number)) => Cell::Integer(*number),
            Some(Member::Malformed(class)) => Cell::Malformed(class),
            Some(Member::Total) => Cell::Absent(Status::Unknown),
        })?;
    }
    let mut tally = rows.finish()?;
    tally.rows_read += control;
    tally.rows_control += control;
    Ok(ParseEnd { tally, file_reasons: Vec::new() })
}

fn value_cell(value: Value, status: Option<&str>) -> Cell<'_> {
    match (value, status.map(str::trim)) {
        (Value::Whole(number), _) => Cell::Integer(number),
        (Value::Number, _) => Cell::Malformed("not a whole number"),
        (Value::Other, _) => Cell::Malformed("not a number"),
        (Value::Null, Some("-")) => Cell::Text("-"),
        (Value::Null, Some(mark)) => Cell::Absent(Status::of(mark).unwrap_or(Status::Unknown)),
        (Value::Null, None) => Cell::Absent(Status::Unknown),
    }
}
