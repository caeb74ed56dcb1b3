//! The Arrow builder of one column, by its declared type.

use std::{collections::HashMap, sync::Arc};

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, FixedSizeBinaryBuilder, Int16Builder, Int64Builder,
    StringBuilder,
};
use chrono::NaiveDate;

use super::column::unusable;
use crate::{
    error::{Error, Result, codes},
    parse::{
        Context,
        cell::{CodeBook, Status, composed, epoch_days, is_reserved},
        schema::PSEUDONYM_BYTES,
    },
    pipeline::{Column, ColumnType, DelivererKind, Scope},
    privacy::Pseudonyms,
};

/// Combinations of codes remembered per column.
const COMBINATIONS: usize = 4096;
/// Between the codes of one cell.
const CODE_SEPARATOR: char = '|';

/// What a column is told to keep.
#[derive(Clone, Copy)]
pub(super) enum Kept<'a> {
    /// Text of a string or identity column, with what makes an identity a pseudonym.
    Text(&'a str, &'a Pseudonyms),
    /// An unknown code, as it came.
    Code(&'a str),
    /// A number; of a decimal, in hundredths.
    Number(i128),
    Boolean(bool),
    Date(NaiveDate),
    Absent(Status),
    Nothing,
}

pub(super) enum Builder {
    Text(StringBuilder),
    Code {
        book: CodeBook,
        values: StringBuilder,
    },
    /// Combinations seen whose codes are all known, with what they become.
    Codes {
        book: CodeBook,
        seen: HashMap<String, String>,
        values: StringBuilder,
    },
    District {
        own: Option<String>,
        values: StringBuilder,
    },
    Integer(Int64Builder),
    Year(Int16Builder),
    Decimal(Decimal128Builder),
    Boolean(BooleanBuilder),
    Date(Date32Builder),
    Identity {
        scope: Scope,
        values: FixedSizeBinaryBuilder,
    },
}

impl Builder {
    pub fn new(context: &Context<'_>, column: &Column) -> Result<Self> {
        let dataset = context.pipeline.name.as_str();
        let values = StringBuilder::new();
        Ok(match column.kind {
            ColumnType::String => Self::Text(values),
            ColumnType::Code => Self::Code { book: code_book(context, column)?, values },
            ColumnType::Codes => Self::Codes { book: code_book(context, column)?, seen: HashMap::new(), values },
            ColumnType::District => {
                // A central office reports on all districts; a district on itself alone.
                let district = context.deliverer.kind == DelivererKind::District;
                Self::District { own: district.then(|| context.deliverer.code.as_str().to_owned()), values }
            }
            ColumnType::Integer => Self::Integer(Int64Builder::new()),
            ColumnType::Year => Self::Year(Int16Builder::new()),
            ColumnType::Decimal => Self::Decimal(
                Decimal128Builder::new()
                    .with_precision_and_scale(14, 2)
                    .map_err(|_| Error::new(&codes::parse::BATCH))?,
            ),
            ColumnType::Boolean => Self::Boolean(BooleanBuilder::new()),
            ColumnType::Date | ColumnType::Month => Self::Date(Date32Builder::new()),
            ColumnType::Identity | ColumnType::Personnummer => Self::Identity {
                scope: column.scope.ok_or_else(|| unusable(dataset, &column.name, "scope"))?,
                values: FixedSizeBinaryBuilder::new(PSEUDONYM_BYTES),
            },
        })
    }

    pub fn append(&mut self, value: Kept<'_>) -> Result<()> {
        match (self, value) {
            (Self::Text(values), Kept::Text(text, _)) | (Self::Code { values, .. }, Kept::Code(text)) => {
                values.append_value(composed(text));
            }
            (Self::Identity { scope, values }, Kept::Text(text, pseudonyms)) => {
                let pseudonym = pseudonyms.of(*scope, &composed(text));
                values.append_value(pseudonym).map_err(|_| Error::new(&codes::parse::BATCH))?;
            }
            (Self::Codes { book, values, .. }, Kept::Code(text)) => values.append_value(joined(book, text)),
            (Self::Code { values, .. } | Self::Codes { values, .. }, Kept::Absent(status)) => {
                values.append_option(status.member());
            }
            (Self::Integer(values), Kept::Number(number)) => values.append_option(number.try_into().ok()),
            (Self::Year(values), Kept::Number(number)) => values.append_option(number.try_into().ok()),
            (Self::Decimal(values), Kept::Number(number)) => values.append_value(number),
            (Self::Boolean(values), Kept::Boolean(value)) => values.append_value(value),
            (Self::Date(values), Kept::Date(date)) => values.append_value(epoch_days(date)),
            (other, _) => other.append_null(),
        }
        Ok(())
    }

    /// Appends a cell whose codes are all known and answers 0, or appends nothing and says how many are not.
    pub fn append_known(&mut self, text: &str) -> usize {
        match self {
            Self::Code { book, values } => match book.find(text) {
                Some(place) => {
                    values.append_value(book.code(place));
                    0
                }
                None => 1,
            },
            Self::Codes { book, seen, values } => {
                if let Some(known) = seen.get(text) {
                    values.append_value(known);
                    return 0;
                }
                let unknown = parts(text).filter(|part| book.find(part).is_none()).count();
                if unknown == 0 {
                    let known = joined(book, text);
                    values.append_value(&known);
                    if seen.len() < COMBINATIONS {
                        seen.insert(text.to_owned(), known);
                    }
                }
                unknown
            }
            _ => 1,
        }
    }

    /// Appends the district when it may stand here; `false` when it is no district code, `None` when it is another's.
    pub fn append_district(&mut self, text: &str) -> Option<bool> {
        let Self::District { own, values } = self else { return Some(false) };
        match own {
            Some(own) if own != text => return None,
            None if text.len() != 2 || !text.bytes().all(|byte| byte.is_ascii_digit()) => return Some(false),
            _ => values.append_value(text),
        }
        Some(true)
    }

    /// True when a cell spells a member that every dimension has.
    pub fn names_reserved_member(&self, text: &str) -> bool {
        match self {
            Self::Codes { .. } => parts(text).any(is_reserved),
            _ => is_reserved(text),
        }
    }

    pub fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(values)
            | Self::Code { values, .. }
            | Self::Codes { values, .. }
            | Self::District { values, .. } => Arc::new(values.finish()),
            Self::Integer(values) => Arc::new(values.finish()),
            Self::Year(values) => Arc::new(values.finish()),
            Self::Decimal(values) => Arc::new(values.finish()),
            Self::Boolean(values) => Arc::new(values.finish()),
            Self::Date(values) => Arc::new(values.finish()),
            Self::Identity { values, .. } => Arc::new(values.finish()),
        }
    }

    fn append_null(&mut self) {
        match self {
            Self::Text(values)
            | Self::Code { values, .. }
            | Self::Codes { values, .. }
            | Self::District { values, .. } => {
                values.append_null();
            }
            Self::Integer(values) => values.append_null(),
            Self::Year(values) => values.append_null(),
            Self::Decimal(values) => values.append_null(),
            Self::Boolean(values) => values.append_null(),
            Self::Date(values) => values.append_null(),
            Self::Identity { values, .. } => values.append_null(),
        }
    }
}

/// The codes of one cell. An empty part between two separators is no code.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(CODE_SEPARATOR).map(str::trim).filter(|part| !part.is_empty())
}

/// Sorted, distinct, each in the list's spelling where the list knows it.
fn joined(book: &mut CodeBook, text: &str) -> String {
    let spelled = |part| match book.find(part) {
        Some(place) => book.code(place).to_owned(),
        None => composed(part).into_owned(),
    };
    let mut codes: Vec<String> = parts(text).map(spelled).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.join(CODE_SEPARATOR.encode_utf8(&mut [0; 4]))
}

fn code_book(context: &Context<'_>, column: &Column) -> Result<CodeBook> {
    let dataset = context.pipeline.name.as_str();
    let listed = match &column.code_list {
        Some(name) => {
            let list = context.reference.list(name);
            list.ok_or_else(|| unusable(dataset, &column.name, "code_list"))?.rows.as_slice()
        }
        None => &[],
    };
    let listed = listed.iter().filter_map(|row| row.first().cloned());
    Ok(CodeBook::new(column.values.iter().cloned().chain(listed)))
}
