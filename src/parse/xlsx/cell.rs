//! What a value of a workbook means in a column of a type, as a cell of the grammar that all formats share.
//!
//! Numbers become text in the contract's form and are then read like any text, with all its checks: a personnummer typed as a
//! number is still one.

use chrono::NaiveDate;

use super::{
    number,
    value::{Look, Value},
};
use crate::{
    parse::cell::{Cell, Status, date},
    pipeline::ColumnType,
};

/// A cell that may own its text.
pub(super) enum Held<'a> {
    Blank,
    Text(&'a str),
    Written(String),
    Day(NaiveDate),
    Malformed(&'static str),
}

impl Held<'_> {
    pub fn cell(&self) -> Cell<'_> {
        match self {
            Self::Blank => Cell::Absent(Status::Unknown),
            Self::Text(text) => Cell::Text(text),
            Self::Written(text) => Cell::Text(text),
            Self::Day(day) => Cell::Date(*day),
            Self::Malformed(class) => Cell::Malformed(class),
        }
    }
}

pub(super) fn held(value: Option<Value<'_>>, kind: ColumnType, date_1904: bool) -> Held<'_> {
    match value {
        None => Held::Blank,
        Some(Value::Text(text)) => Held::Text(text),
        Some(Value::Boolean(true)) => Held::Text("Ja"),
        Some(Value::Boolean(false)) => Held::Text("Nej"),
        Some(Value::Flaw(flaw)) => Held::Malformed(flaw.class()),
        Some(Value::IsoDate(text)) => day(text.get(..10).and_then(date), kind),
        Some(Value::Number(value, look)) => number(value, look, kind, date_1904),
    }
}

fn number(value: f64, look: Look, kind: ColumnType, date_1904: bool) -> Held<'static> {
    match kind {
        ColumnType::Date | ColumnType::Month => day(number::day(value, look, date_1904), kind),
        _ if look == Look::Date => Held::Malformed("date"),
        ColumnType::Decimal => written(number::decimal(value, look), "number out of range"),
        ColumnType::Integer | ColumnType::Year => written(number::whole(value, look), "not a whole number"),
        // A district code has two digits, of which Excel drops a leading zero.
        ColumnType::District => written(number::text(value, look.at_least(2)), "number out of range"),
        ColumnType::Boolean => Held::Malformed("number"),
        ColumnType::String | ColumnType::Code | ColumnType::Codes | ColumnType::Identity | ColumnType::Personnummer => {
            written(number::text(value, look), "number with digits lost")
        }
    }
}

fn written(text: Option<String>, otherwise: &'static str) -> Held<'static> {
    text.map_or(Held::Malformed(otherwise), Held::Written)
}

/// Any day of a month stands for the month.
fn day(found: Option<NaiveDate>, kind: ColumnType) -> Held<'static> {
    use chrono::Datelike;
    match (found, kind) {
        (Some(day), ColumnType::Date) => Held::Day(day),
        (Some(day), ColumnType::Month) => Held::Day(day.with_day(1).unwrap_or(day)),
        (Some(_), _) => Held::Malformed("date"),
        (None, _) => Held::Malformed("not a date"),
    }
}

impl Look {
    /// At least so many digits, unless it shows something else than a plain number.
    fn at_least(self, digits: u8) -> Self {
        match self {
            Self::Plain => Self::Zeros(digits),
            Self::Zeros(shown) => Self::Zeros(shown.max(digits)),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(value: Value<'_>, kind: ColumnType) -> String {
        match held(Some(value), kind, false).cell() {
            Cell::Text(text) => text.to_owned(),
            Cell::Date(day) => day.to_string(),
            Cell::Malformed(class) => format!("!{class}"),
            _ => "?".to_owned(),
        }
    }

    #[test]
    fn a_number_means_what_its_column_is() {
        use ColumnType::{Boolean, Date, Decimal, District, Identity, Integer, Month, String, Year};
        for (value, look, kind, expected) in [
            (1234.0, Look::Plain, Identity, "1234"),
            (1234.0, Look::Zeros(6), Identity, "001234"),
            (1.0, Look::Plain, District, "01"),
            (24.0, Look::Zeros(1), District, "24"),
            (0.8, Look::Percent, Decimal, "80"),
            (80.0, Look::Plain, Decimal, "80"),
            (0.8, Look::Plain, Decimal, "0,8"),
            (2007.0, Look::Plain, Year, "2007"),
            (2.5, Look::Plain, Integer, "!not a whole number"),
            (39_140.6, Look::Date, Date, "2007-02-27"),
            (39_140.0, Look::Date, Month, "2007-02-01"),
            (39_140.0, Look::Plain, Month, "2007-02-01"),
            (2007.0, Look::Plain, Month, "!not a date"),
            (39_140.0, Look::Date, Decimal, "!date"),
            (39_140.0, Look::Date, Identity, "!date"),
            (1.0, Look::Plain, Boolean, "!number"),
            (2.5, Look::Plain, String, "2,5"),
            (1e16, Look::Plain, Identity, "!number with digits lost"),
        ] {
            assert_eq!(seen(Value::Number(value, look), kind), expected, "{value} {look:?} {kind:?}");
        }
    }

    #[test]
    fn other_values_are_words_dates_or_flaws() {
        assert_eq!(seen(Value::Boolean(true), ColumnType::Boolean), "Ja");
        assert_eq!(seen(Value::IsoDate("2007-03-15T00:00:00"), ColumnType::Month), "2007-03-01");
        assert_eq!(seen(Value::IsoDate("12:30:00"), ColumnType::Date), "!not a date");
        assert_eq!(seen(Value::IsoDate("2007-03-15"), ColumnType::Decimal), "!date");
        assert_eq!(
            seen(Value::Flaw(super::super::value::Flaw::error("#N/A")), ColumnType::Decimal),
            "!error value #N/A"
        );
    }
}
