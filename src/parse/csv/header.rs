//! The header row: which cell of a record holds which declared column.

use unicode_normalization::UnicodeNormalization;

use super::records::Record;
use crate::{
    error::{Error, Result, codes},
    model::{Reason, Severity},
    pipeline::Pipeline,
};

pub(super) struct Header {
    cells: usize,
    /// For each declared column, the place of its cell.
    places: Vec<usize>,
    reasons: Vec<Reason>,
}

impl Header {
    /// Matches declared columns, in any order.
    ///
    /// # Errors
    /// Every declared column that is missing or doubled, all at once, by its declared name.
    pub fn read(record: &Record<'_>, pipeline: &Pipeline) -> Result<Self> {
        let found: Vec<String> = (0..record.cells()).map(|place| folded(record.cell(place))).collect();
        let mut places = Vec::with_capacity(pipeline.columns.len());
        let mut findings = Vec::new();
        for column in &pipeline.columns {
            let field = folded(&column.field);
            let mut matching = found.iter().enumerate().filter(|(_, cell)| **cell == field);
            match (matching.next(), matching.next()) {
                (Some((place, _)), None) => places.push(place),
                (None, _) => findings.push(Error::new(&codes::parse::MISSING_COLUMN).detail(&column.field)),
                (Some(_), Some(_)) => findings.push(Error::new(&codes::parse::DOUBLED_COLUMN).detail(&column.field)),
            }
        }
        if let Some(error) = Error::all(findings) {
            return Err(error);
        }
        let unknown = (0..found.len()).filter(|place| !places.contains(place));
        let reasons = unknown.map(|place| unknown_column(pipeline, place, &found[place])).collect();
        Ok(Self { cells: found.len(), places, reasons })
    }

    /// Cells that every record must have.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// Where the declared column at `column` stands.
    pub fn place(&self, column: usize) -> usize {
        self.places[column]
    }

    /// Warnings about columns that no declaration knows.
    pub fn into_reasons(self) -> Vec<Reason> {
        self.reasons
    }
}

/// NFC, with no-break spaces as blanks, trimmed.
fn folded(field: &str) -> String {
    let blanks: String = field.nfc().map(|c| if matches!(c, '\u{a0}' | '\u{202f}') { ' ' } else { c }).collect();
    blanks.trim().to_owned()
}

/// Names the place only: without its header row, a file shows its first row's values here.
fn unknown_column(pipeline: &Pipeline, place: usize, cell: &str) -> Reason {
    Reason {
        record: 0,
        line: 1,
        rule: format!("{}.file.unknown_column", pipeline.name).into(),
        column: None,
        class: format!("cell={} len={}", place + 1, cell.chars().count()),
        severity: Severity::Warn,
        heals: false,
    }
}
