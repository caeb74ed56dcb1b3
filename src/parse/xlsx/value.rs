//! What a cell of a workbook holds, and how it looks: the words between the reader and the table.
//!
//! A number is kept with its look, because a date, a percentage and a number with leading zeros are nothing but looks.

/// One cell that is not blank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Number(f64, Look),
    Boolean(bool),
    /// A date as ISO 8601 writes it, in a cell of type `d`.
    IsoDate(&'a str),
    Flaw(Flaw),
}

/// What a number format makes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    /// A date, a time or both.
    Date,
    Percent,
    /// Only zeros (`000000`): at least so many digits are shown.
    Zeros(u8),
}

/// Why a cell that is not blank has no value. The class of a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// An error value, by its place in [`ERRORS`].
    Error(u8),
    /// A formula whose result was not saved with it.
    NoResult,
    /// A number that is none, an unknown type of cell, or a text with NUL.
    Unreadable,
}

/// Error values of ECMA-376 (part 1, 18.17.3), and the class of each.
const ERRORS: [(&str, &str); 8] = [
    ("", "error value"),
    ("#DIV/0!", "error value #DIV/0!"),
    ("#N/A", "error value #N/A"),
    ("#NAME?", "error value #NAME?"),
    ("#NULL!", "error value #NULL!"),
    ("#NUM!", "error value #NUM!"),
    ("#REF!", "error value #REF!"),
    ("#VALUE!", "error value #VALUE!"),
];

impl Flaw {
    /// Of the text of a cell of type `e`; one that is not of the standard is not told apart.
    pub fn error(text: &str) -> Self {
        let place = ERRORS.iter().position(|(name, _)| *name == text).unwrap_or(0);
        Self::Error(u8::try_from(place).unwrap_or(0))
    }

    /// What may be said of the cell.
    pub fn class(self) -> &'static str {
        match self {
            Self::Error(place) => ERRORS.get(usize::from(place)).unwrap_or(&ERRORS[0]).1,
            Self::NoResult => "formula without a saved result",
            Self::Unreadable => "unreadable cell",
        }
    }
}

impl Value<'_> {
    /// Blank to whoever looks at the sheet.
    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}
