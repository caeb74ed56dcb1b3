//! Where a dataset's rows go: the fact, its conform query and how conformed columns become stored ones.

use serde::Deserialize;

use super::{Merge, Scope};

/// The fact a dataset loads.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Table in schema `core` (`fact_anmalan`). With `across_slices` the fact derived; slice rows are in `core.<dataset>_slice`.
    pub table: String,
    /// `sql/conform/<conform>.sql`.
    pub conform: String,
    #[serde(default)]
    pub merge: Merge,
    /// Stored columns, in table order, without the system columns.
    pub columns: Vec<TargetColumn>,
}

/// One stored column and the conformed column it comes from.
#[derive(Debug, Clone, Deserialize)]
pub struct TargetColumn {
    /// Column of the fact (`district_key`).
    pub name: String,
    /// Column of the conform query; default `name`.
    pub source: Option<String>,
    #[serde(flatten)]
    pub kind: TargetKind,
    /// Part of the key of the row within its slice.
    #[serde(default)]
    pub key: bool,
    /// With `across_slices`: of differing copies the oldest period tells this column, not the newest.
    #[serde(default)]
    pub earliest: bool,
}

/// How a conformed column is stored.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TargetKind {
    /// As it is.
    Value,
    /// A pseudonym (FixedSizeBinary(16)) becomes the surrogate of `core.identity` (bigint).
    /// With `dimension`, that surrogate is the dimension's key and `attributes` are columns of the
    /// conform query (`<source>_<attribute>`) that fill the new member.
    Identity {
        scope: Scope,
        dimension: Option<String>,
        #[serde(default)]
        attributes: Vec<String>,
    },
    /// A natural member code (Utf8) becomes the dimension's surrogate. Null is member 0 `unknown`; an unknown code
    /// becomes an inferred member.
    Dimension {
        dimension: String,
        /// Group dimension for several codes joined by `|`: the column keys the group, whose bridge is a view.
        group: Option<String>,
    },
}

impl TargetColumn {
    pub fn source(&self) -> &str {
        self.source.as_deref().unwrap_or(&self.name)
    }
}
