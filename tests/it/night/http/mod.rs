//! Nights over HTTP, as operator and ledger see them: the same as from files, next to nothing when nothing changed, and whole but for
//! what a server spoils.

mod again;
mod faults;
pub mod office;
mod slow;
mod told;

use std::{fs, path::Path};

use buss::run::{RunOptions, RunReport, SliceReport};
use office::Office;

use super::reports;
use crate::bench::Bench;

/// Skärholmen and the city, with limits that a test can wait for. `{base}` is where their folders are.
const CITY: &str = r#"
[coverage]
utredningar = "none"
insatser = "none"
personal = "none"
anmalningar = "2007..2007"
befolkning = "2007..2007"
ekonomi = "2007..2007"
granskning = "2022..2022"

[http]
retries = 1
retry_seconds = 0.01

[[deliverers]]
code = "24"
name = "Skärholmen"
kind = "district"
base_url = "{base}/24"
sie.activity_dimension = 20

[[deliverers]]
code = "stad"
name = "Stockholms stad"
kind = "central"
base_url = "{base}/stad"
"#;

const FILE: &str = "24/anmalningar_2007.csv";

/// The settings of a night that pulls from an office.
fn pulling(office: &Office) -> String {
    CITY.replace("{base}", office.url("").trim_end_matches('/'))
}

const COSTS: &str = "#FLAGGA 0
#FORMAT PC8
#SIETYP 3
#RAR 0 20070101 20071231
#DIM 20 \"Verksamhet\"
#OBJEKT 20 \"410\" \"Barn\"
#KONTO 5010 \"Loner\"
#PSALDO 0 200701 5010 {20 \"410\"} 120.50
#PBUDGET 0 200701 5010 {20 \"410\"} 180.00
";

const POPULATION: &str = r#"{
  "version": "2.0", "class": "dataset",
  "role": {"time": ["Tid"], "geo": ["Region"], "metric": ["ContentsCode"]},
  "id": ["Tid", "Region", "Kon", "Alder", "ContentsCode"], "size": [1, 2, 2, 2, 1],
  "dimension": {
    "Tid": {"category": {"index": {"2007": 0}}},
    "Region": {"category": {"index": {"12": 0, "24": 1}}},
    "Kon": {"category": {"index": ["2", "1"]}},
    "Alder": {"category": {"index": ["7", "17"]}},
    "ContentsCode": {"category": {"label": {"FOLK": "Folkmängd"}}}
  },
  "value": [10, 1, 11, 2, 20, 2, 21, 3]
}"#;

/// One file of every dataset of [`CITY`], without a fault.
fn extracts() -> [(&'static str, String); 4] {
    let review = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/granskning/published_2022/input.csv");
    [
        (FILE, reports(0, 10)),
        ("24/ekonomi_2007.se", COSTS.to_owned()),
        ("stad/befolkning_2007.json", POPULATION.to_owned()),
        ("stad/granskning_2022.csv", fs::read_to_string(review).expect("a case")),
    ]
}

/// An office that offers all of them, and a night that pulls from it.
async fn city() -> (Office, Bench) {
    let office = Office::open();
    for (name, content) in extracts() {
        office.offer(name, content);
    }
    let night = Bench::new(&pulling(&office)).await;
    (office, night)
}

/// What became of a slice (`24/anmalningar_2007`).
#[track_caller]
fn slice<'a>(report: &'a RunReport, name: &str) -> &'a SliceReport {
    let found = report.slices.iter().find(|slice| slice.step.slice.to_string() == name);
    found.unwrap_or_else(|| panic!("{name} is not in {report:#?}"))
}

/// The datasets of [`CITY`], of all that are declared.
fn ours(options: &mut RunOptions) {
    options.selection.pipelines = ["anmalningar", "befolkning", "ekonomi", "granskning"].map(str::to_owned).into();
}

async fn run_with(night: &mut Bench, change: impl FnOnce(&mut RunOptions)) -> RunReport {
    let run = night.try_run(|options| {
        ours(options);
        change(options);
    });
    run.await.expect("a run")
}

async fn run(night: &mut Bench) -> RunReport {
    run_with(night, |_| ()).await
}
