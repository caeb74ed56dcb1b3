//! Columns of a resource, in Frictionless words.

use serde::Deserialize;

/// One column as it arrives. `name` is the Arrow column, `field` the header cell.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub name: String,
    pub field: String,
    #[serde(rename = "type")]
    pub kind: ColumnType,
    #[serde(default)]
    pub required: bool,
    /// SQL condition over the other columns under which the column is required.
    pub required_when: Option<String>,
    /// Allowed codes, in their canonical spelling (matched after trimming, NFC and case folding).
    #[serde(rename = "enum", default)]
    pub values: Vec<String>,
    /// Dimension (`dim_legal_basis`) whose members the codes of `enum` are, so that they exist, in no way inferred, before any load.
    pub dimension: Option<String>,
    /// Reference list whose `code` column holds the allowed codes (`config/<list>.csv`).
    pub code_list: Option<String>,
    /// Anchored regular expression over the trimmed text.
    pub pattern: Option<String>,
    pub minimum: Option<f64>,
    pub maximum: Option<f64>,
    #[serde(default)]
    pub unique: bool,
    /// Kind of id, for `identity` and `personnummer`.
    pub scope: Option<Scope>,
    /// `personnummer`: the date column on which the child's age is taken.
    pub event_date: Option<String>,
    /// `personnummer`: the boolean column that allows an empty number.
    pub unborn: Option<String>,
    /// `personnummer`: the `identity` columns of which the first present stands for an unborn child.
    #[serde(default)]
    pub unborn_case: Vec<String>,
    /// `personnummer`: the column with the sex where there is no number.
    pub sex: Option<String>,
    /// Date may lie after the business date.
    #[serde(default)]
    pub may_be_future: bool,
    /// Rows in which the cell is kept; in all others what stands there may name a private person.
    pub keep_when: Option<KeepWhen>,
}

/// A cell that leaves no trace but where another column has one of these codes: elsewhere it is *not applicable*.
/// Two columns may read one field when each says when it keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeepWhen {
    /// The code column that decides.
    pub column: String,
    /// The codes, matched as codes are.
    pub is: Vec<String>,
}

/// What the parser makes of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// Utf8, trimmed, NFC.
    String,
    /// Utf8, canonical spelling of the code list; an unknown optional code stays as it came, with a warning.
    Code,
    /// Utf8, several codes, sorted, distinct, joined by `|`.
    Codes,
    /// Int64.
    Integer,
    /// Decimal128(14, 2).
    Decimal,
    /// Boolean (Ja/Nej).
    Boolean,
    /// Date32.
    Date,
    /// Date32, the first of the month.
    Month,
    /// Int16 calendar year.
    Year,
    /// Utf8, the district's two digits; every row must equal the deliverer's code.
    District,
    /// FixedSizeBinary(16) pseudonym of an id (`scope`).
    Identity,
    /// FixedSizeBinary(16) pseudonym of a child, with the companion columns of `parse`.
    Personnummer,
}

impl ColumnType {
    /// The word of the pipeline file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Code => "code",
            Self::Codes => "codes",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Month => "month",
            Self::Year => "year",
            Self::District => "district",
            Self::Identity => "identity",
            Self::Personnummer => "personnummer",
        }
    }
}

/// Kind of identity. One pseudonym scope each, never per deliverer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Child,
    Staff,
    /// Intakes and investigations.
    Case,
    Decision,
    Placement,
    Visit,
    Invoice,
    PrivateProvider,
}

impl Scope {
    /// The word in `core.identity.kind`, which is also the pseudonym's domain separator.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Child => "child",
            Self::Staff => "staff",
            Self::Case => "case",
            Self::Decision => "decision",
            Self::Placement => "placement",
            Self::Visit => "visit",
            Self::Invoice => "invoice",
            Self::PrivateProvider => "private_provider",
        }
    }
}
