//! What a TOML file may hold: keys and the form of their values, as data, so that all findings can be told at once.

use chrono::NaiveDate;
use toml::{Value, de::DeValue};

/// The form of a value.
#[derive(Debug)]
pub enum Shape {
    /// Text that the function accepts; it answers what is wanted instead.
    Text(fn(&str) -> Result<(), String>),
    /// One of some words.
    Word(&'static [&'static str]),
    /// A whole number of a range.
    Integer(i64, i64),
    /// A number of a range.
    Number(f64, f64),
    /// `true` or `false`.
    Flag,
    /// A date, quoted or not.
    Date,
    List(&'static Shape),
    /// A table with these keys.
    Table(&'static [Key]),
    /// A table with exactly one of these keys.
    OneOf(&'static [Key]),
    /// A table with any keys.
    Map(&'static Shape),
}

/// One key of a table.
#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    pub shape: Shape,
    pub required: bool,
}

/// A key that may be left out.
pub const fn key(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: false }
}

/// A key that must stand in each table of this kind.
pub const fn must(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: true }
}

/// Any text but the empty one.
pub const NAME: Shape = Shape::Text(some);

fn some(text: &str) -> Result<(), String> {
    if text.trim().is_empty() { Err("text that is not empty".into()) } else { Ok(()) }
}

impl Shape {
    /// A plain value in this form, or what is wanted (`a whole number from 0 to 64`).
    pub fn scalar(&self, value: &DeValue<'_>) -> Result<Value, String> {
        let read = match (self, value) {
            (Self::Text(accepts), DeValue::String(text)) => {
                accepts(text)?;
                Some(Value::String(text.to_string()))
            }
            (Self::Word(words), DeValue::String(text)) => {
                words.contains(&text.as_ref()).then(|| Value::String(text.to_string()))
            }
            (Self::Integer(low, high), DeValue::Integer(digits)) => {
                let number = i64::from_str_radix(digits.as_str(), digits.radix()).ok();
                number.filter(|number| (low..=high).contains(&number)).map(Value::Integer)
            }
            (Self::Number(low, high), DeValue::Integer(_) | DeValue::Float(_)) => {
                number(value).filter(|number| (low..=high).contains(&number)).map(Value::Float)
            }
            (Self::Flag, DeValue::Boolean(flag)) => Some(Value::Boolean(*flag)),
            (Self::Date, DeValue::String(text)) => date(text),
            (Self::Date, DeValue::Datetime(datetime)) => date(&datetime.to_string()),
            _ => None,
        };
        read.ok_or_else(|| self.wanted())
    }

    /// The value of an environment variable: text where text is wanted, else TOML.
    pub fn variable(&self, text: &str) -> Result<Value, String> {
        match self {
            Self::Text(_) | Self::Word(_) | Self::Date => self.scalar(&DeValue::String(text.into())),
            Self::Integer(..) | Self::Number(..) | Self::Flag => {
                let value = DeValue::parse(text).map_err(|_| self.wanted())?;
                self.scalar(value.get_ref())
            }
            _ => Err(self.wanted()),
        }
    }

    fn wanted(&self) -> String {
        match self {
            Self::Text(_) => "text in quotes".into(),
            Self::Word(words) => format!("one of {}", words.join(", ")),
            Self::Integer(low, high) if *high == i64::MAX => format!("a whole number, {low} or more"),
            Self::Integer(low, high) => format!("a whole number from {low} to {high}"),
            Self::Number(low, high) if high.is_finite() && low.is_finite() => format!("a number from {low} to {high}"),
            Self::Number(..) => "a number".into(),
            Self::Flag => "true or false".into(),
            Self::Date => "a date (YYYY-MM-DD)".into(),
            Self::List(_) => "a list".into(),
            Self::Table(_) | Self::Map(_) => "a table".into(),
            Self::OneOf(keys) => {
                let names: Vec<_> = keys.iter().map(|key| key.name).collect();
                format!("a table with exactly one of {}", names.join(", "))
            }
        }
    }
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Float(digits) => digits.as_str().parse().ok(),
        DeValue::Integer(digits) => digits.as_str().parse().ok(),
        _ => None,
    }
}

fn date(text: &str) -> Option<Value> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(Value::String(date.to_string()))
}

/// The known word nearest to a misspelt one.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(word, known), known))
        .filter(|(similarity, _)| *similarity > 0.7)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, known)| known)
}
