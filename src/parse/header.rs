//! The header of a table: which of its cells holds which declared column.
//!
//! In: the header's cells, in any order. Out: the place of each declared column, and a warning for each cell that none declares.

use unicode_normalization::UnicodeNormalization;

use crate::{
    error::{Error, Result, codes},
    model::{Reason, Severity},
    pipeline::Pipeline,
};

pub(in crate::parse) struct Header {
    /// For each declared column, the place of its cell.
    places: Vec<usize>,
    /// Places of the columns that no declaration knows.
    unknown: Vec<usize>,
    reasons: Vec<Reason>,
}

impl Header {
    /// Matches declared columns. `cells` are those of the header on `line`, each with its place.
    ///
    /// # Errors
    /// Every declared column that is missing or doubled, all at once, by its declared name.
    pub fn read<'c>(cells: impl Iterator<Item = (usize, &'c str)>, line: i64, pipeline: &Pipeline) -> Result<Self> {
        let found: Vec<(usize, String)> = cells.map(|(place, cell)| (place, folded(cell))).collect();
        let mut places = Vec::with_capacity(pipeline.columns.len());
        let mut findings = Vec::new();
        for column in &pipeline.columns {
            let field = folded(&column.field);
            let mut matching = found.iter().filter(|(_, cell)| *cell == field);
            match (matching.next(), matching.next()) {
                (Some((place, _)), None) => places.push(*place),
                (None, _) => findings.push(Error::new(&codes::parse::MISSING_COLUMN).detail(&column.field)),
                (Some(_), Some(_)) => findings.push(Error::new(&codes::parse::DOUBLED_COLUMN).detail(&column.field)),
            }
        }
        if let Some(error) = Error::all(findings) {
            return Err(error);
        }
        let strangers = || found.iter().filter(|(place, _)| !places.contains(place));
        let unknown = strangers().map(|(place, _)| *place).collect();
        let reasons = strangers().map(|(place, cell)| unknown_column(pipeline, *place, line, cell)).collect();
        Ok(Self { places, unknown, reasons })
    }

    /// Where the declared column at `column` stands.
    pub fn place(&self, column: usize) -> usize {
        self.places[column]
    }

    /// Where the columns stand that no declaration knows.
    pub fn unknown(&self) -> &[usize] {
        &self.unknown
    }

    /// Warnings about columns that no declaration knows.
    pub fn into_reasons(self) -> Vec<Reason> {
        self.reasons
    }
}

/// NFC, with no-break spaces as blanks, trimmed.
pub(in crate::parse) fn folded(field: &str) -> String {
    let blanks: String = field.nfc().map(|c| if matches!(c, '\u{a0}' | '\u{202f}') { ' ' } else { c }).collect();
    blanks.trim().to_owned()
}

/// Names the place only: without its header row, a file shows its first row's values here.
pub(in crate::parse) fn unknown_column(pipeline: &Pipeline, place: usize, line: i64, cell: &str) -> Reason {
    Reason {
        record: 0,
        line,
        rule: format!("{}.file.unknown_column", pipeline.name).into(),
        column: None,
        class: format!("cell={} len={}", place + 1, cell.chars().count()),
        severity: Severity::Warn,
        heals: false,
    }
}
