//! The pipeline file, as declared.

use chrono::NaiveDate;
use serde::Deserialize;

use super::{Column, Target};
use crate::model::{DatasetName, Severity};

/// One dataset's declaration. All names are ASCII; Swedish headers stand in `Column::field`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    pub name: DatasetName,
    /// Swedish title.
    pub title: String,
    /// One sentence: what one row is.
    pub grain: String,
    /// Who delivers it.
    pub deliverers: DelivererKind,
    /// Resource extension (`csv`, `json`, `se`, `xlsx`).
    pub extension: String,
    pub format: Format,
    #[serde(default)]
    pub csv: Csv,
    #[serde(default)]
    pub xlsx: Xlsx,
    #[serde(default)]
    pub proof: Proof,
    /// Years expected, inclusive: `2006..2008`. `[coverage]` of the settings overrides it.
    pub coverage: String,
    /// Cron expression in the settings' zone.
    pub schedule: String,
    /// False takes the dataset out of the night.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Largest resource accepted, bytes as delivered.
    #[serde(default = "default_max_bytes")]
    pub max_bytes: u64,
    /// Column of type `date` or `month` that must lie in the file's year.
    pub period_date: Option<String>,
    /// Columns that identify a row within the slice.
    #[serde(default)]
    pub key: Vec<String>,
    /// Boolean column that marks a protected child.
    pub protected: Option<String>,
    /// Boolean SQL expression over the declared columns: true marks a control row (a total the sender repeats), which
    /// rules may check, which is counted and which is not loaded.
    pub control_when: Option<String>,
    /// Decimal column over which the run proves the balance of money.
    pub amount: Option<String>,
    pub columns: Vec<Column>,
    #[serde(default)]
    pub rules: Vec<Rule>,
    pub target: Target,
    /// The file as it was read.
    #[serde(skip)]
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DelivererKind {
    District,
    Central,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Csv,
    JsonStat,
    Sie,
    Xlsx,
}

/// How far a CSV file may differ from §2 of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Csv {
    /// Separator byte; the deliverer's own setting goes before it. Default `;`.
    pub separator: Option<char>,
}

/// Where the table stands in a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Xlsx {
    /// Name of the sheet, `{period}` for the slice's period in it. Without one, the only visible sheet with the columns.
    pub sheet: Option<String>,
    /// Heading rows, from the first row that is not empty; the last of them holds the column names.
    pub header_rows: u32,
    /// What stands first in the row after the table's last (`Summa`).
    pub end_row: Option<String>,
}

impl Default for Xlsx {
    fn default() -> Self {
        Self { sheet: None, header_rows: 1, end_row: None }
    }
}

/// Whether a `.sha256` side file must stand beside the resource. One that does stand there is always checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    #[default]
    Optional,
    Required,
}

/// How versions of a slice become versions of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Merge {
    /// Keys are unique per slice; the slice's rows are the fact's rows.
    #[default]
    WithinSlice,
    /// One key may stand in several slices; the fact row is derived from all of them.
    AcrossSlices,
}

/// A declared rule: a row rule (`check`) or a set rule (`query`), never both.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `ANM-004`.
    pub id: String,
    pub severity: Severity,
    /// Swedish, to the district's officer.
    pub message: String,
    /// Columns the reason names.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Boolean SQL expression over the declared columns; true and null pass.
    pub check: Option<String>,
    /// SQL query over the table `slice` that returns `_record` of the offending rows.
    pub query: Option<String>,
    /// First day on which the rule holds, by the row's period date.
    pub valid_from: Option<NaiveDate>,
    /// Last day on which the rule holds.
    pub valid_to: Option<NaiveDate>,
    /// True when the passing of time alone can make a row pass.
    #[serde(default)]
    pub heals: bool,
    /// `V-026` and the like: the catalogue's rule it answers.
    pub catalogue: Option<String>,
}

/// A rule's kind, told by which of its two texts stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind<'a> {
    Row(&'a str),
    Set(&'a str),
}

impl Rule {
    /// The rule's SQL; `None` when it has neither or both texts (the check of the declaration reports that).
    pub fn kind(&self) -> Option<RuleKind<'_>> {
        match (&self.check, &self.query) {
            (Some(check), None) => Some(RuleKind::Row(check)),
            (None, Some(query)) => Some(RuleKind::Set(query)),
            _ => None,
        }
    }
}

fn yes() -> bool {
    true
}

fn default_max_bytes() -> u64 {
    2 << 30
}
