//! Frames of a sheet → rows of the dataset.
//!
//! In: the stream of the reading process. Out: rows to the [`RowSink`], and what is to be told of the file. Empty rows are no
//! records; the table ends with the declared row. Hidden rows and columns are data, and are told of.

use std::{collections::BTreeSet, io::Read};

use super::{
    cell::{Held, held},
    child::{Chosen, Refusal, Rest},
    frame::{Frames, Garbled, Kind, Row},
    value::Value,
};
use crate::{
    error::{Error, Result, codes},
    model::{Reason, Severity, Tally},
    parse::{
        Context, ParseEnd, ParsedBatch,
        cell::{Cell, may_be_marked, wrongly_decoded},
        header::{Header, unknown_column},
        rows::RowSink,
    },
    pipeline::{ColumnType, Pipeline, fold},
};

/// Why a table was not read to its end.
pub(super) enum Broken {
    /// The stream broke off or made no sense; true when the process had begun to read.
    Stream {
        ready: bool,
    },
    Told(Error),
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::Told(error)
    }
}

/// Reads the stream to its end.
pub(super) fn read<R: Read>(
    frames: &mut Frames<R>,
    context: &Context<'_>,
    sink: &mut dyn FnMut(ParsedBatch) -> Result<()>,
) -> Result<ParseEnd, Broken> {
    expect(frames, Kind::Ready, false)?;
    let chosen: Chosen = json(expect(frames, Kind::Sheet, true)?)?;
    let named = heading(expect(frames, Kind::Heading, true)?, context.pipeline)?;
    let mut table = Table::new(context, &chosen, named, sink)?;
    loop {
        match frames.next().map_err(|_| Broken::Stream { ready: true })? {
            (Kind::Row, payload) => table.row(payload)?,
            (Kind::End, payload) => {
                let rest: Rest = json(payload)?;
                return Ok(table.finish(&chosen, &rest)?);
            }
            (kind, payload) => return Err(unexpected(kind, payload)),
        }
    }
}

/// The payload of the frame that must come next.
fn expect<R: Read>(frames: &mut Frames<R>, expected: Kind, ready: bool) -> Result<&[u8], Broken> {
    match frames.next().map_err(|_| Broken::Stream { ready })? {
        (kind, payload) if kind == expected => Ok(payload),
        (kind, payload) => Err(unexpected(kind, payload)),
    }
}

fn unexpected(kind: Kind, payload: &[u8]) -> Broken {
    match (kind, json::<Refusal>(payload)) {
        (Kind::Refused, Ok(refusal)) => Broken::Told(refused(refusal)),
        _ => Broken::Stream { ready: true },
    }
}

/// The refusal as an error of this process, with a code that workbooks are refused with.
fn refused(refusal: Refusal) -> Error {
    tracing::debug!(code = refusal.code, peak_kib = refusal.peak_kib, "workbook refused");
    let known = codes::parse::ALL.iter().find(|code| code.id == refusal.code);
    let error = Error::new(known.copied().unwrap_or(&codes::parse::XLSX_READER_DIED)).detail(refusal.detail);
    match refusal.place {
        Some(place) => error.at(place),
        None => error,
    }
}

fn json<T: serde::de::DeserializeOwned>(payload: &[u8]) -> Result<T, Broken> {
    serde_json::from_slice(payload).map_err(|_| Broken::Stream { ready: true })
}

/// The columns by their names.
struct Named {
    header: Header,
    /// The row the names stand in, and every column that has one.
    line: i64,
    columns: BTreeSet<u16>,
}

fn heading(payload: &[u8], pipeline: &Pipeline) -> Result<Named, Broken> {
    let garbled = |_: Garbled| Broken::Stream { ready: true };
    let row = Row::read(payload).map_err(garbled)?;
    let cells: Vec<(u16, Value<'_>)> = row.cells().collect::<Result<_, _>>().map_err(garbled)?;
    let names = cells.iter().filter_map(|(column, value)| match value {
        Value::Text(text) => Some((usize::from(*column), *text)),
        _ => None,
    });
    if cells.is_empty() {
        return Err(Error::new(&codes::parse::NO_HEADER).into());
    }
    let line = i64::from(row.number);
    let header = Header::read(names, line, pipeline)?;
    Ok(Named { header, line, columns: cells.iter().map(|(column, _)| *column).collect() })
}

struct Table<'a, 's> {
    pipeline: &'a Pipeline,
    rows: RowSink<'a, 's>,
    /// Type of each declared column, and by column of the sheet which of them stands there.
    kinds: Vec<ColumnType>,
    places: Vec<Option<usize>>,
    named: BTreeSet<u16>,
    heading_line: i64,
    date_1904: bool,
    /// Folded text that stands first in the row after the last.
    end_row: Option<String>,
    ended_at: Option<i64>,
    record: i64,
    hidden_rows: u32,
    rows_after: u32,
    /// Columns that hold something and are not declared.
    unnamed: BTreeSet<u16>,
    reasons: Vec<Reason>,
}

impl<'a, 's> Table<'a, 's> {
    fn new(
        context: &Context<'a>,
        chosen: &Chosen,
        named: Named,
        sink: &'s mut dyn FnMut(ParsedBatch) -> Result<()>,
    ) -> Result<Self> {
        let pipeline = context.pipeline;
        let mut places = Vec::new();
        for column in 0..pipeline.columns.len() {
            let place = named.header.place(column);
            places.resize(places.len().max(place + 1), None);
            places[place] = Some(column);
        }
        Ok(Self {
            pipeline,
            rows: RowSink::new(context, sink)?,
            kinds: pipeline.columns.iter().map(|column| column.kind).collect(),
            places,
            named: named.columns,
            heading_line: named.line,
            date_1904: chosen.date_1904,
            end_row: pipeline.xlsx.end_row.as_ref().map(|text| fold(text.trim())),
            ended_at: None,
            record: 0,
            hidden_rows: 0,
            rows_after: 0,
            unnamed: BTreeSet::new(),
            reasons: named.header.into_reasons(),
        })
    }

    fn row(&mut self, payload: &[u8]) -> Result<(), Broken> {
        let garbled = |_: Garbled| Broken::Stream { ready: true };
        let row = Row::read(payload).map_err(garbled)?;
        let line = i64::from(row.number);
        let mut values: Vec<Option<Value<'_>>> = vec![None; self.kinds.len()];
        let mut first = None;
        let mut undeclared = Vec::new();
        for cell in row.cells() {
            let (column, value) = cell.map_err(garbled)?;
            first = first.or(Some(value));
            match self.places.get(usize::from(column)).copied().flatten() {
                Some(place) => values[place] = Some(value),
                None => undeclared.push((column, value)),
            }
        }
        let Some(first) = first else { return Ok(()) };
        if self.ended_at.is_some() {
            self.rows_after += 1;
            return Ok(());
        }
        if self.ends_table(first) {
            self.ended_at = Some(line);
            return Ok(());
        }
        self.unnamed.extend(undeclared.iter().map(|(column, _)| *column));
        if values.iter().all(Option::is_none) {
            return Ok(());
        }
        self.record += 1;
        self.hidden_rows += u32::from(row.hidden);
        self.take(line, &values, &undeclared)?;
        Ok(())
    }

    fn take(&mut self, line: i64, values: &[Option<Value<'_>>], undeclared: &[(u16, Value<'_>)]) -> Result<()> {
        for text in values.iter().filter_map(|value| match value {
            Some(Value::Text(text)) => Some(*text),
            _ => None,
        }) {
            if may_be_marked(text.as_bytes()) && wrongly_decoded(text) {
                return Err(Error::new(&codes::parse::WRONG_DECODING).at(format_args!("row {line}")));
            }
        }
        let cells: Vec<Held<'_>> =
            values.iter().zip(&self.kinds).map(|(value, kind)| held(*value, *kind, self.date_1904)).collect();
        let as_text = |(_, value): &(u16, _)| held(Some(*value), ColumnType::String, self.date_1904);
        let undeclared: Vec<Held<'_>> = undeclared.iter().map(as_text).collect();
        let texts = undeclared.iter().filter_map(|held| match held.cell() {
            Cell::Text(text) => Some(text),
            _ => None,
        });
        self.rows.row_beside(texts, self.record, line, |column| cells[column].cell())
    }

    fn ends_table(&self, first: Value<'_>) -> bool {
        matches!((first, &self.end_row), (Value::Text(text), Some(end)) if fold(text.trim()) == *end)
    }

    fn finish(mut self, chosen: &Chosen, rest: &Rest) -> Result<ParseEnd> {
        tracing::debug!(rows = self.record, peak_kib = rest.peak_kib, "workbook read");
        let named = |(from, to): &(u16, u16)| {
            let places = (*from..=*to).map(usize::from);
            places.filter(|place| self.places.get(*place).copied().flatten().is_some()).collect::<Vec<_>>()
        };
        let hidden_columns: BTreeSet<usize> = chosen.hidden_columns.iter().flat_map(named).collect();
        let line = self.heading_line;
        // Columns that have a name were told of with the header.
        let nameless = self.unnamed.difference(&self.named);
        self.reasons.extend(nameless.map(|column| unknown_column(self.pipeline, usize::from(*column), line, "")));
        if chosen.renamed {
            self.warn("renamed_sheet", line, format!("sheet={}", chosen.sheet));
        }
        self.warn_of("hidden_columns", line, hidden_columns.len());
        self.warn_of("hidden_rows", line, self.hidden_rows as usize);
        self.warn_of("merged_cells", line, rest.merged as usize);
        self.warn_of("rows_after_end", self.ended_at.unwrap_or(line), self.rows_after as usize);
        let tally: Tally = self.rows.finish()?;
        Ok(ParseEnd { tally, file_reasons: self.reasons })
    }

    fn warn_of(&mut self, what: &str, line: i64, count: usize) {
        if count > 0 {
            self.warn(what, line, format!("count={count}"));
        }
    }

    fn warn(&mut self, what: &str, line: i64, class: String) {
        self.reasons.push(Reason {
            record: 0,
            line,
            rule: format!("{}.file.{what}", self.pipeline.name).into(),
            column: None,
            class,
            severity: Severity::Warn,
            heals: false,
        });
    }
}
