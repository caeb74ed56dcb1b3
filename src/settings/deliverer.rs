//! Who delivers, from where, during which time.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::{model::DelivererCode, pipeline::DelivererKind};

/// One deliverer. One code may stand twice, with different validity.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deliverer {
    pub code: DelivererCode,
    pub name: String,
    pub kind: DelivererKind,
    pub valid_from: Option<NaiveDate>,
    /// Last day, inclusive, as in the files.
    pub valid_to: Option<NaiveDate>,
    /// `file:///data/24`; `{deliverer}` is replaced by the code.
    pub base_url: String,
    #[serde(default)]
    pub csv: DelivererCsv,
    #[serde(default)]
    pub sie: DelivererSie,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelivererCsv {
    pub separator: Option<char>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelivererSie {
    /// Object dimension that carries `verksamhet`.
    pub activity_dimension: Option<u32>,
}

impl Deliverer {
    /// True when the deliverer is valid on some day of the calendar year.
    pub fn valid_in_year(&self, year: i32) -> bool {
        let first = NaiveDate::from_ymd_opt(year, 1, 1);
        let last = NaiveDate::from_ymd_opt(year, 12, 31);
        self.valid_from.is_none_or(|from| last.is_none_or(|last| from <= last))
            && self.valid_to.is_none_or(|to| first.is_none_or(|first| to >= first))
    }
}
