//! Made-up extracts that keep the contract, from official test numbers only.
//!
//! In: a directory and [`Options`]. Out: extracts of all districts as they were (18 until 2006, 14 from 2007) and of the
//! central office, which tell of one world: intakes open investigations, which end in interventions, for the same children,
//! over the new year and into merged districts, where employees go on as well. Beside them a ready `buss.toml`, `expected.json` (what a warehouse must show), `faults.json` (what was planted and what must
//! become of it) and a README. Equal options give equal bytes. The children are official test numbers, which no
//! person can have; only the review of 2022 is real.

mod chain;
mod children;
mod config;
mod costs;
mod csv;
mod dice;
mod expected;
mod faults;
mod intakes;
mod interventions;
mod investigations;
mod night;
mod offices;
mod place;
mod population;
mod sie;
mod sie_text;
mod staff;
mod table;
mod workbook;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use serde::Serialize;

pub use night::write;
pub use place::{DemoPlace, demo_place};

/// What every reader of the sample must know.
pub const MADE_UP: &str = "Allt här är påhittat: barnen är Skatteverkets testpersonnummer, och anmälningar, utredningar, insatser, personal, folkmängd, \
     kostnader och budget är framställda av ett program. Publicerade rapporter följs bara i stadens tillväxttal 2004–2007 (budget 10,9 %, \
     utfall 25,2 %), personaltätheten (knappt 3 tjänster per 1 000 barn) och utredningstiderna (drygt 70 % inom fyra månader), och bara \
     granskningen 2022 är verkliga, publicerade siffror.";

/// How the sample is made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Options {
    pub seed: u64,
    /// Multiplies the intakes and what they lead to; 1 gives about 12,000 intakes in three years. Population, personnel and money
    /// stay as they are: posts per child follow a published figure.
    pub scale: f64,
    pub faults: Faults,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 2007, scale: 1.0, faults: Faults::None }
    }
}

/// Which faults are planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Faults {
    /// None: every file keeps the contract.
    None,
    /// A few that leave the headline figures whole: bad rows in one file, a damaged file, a missing one.
    Demo,
    /// One of each kind.
    All,
}

/// What was written.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The directory, absolute.
    pub dir: PathBuf,
    /// The configuration that reads it.
    pub config: PathBuf,
    pub files: Vec<SampleFile>,
    pub faults: Vec<PlantedFault>,
    /// [`MADE_UP`], to be shown with whatever is shown.
    pub made_up: &'static str,
}

/// One extract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SampleFile {
    pub deliverer: String,
    pub district: String,
    pub dataset: &'static str,
    pub period: i32,
    /// Relative to the sample's directory.
    pub path: String,
    /// Rows of the contract's grain that stand in the file (SIE: rows that carry an amount).
    pub rows: u64,
    pub sha256: String,
}

/// One fault and what must become of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlantedFault {
    pub fault: &'static str,
    pub path: String,
    /// 1 = first after the header, where the fault is a row's.
    pub record: Option<u64>,
    /// `row_rejected`, `row_dropped`, `row_loaded_with_warning`, `file_refused`, `file_missing`, `file_loaded_with_warning`.
    pub expect: &'static str,
    /// Error code, where the stage that refuses the file is the one that reads it.
    pub code: Option<&'static str>,
}

impl Report {
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }
}
