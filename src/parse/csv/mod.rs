//! CSV by §2 of the extract contract: separator, quoting, encoding and header, streamed record by record.
//!
//! In: the bytes of a landed file. Out: rows to the [`RowSink`], with record number and physical line. Refuses the file for NUL,
//! an unclosed quote, the marks of a wrong decoding, and a missing or doubled column; a ragged record is a reason.

mod quotes;
mod records;
mod source;
#[cfg(test)]
mod tests;

use super::{Context, ParseEnd, ParsedBatch, cell::Cell, header::Header, rows::RowSink};
use crate::{
    error::{Error, Result, codes},
    land::LandedFile,
};
use records::Records;
use source::Source;

/// What separates cells where neither the deliverer nor the pipeline says otherwise.
const SEPARATOR: char = ';';

pub(super) fn parse(
    file: &LandedFile,
    context: &Context<'_>,
    sink: &mut dyn FnMut(ParsedBatch) -> Result<()>,
) -> Result<ParseEnd> {
    if file.has_nul() {
        return Err(Error::new(&codes::parse::NUL));
    }
    read(Source::new(file.reader()?, file.encoding()), context, sink)
}

fn read(source: Source, context: &Context<'_>, sink: &mut dyn FnMut(ParsedBatch) -> Result<()>) -> Result<ParseEnd> {
    let mut records = Records::new(source, separator(context)?);
    let (cells, header) = match records.next()? {
        Some(record) => {
            let header = (0..record.cells()).map(|place| (place, record.cell(place)));
            (record.cells(), Header::read(header, 1, context.pipeline)?)
        }
        None => return Err(Error::new(&codes::parse::NO_HEADER)),
    };
    let mut rows = RowSink::new(context, sink)?;
    let mut number = 0;
    while let Some(record) = records.next()? {
        number += 1;
        if record.cells() == cells {
            let undeclared = header.unknown().iter().map(|&place| record.cell(place));
            rows.row_beside(undeclared, number, record.line(), |column| Cell::Text(record.cell(header.place(column))))?;
        } else {
            let class = format!("cells={} expected={}", record.cells(), cells);
            rows.unreadable(number, record.line(), "ragged", class)?;
        }
    }
    Ok(ParseEnd { tally: rows.finish()?, file_reasons: header.into_reasons() })
}

fn separator(context: &Context<'_>) -> Result<u8> {
    let separator = context.deliverer.csv.separator.or(context.pipeline.csv.separator).unwrap_or(SEPARATOR);
    u8::try_from(separator)
        .ok()
        .filter(|byte| byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n'))
        .ok_or_else(|| Error::new(&codes::parse::BAD_COLUMN).detail("csv.separator is not one ASCII character"))
}
