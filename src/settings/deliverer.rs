//! Who delivers, from where, during which time.

use std::path::PathBuf;

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use super::SecretSource;
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
    /// `file:///data/24`; `{deliverer}` and `{data_dir}` are already replaced.
    pub base_url: String,
    #[serde(default)]
    pub csv: DelivererCsv,
    #[serde(default)]
    pub sie: DelivererSie,
    #[serde(default)]
    pub http: DelivererHttp,
}

/// How an HTTP(S) address is spoken to. The secrets go to the origin of `base_url` alone.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelivererHttp {
    /// Token of `Authorization: Bearer`.
    pub bearer: Option<SecretSource>,
    pub basic: Option<Basic>,
    /// PEM with the client's certificate chain and its private key.
    pub client_identity: Option<SecretSource>,
    /// PEM file of the authorities to trust instead of the machine's.
    pub ca: Option<PathBuf>,
    /// Hosts (`files.example.se`, `files.example.se:8443`) that a redirect may lead to.
    #[serde(default)]
    pub allow_hosts: Vec<String>,
}

/// User and password of `Authorization: Basic`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basic {
    pub user: String,
    pub password: SecretSource,
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
    /// True when the files are pulled over HTTP(S).
    pub fn is_http(&self) -> bool {
        self.base_url.starts_with("http://") || self.base_url.starts_with("https://")
    }

    /// True when both are valid on some same day.
    pub fn overlaps(&self, other: &Self) -> bool {
        let begins_in_time =
            |from: Option<NaiveDate>, to: Option<NaiveDate>| from.is_none_or(|from| to.is_none_or(|to| from <= to));
        begins_in_time(self.valid_from, other.valid_to) && begins_in_time(other.valid_from, self.valid_to)
    }

    /// True when one's validity ends in the year in which the other's begins.
    pub fn shares_year(&self, other: &Self) -> bool {
        let meets = |to: Option<NaiveDate>, from: Option<NaiveDate>| {
            to.zip(from).is_some_and(|(to, from)| to.year() == from.year())
        };
        meets(self.valid_to, other.valid_from) || meets(other.valid_to, self.valid_from)
    }

    /// True when the deliverer is valid on some day of the calendar year.
    pub fn valid_in_year(&self, year: i32) -> bool {
        let first = NaiveDate::from_ymd_opt(year, 1, 1);
        let last = NaiveDate::from_ymd_opt(year, 12, 31);
        self.valid_from.is_none_or(|from| last.is_none_or(|last| from <= last))
            && self.valid_to.is_none_or(|to| first.is_none_or(|first| to >= first))
    }
}
