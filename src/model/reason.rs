//! Why a row or a file was not taken as it stood: by rule, place and class, never by value.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// What a broken rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The row loads, and the finding is listed.
    Warn,
    /// The row goes to quarantine.
    Reject,
    /// The whole file is refused.
    Refuse,
}

impl Severity {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Reject => "reject",
            Self::Refuse => "refuse",
        }
    }
}

/// One reason of one row. A row has as many as it breaks rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// 1 = the first record after the header (SIE: the first row of the file).
    pub record: i64,
    /// Physical line on which the record starts, 1 = the first line of the file.
    pub line: i64,
    /// Rule id: `ANM-004` for a declared rule, `anmalningar.inkom.required` for a column declaration.
    pub rule: Arc<str>,
    /// Column name (ASCII), where the rule is about one.
    pub column: Option<Arc<str>>,
    /// The value's class (`len=12 digits=10 luhn=bad`), never the value.
    pub class: String,
    pub severity: Severity,
    /// True when the passing of time alone can make the row valid (a date after the business date).
    pub heals: bool,
}
