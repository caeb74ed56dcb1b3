//! The grammar of one cell: what a text means as a number, a date, a code, or as one of the ways of having no value.
//!
//! In: one cell. Out: a typed value, a [`Status`], or nothing when the text is none of the legal forms. No I/O, no
//! allocation on the way of a legal value, and no cell text in what is said about it ([`class`]).

mod class;
mod code;
mod date;
mod marks;
mod number;
#[cfg(test)]
mod properties;
mod text;

pub(in crate::parse) use class::class;
pub(in crate::parse) use code::{CodeBook, is_reserved};
pub(in crate::parse) use date::{date, epoch_days, month, year};
pub(in crate::parse) use marks::{may_be_marked, wrongly_decoded};
pub(in crate::parse) use number::{hundredths, integer, is_nil};
pub(in crate::parse) use text::{composed, has_more_chars_than};

use chrono::NaiveDate;

/// A cell as a format hands it over. CSV has text only; other formats have typed values.
#[derive(Clone, Copy)]
pub(in crate::parse) enum Cell<'a> {
    Text(&'a str),
    Integer(i64),
    /// In hundredths (öre).
    Decimal(i128),
    Date(NaiveDate),
    Absent(Status),
    /// None of the format's legal forms; holds the value's class, never the value.
    Malformed(&'a str),
}

/// Why a cell has no value. Not the same as zero, and not the same as each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::parse) enum Status {
    /// Empty.
    Unknown,
    /// `..`
    Suppressed,
    /// `.`
    NotApplicable,
}

/// A dash in a numeric cell: zero, and said so.
pub(in crate::parse) const NIL: &str = "nil";

impl Status {
    /// The word in a status column.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Suppressed => "suppressed",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// The member of a dimension; an empty code is null, which is member `unknown`.
    pub const fn member(self) -> Option<&'static str> {
        match self {
            Self::Unknown => None,
            Self::Suppressed => Some("_suppressed"),
            Self::NotApplicable => Some("_not_applicable"),
        }
    }

    /// Of a trimmed cell.
    pub fn of(text: &str) -> Option<Self> {
        match text {
            "" => Some(Self::Unknown),
            ".." => Some(Self::Suppressed),
            "." => Some(Self::NotApplicable),
            _ => None,
        }
    }
}

/// `Ja` or `Nej`, in any case.
pub(in crate::parse) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("ja") {
        Some(true)
    } else if text.eq_ignore_ascii_case("nej") {
        Some(false)
    } else {
        None
    }
}
