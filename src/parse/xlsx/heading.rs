//! The heading of a sheet: which rows it takes, and what each column is called.
//!
//! In: the rows of a sheet from its first. Out: the names by column. The heading begins with the first row that is not empty and
//! takes as many rows as declared, empty ones included. A column is called what its lowest cell with something in it says: a name
//! merged over all heading rows stands in the first of them, a group's name merged over columns stands above the names.

use std::{
    collections::BTreeMap,
    io::{Read, Seek},
};

use super::{
    book::Sheet,
    frame::{Garbled, Row, RowBytes},
    number,
    value::Value,
};
use crate::error::{Error, Result, codes};

#[derive(Debug, Default)]
pub(super) struct Heading {
    /// Names by column, from left to right.
    pub names: BTreeMap<u16, String>,
    pub last_row: u32,
    /// The first row below it, already taken from the sheet.
    pub next: Option<Vec<u8>>,
}

impl Heading {
    pub fn read<S: Read + Seek>(sheet: &mut Sheet<'_, S>, rows: u32) -> Result<Self> {
        let mut heading = Self::default();
        while let Some(bytes) = sheet.next_row()? {
            let row = Row::read(bytes.bytes()).map_err(garbled)?;
            if heading.last_row == 0 {
                if row.cells().next().is_none() {
                    continue;
                }
                heading.last_row = row.number.saturating_add(rows.saturating_sub(1));
            }
            if row.number > heading.last_row {
                heading.next = Some(bytes.bytes().to_vec());
                break;
            }
            for cell in row.cells() {
                let (column, value) = cell.map_err(garbled)?;
                heading.names.extend(name(value).map(|name| (column, name)));
            }
        }
        Ok(heading)
    }

    /// As a row whose number is that of the heading's last.
    pub fn to_row(&self) -> RowBytes {
        let mut row = RowBytes::default();
        row.begin(self.last_row, false);
        for (column, name) in &self.names {
            row.cell(*column, Value::Text(name));
        }
        row
    }
}

/// A name on one line, whatever breaks its cell has.
fn name(value: Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        Value::Number(value, look) => number::text(value, look),
        _ => None,
    }
}

fn garbled(_: Garbled) -> Error {
    Error::new(&codes::parse::XLSX_READER_DIED).detail("a row does not read back")
}
