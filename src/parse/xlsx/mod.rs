//! XLSX by §2 and §4 of the extract contract: one sheet of a workbook, as people make it.
//!
//! In: a landed file and a declaration that says where its table stands ([`crate::pipeline::Xlsx`]). Out: rows to the
//! [`RowSink`](super::rows::RowSink); a record is a row that is not empty (1 = the first below the heading), its line the physical row.
//!
//! ```text
//! landed file → process ─ memory file → child: book → heading → frames ─ pipe → table → cell → rows
//! ```
//!
//! A workbook is a program's worth of formats inside each other, so it is read by a process of its own ([`child`]) within
//! limits of memory and time, and only frames of cells come back. What it dies of refuses the file, and nothing else.

mod book;
mod cell;
mod child;
mod frame;
mod heading;
mod number;
mod process;
mod table;
mod value;

use std::{fs::File, io::Write};

use super::{Context, ParseEnd, ParsedBatch};
use crate::{error::Result, land::LandedFile};
use child::Request;
use frame::Frames;
use process::{PATIENCE, Reading};
use table::Broken;

pub(super) use process::COMMAND;

pub(super) fn parse(
    file: &LandedFile,
    context: &Context<'_>,
    sink: &mut dyn FnMut(ParsedBatch) -> Result<()>,
) -> Result<ParseEnd> {
    let reading = Reading::start(context.program, &request(context), file.reader()?, PATIENCE)?;
    read(reading, context, sink)
}

fn read(reading: Reading, context: &Context<'_>, sink: &mut dyn FnMut(ParsedBatch) -> Result<()>) -> Result<ParseEnd> {
    let mut frames = Frames::new(reading);
    table::read(&mut frames, context, sink).map_err(|broken| match broken {
        Broken::Told(error) => error,
        Broken::Stream { ready } => frames.into_input().verdict(ready),
    })
}

/// The work of the other process. `None` when it could not be done.
pub(super) fn run_child(request: &str, input: File, output: impl Write) -> Option<()> {
    child::run(request, input, output)
}

fn request(context: &Context<'_>) -> Request {
    let xlsx = &context.pipeline.xlsx;
    let period = context.slice.period.to_string();
    Request {
        sheet: xlsx.sheet.as_ref().map(|name| name.replace("{period}", &period)),
        header_rows: xlsx.header_rows,
        fields: context.pipeline.columns.iter().map(|column| column.field.clone()).collect(),
    }
}
