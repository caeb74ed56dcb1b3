//! One declared column: the checks its declaration asks for, and the builder its values go to.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use chrono::{Datelike, NaiveDate};
use regex::Regex;

use super::{
    Shared,
    notes::{Notes, Subject},
    value::{Builder, Kept},
};
use crate::{
    error::{Error, Result, codes},
    parse::{
        Context,
        cell::{
            Cell, NIL, Status, boolean, class, date, has_more_chars_than, hundredths, integer, is_nil, month, year,
        },
        schema::has_status,
    },
    pipeline::{Column, ColumnType},
    privacy::{Shapes, holds_personnummer},
};

/// Most characters of an id.
const ID_CHARS: usize = 64;
/// Most characters of any other text.
const TEXT_CHARS: usize = 4_000;

pub(super) struct ColumnSink {
    kind: ColumnType,
    required: bool,
    may_be_future: bool,
    /// The column that places the row in the file's year.
    is_period_date: bool,
    /// Bounds in hundredths, inclusive.
    minimum: Option<i128>,
    maximum: Option<i128>,
    pattern: Option<Regex>,
    subject: Subject,
    builder: Builder,
    status: Option<StringBuilder>,
    /// Hundredths of the row at hand, for the balance of money.
    amount: Option<i128>,
}

impl ColumnSink {
    pub fn new(context: &Context<'_>, column: &Column) -> Result<Self> {
        let dataset = context.pipeline.name.as_str();
        let pattern = column.pattern.as_ref().map(|pattern| Regex::new(&format!("^(?:{pattern})$"))).transpose();
        Ok(Self {
            kind: column.kind,
            required: column.required,
            may_be_future: column.may_be_future,
            is_period_date: context.pipeline.period_date.as_ref() == Some(&column.name),
            minimum: column.minimum.map(in_hundredths),
            maximum: column.maximum.map(in_hundredths),
            pattern: pattern.map_err(|_| unusable(dataset, &column.name, "pattern"))?,
            subject: Subject::column(dataset, &column.name),
            builder: Builder::new(context, column)?,
            status: has_status(column).then(StringBuilder::new),
            amount: None,
        })
    }

    pub fn push(&mut self, cell: Cell<'_>, shared: &Shared<'_>, notes: &mut Notes) -> Result<()> {
        self.amount = None;
        match cell {
            Cell::Text(text) => {
                let text = text.trim();
                match Status::of(text) {
                    Some(status) => self.absent(status, notes),
                    None => self.text(text, shared, notes),
                }
            }
            typed => self.value(typed, shared, notes),
        }
    }

    /// A typed value, whether a text was read or the format has types of its own.
    fn value(&mut self, value: Cell<'_>, shared: &Shared<'_>, notes: &mut Notes) -> Result<()> {
        match value {
            Cell::Integer(value) => self.integer(value, notes),
            Cell::Decimal(value) => self.decimal(value, notes),
            Cell::Date(value) => self.date(value, shared, notes),
            Cell::Absent(status) => self.absent(status, notes),
            Cell::Malformed(class) => self.broken(notes, "type", class.to_owned()),
            Cell::Text(text) => self.broken(notes, "type", class(text)),
        }
    }

    /// A cell that is not kept. Even here a personnummer has no place.
    pub fn push_dropped(&mut self, cell: &Cell<'_>, notes: &mut Notes) -> Result<()> {
        if let Cell::Text(text) = cell {
            self.holds_personnummer(text.trim(), Shapes::Text, notes);
        }
        self.absent(Status::NotApplicable, notes)
    }

    pub fn push_null(&mut self) -> Result<()> {
        self.amount = None;
        self.keep(Kept::Nothing)
    }

    /// The decimal of the row at hand, if it has one.
    pub fn last_amount(&self) -> Option<i128> {
        self.amount
    }

    pub fn finish(&mut self, arrays: &mut Vec<ArrayRef>) {
        arrays.push(self.builder.finish());
        if let Some(status) = &mut self.status {
            arrays.push(Arc::new(status.finish()));
        }
    }

    fn keep(&mut self, value: Kept<'_>) -> Result<()> {
        if let Some(status) = &mut self.status {
            status.append_null();
        }
        self.builder.append(value)
    }

    fn broken(&mut self, notes: &mut Notes, constraint: &'static str, class: String) -> Result<()> {
        notes.reject(&mut self.subject, constraint, class);
        self.keep(Kept::Nothing)
    }

    fn absent(&mut self, status: Status, notes: &mut Notes) -> Result<()> {
        if self.required {
            return self.broken(notes, "required", status.as_str().to_owned());
        }
        if let Some(column) = &mut self.status {
            column.append_value(status.as_str());
        }
        self.builder.append(Kept::Absent(status))
    }

    /// A trimmed text that is no status.
    fn text(&mut self, text: &str, shared: &Shared<'_>, notes: &mut Notes) -> Result<()> {
        if self.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(text)) {
            notes.reject(&mut self.subject, "pattern", class(text));
        }
        match self.kind {
            ColumnType::Code | ColumnType::Codes => self.code(text, notes),
            ColumnType::String => self.free_text(text, TEXT_CHARS, Shapes::Text, shared, notes),
            ColumnType::Identity => self.free_text(text, ID_CHARS, Shapes::Contract, shared, notes),
            ColumnType::District => self.district(text, notes),
            _ => self.typed(text, shared, notes),
        }
    }

    fn free_text(
        &mut self,
        text: &str,
        most: usize,
        shapes: Shapes,
        shared: &Shared<'_>,
        notes: &mut Notes,
    ) -> Result<()> {
        let too_long = has_more_chars_than(text, most);
        let personal = self.holds_personnummer(text, shapes, notes);
        if too_long {
            return self.broken(notes, "length", class(text));
        }
        self.keep(if personal { Kept::Nothing } else { Kept::Text(text, shared.pseudonyms) })
    }

    /// A known code costs one look-up. An unknown one stays as it came, unless the column must have a value.
    fn code(&mut self, text: &str, notes: &mut Notes) -> Result<()> {
        let unknown = self.builder.append_known(text);
        if unknown == 0 {
            if let Some(status) = &mut self.status {
                status.append_null();
            }
            return Ok(());
        }
        if has_more_chars_than(text, TEXT_CHARS) {
            return self.broken(notes, "length", class(text));
        }
        if self.holds_personnummer(text, Shapes::Text, notes) {
            return self.keep(Kept::Nothing);
        }
        let class = format!("{} unknown={unknown}", class(text));
        if self.required || self.builder.names_reserved_member(text) {
            return self.broken(notes, "code", class);
        }
        notes.warn(&mut self.subject, "code", class);
        self.keep(Kept::Code(text))
    }

    fn district(&mut self, text: &str, notes: &mut Notes) -> Result<()> {
        match self.builder.append_district(text) {
            Some(true) => Ok(()),
            Some(false) => self.broken(notes, "type", class(text)),
            None => Err(Error::new(&codes::parse::OTHER_DISTRICT).at(format_args!("line {}", notes.line()))),
        }
    }

    fn typed(&mut self, text: &str, shared: &Shared<'_>, notes: &mut Notes) -> Result<()> {
        let numeric = matches!(self.kind, ColumnType::Integer | ColumnType::Decimal);
        if numeric && is_nil(text) {
            return self.nil(notes);
        }
        if self.kind != ColumnType::Date || text.len() != 10 {
            self.holds_personnummer(text, Shapes::Contract, notes);
        }
        let value = match self.kind {
            ColumnType::Integer => integer(text).map(Cell::Integer),
            ColumnType::Decimal => hundredths(text).map(Cell::Decimal),
            ColumnType::Date => date(text).map(Cell::Date),
            ColumnType::Month => month(text).map(Cell::Date),
            ColumnType::Year => year(text).map(|year| Cell::Integer(year.into())),
            ColumnType::Boolean => return self.boolean(text, notes),
            _ => None,
        };
        match value {
            Some(value) => self.value(value, shared, notes),
            None => self.broken(notes, "type", class(text)),
        }
    }

    fn boolean(&mut self, text: &str, notes: &mut Notes) -> Result<()> {
        match boolean(text) {
            Some(value) => self.keep(Kept::Boolean(value)),
            None => self.broken(notes, "type", class(text)),
        }
    }

    /// Zero, marked as nil where the column has a status.
    fn nil(&mut self, notes: &mut Notes) -> Result<()> {
        self.bounds(0, notes);
        if let Some(status) = &mut self.status {
            status.append_value(NIL);
        }
        self.amount = Some(0);
        self.builder.append(Kept::Number(0))
    }

    fn integer(&mut self, value: i64, notes: &mut Notes) -> Result<()> {
        let in_hundredths = i128::from(value) * 100;
        match self.kind {
            ColumnType::Decimal => self.decimal(in_hundredths, notes),
            ColumnType::Integer | ColumnType::Year => {
                self.bounds(in_hundredths, notes);
                self.keep(Kept::Number(value.into()))
            }
            _ => self.broken(notes, "type", "number".to_owned()),
        }
    }

    fn decimal(&mut self, value: i128, notes: &mut Notes) -> Result<()> {
        if self.kind != ColumnType::Decimal {
            return self.broken(notes, "type", "decimal".to_owned());
        }
        self.amount = Some(value);
        self.bounds(value, notes);
        self.keep(Kept::Number(value))
    }

    fn date(&mut self, value: NaiveDate, shared: &Shared<'_>, notes: &mut Notes) -> Result<()> {
        if !matches!(self.kind, ColumnType::Date | ColumnType::Month) {
            return self.broken(notes, "type", "date".to_owned());
        }
        // A workbook says a month by any of its days.
        let value = if self.kind == ColumnType::Month { value.with_day(1).unwrap_or(value) } else { value };
        if self.is_period_date && shared.year.is_some_and(|year| year != value.year()) {
            notes.reject(&mut self.subject, "period", "another year than the file's".to_owned());
        }
        if !self.may_be_future && value > shared.business_date {
            notes.reject_for_now(&mut self.subject, "future", "after the business date".to_owned());
        }
        self.keep(Kept::Date(value))
    }

    fn bounds(&mut self, in_hundredths: i128, notes: &mut Notes) {
        if self.minimum.is_some_and(|minimum| in_hundredths < minimum) {
            notes.reject(&mut self.subject, "minimum", "below".to_owned());
        }
        if self.maximum.is_some_and(|maximum| in_hundredths > maximum) {
            notes.reject(&mut self.subject, "maximum", "above".to_owned());
        }
    }

    fn holds_personnummer(&mut self, text: &str, shapes: Shapes, notes: &mut Notes) -> bool {
        let holds = holds_personnummer(text, shapes);
        if holds {
            notes.reject_row("personnummer", Some(&self.subject), class(text));
        }
        holds
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a bound of the declaration lies far inside an i128")]
fn in_hundredths(bound: f64) -> i128 {
    (bound * 100.0).round() as i128
}

pub(super) fn unusable(dataset: &str, column: &str, what: &str) -> Error {
    Error::new(&codes::parse::BAD_COLUMN).detail(format_args!("{dataset}.{column}: {what}"))
}
