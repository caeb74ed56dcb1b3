//! The sample through the real road as far as validation: clean files come through whole, planted faults become what they must.
//!
//! What must come out is the generator's own account (`expected.json`, `faults.json`), made before anything was read.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};

use arrow::array::{
    Array, AsArray,
    types::{Decimal128Type, Int64Type},
};
use buss::{
    engine::Engine,
    extract::{self, Observation},
    land::Landing,
    model::{DelivererCode, Period, Reason, Severity, SliceKey, Tally},
    parse::{self, Context},
    pipeline::{Declarations, Pipeline},
    privacy::Pseudonyms,
    sample::{self, Faults, Options, PlantedFault},
    settings::{Deliverer, Settings},
    validate::{Validated, Validator},
};
use chrono::NaiveDate;
use serde_json::Value;

/// A sample on disk, and what is needed to read it.
struct Night {
    dir: tempfile::TempDir,
    report: sample::Report,
    settings: Settings,
    declared: Declarations,
    landing: Landing,
    engine: Engine,
}

/// What became of one file.
enum Outcome {
    Missing,
    Refused(String),
    Accepted { tally: Tally, reasons: Vec<Reason>, rows: Arc<buss::engine::Spooled> },
}

impl Night {
    fn new(options: Options) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let report = sample::write(dir.path(), options).unwrap();
        let settings = Settings::load(Some(&report.config), std::iter::empty()).unwrap();
        let declared = Declarations::load(&settings).unwrap();
        let landing = Landing::open(&dir.path().join("landing"), age::x25519::Identity::generate()).unwrap();
        let spool = dir.path().join("spool");
        fs::create_dir(&spool).unwrap();
        let engine = Engine::new(&settings.run, &spool, &declared.reference).unwrap();
        Self { dir, report, settings, declared, landing, engine }
    }

    fn deliverer(&self, code: &str, year: i32) -> &Deliverer {
        let here = |deliverer: &&Deliverer| deliverer.code == DelivererCode::new(code) && deliverer.valid_in_year(year);
        self.settings.deliverers.iter().find(here).unwrap()
    }

    /// True when the demo's settings expect the dataset for the year.
    fn expects(&self, dataset: &str, year: i32) -> bool {
        self.declared.pipeline(dataset).is_some_and(|pipeline| pipeline.years(&self.settings).contains(&year))
    }

    async fn read(&self, code: &str, dataset: &str, year: i32) -> Outcome {
        let pipeline = self.declared.pipeline(dataset).unwrap();
        let deliverer = self.deliverer(code, year);
        let resource = extract::resource(deliverer, pipeline, &Period::from(year));
        match extract::observe(&resource) {
            Observation::Missing => Outcome::Missing,
            Observation::Problem(error) => Outcome::Refused(error.code().id.to_owned()),
            Observation::Found(observed) => {
                let file = self.landing.land(&observed).unwrap();
                self.validate(&file, pipeline, deliverer, &resource.slice).await
            }
        }
    }

    async fn validate(
        &self,
        file: &buss::land::LandedFile,
        pipeline: &Pipeline,
        deliverer: &Deliverer,
        slice: &SliceKey,
    ) -> Outcome {
        let pseudonyms = Pseudonyms::new([7; 32]);
        let context = Context {
            pipeline,
            deliverer,
            slice,
            business_date: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
            reference: &self.declared.reference,
            pseudonyms: &pseudonyms,
            batch_rows: 1000,
            program: Some(std::path::Path::new(env!("CARGO_BIN_EXE_buss"))),
        };
        let mut validator = Validator::new(&self.engine, pipeline, &self.settings.run, slice).unwrap();
        let end = match parse::parse(file, &context, &mut |batch| validator.push(batch)) {
            Ok(end) => end,
            Err(error) => return Outcome::Refused(error.code().id.to_owned()),
        };
        match validator.finish(end).await.unwrap() {
            Validated::Refused { error, .. } => Outcome::Refused(error.code().id.to_owned()),
            Validated::Accepted(accepted) => {
                let (rows, reasons, tally, _) = accepted.into_parts();
                Outcome::Accepted { tally, reasons, rows: Arc::new(rows) }
            }
        }
    }

    fn expected(&self) -> Value {
        json(&self.dir.path().join("expected.json"))
    }

    /// (account, activity) of child and youth care without income, by the reference data.
    fn child_care(&self) -> BTreeSet<(String, String)> {
        let accounts = self.declared.reference.list("accounts").unwrap();
        let at = |name| accounts.column(name).unwrap();
        let cost = |row: &&Vec<String>| row[at("area")] == "ifo_barn_unga" && row[at("cost_type")] != "intakt";
        accounts.rows.iter().filter(cost).map(|row| (row[at("account")].clone(), row[at("activity")].clone())).collect()
    }
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn city<'a>(expected: &'a Value, part: &str, year: i32) -> &'a Value {
    let lines = expected[part].as_array().unwrap();
    lines.iter().find(|line| line["level"] == "city" && line["year"] == year).unwrap()
}

/// Rows of one dataset and year, as the lists of the city tell them.
fn rows_of_the_city(expected: &Value, dataset: &str, year: i32) -> u64 {
    let (part, what) = match dataset {
        "utredningar" => ("utredning_flow", "started"),
        "insatser" => ("insats_decided", "decided"),
        _ => ("staff_density", "head_months"),
    };
    let lines = expected[part].as_array().unwrap().iter();
    let of_the_city =
        lines.filter(|line| line["level"] == "city" && line["year"] == year && line["staff_group"] != "alla");
    of_the_city.map(|line| line[what].as_u64().unwrap()).sum()
}

/// Öre by scenario of the accepted rows in scope.
fn add_costs(rows: &buss::engine::Spooled, scope: &BTreeSet<(String, String)>, sums: &mut BTreeMap<String, i128>) {
    for batch in rows.batches().unwrap() {
        let batch = batch.unwrap();
        let text = |name: &str| batch.column_by_name(name).unwrap().as_string::<i32>();
        let amount = batch.column_by_name("amount").unwrap().as_primitive::<Decimal128Type>();
        for row in 0..batch.num_rows() {
            let key = (text("account").value(row).to_owned(), text("activity").value(row).to_owned());
            if scope.contains(&key) {
                *sums.entry(text("scenario").value(row).to_owned()).or_default() += amount.value(row);
            }
        }
    }
}

fn persons_0_17(rows: &buss::engine::Spooled) -> i64 {
    let mut sum = 0;
    for batch in rows.batches().unwrap() {
        let batch = batch.unwrap();
        let numbers = |name: &str| batch.column_by_name(name).unwrap().as_primitive::<Int64Type>();
        let ages = numbers("age").values().iter();
        sum += ages
            .zip(numbers("persons").values())
            .filter(|(age, _)| **age <= 17)
            .map(|(_, persons)| persons)
            .sum::<i64>();
    }
    sum
}

#[tokio::test]
async fn clean_files_come_through_whole() {
    let night = Night::new(Options { scale: 0.2, ..Options::default() });
    let (expected, scope) = (night.expected(), night.child_care());
    let mut children: BTreeMap<i32, BTreeSet<Vec<u8>>> = BTreeMap::new();
    let mut intakes: BTreeMap<i32, u64> = BTreeMap::new();
    let mut costs: BTreeMap<i32, BTreeMap<String, i128>> = BTreeMap::new();
    let mut accepted: BTreeMap<(&str, i32), u64> = BTreeMap::new();
    for file in night.report.files.iter().filter(|file| night.expects(file.dataset, file.period)) {
        let outcome = night.read(&file.deliverer, file.dataset, file.period).await;
        let Outcome::Accepted { tally, reasons, rows } = outcome else {
            let code = if let Outcome::Refused(code) = outcome { code } else { String::new() };
            panic!("{} {code}", file.path)
        };
        let rejects: Vec<&Reason> = reasons.iter().filter(|reason| reason.severity != Severity::Warn).collect();
        assert!(rejects.is_empty(), "{} {:?}", file.path, rejects[0]);
        assert_eq!((tally.rows_quarantined, tally.rows_duplicate), (0, 0), "{}", file.path);
        match file.dataset {
            "anmalningar" => {
                assert_eq!(u64::try_from(tally.rows_read).unwrap(), file.rows, "{}", file.path);
                *intakes.entry(file.period).or_default() += rows.rows() as u64;
                for batch in rows.batches().unwrap() {
                    let batch = batch.unwrap();
                    let child = batch.column_by_name("child").unwrap().as_fixed_size_binary();
                    let seen = (0..child.len()).map(|row| child.value(row).to_vec());
                    children.entry(file.period).or_default().extend(seen);
                }
            }
            "befolkning" => {
                let persons = city(&expected, "population", file.period)["persons_0_17"].as_i64().unwrap();
                assert_eq!(persons_0_17(&rows), persons, "{}", file.path);
            }
            "granskning" => assert_eq!((rows.rows(), tally.rows_control), (231, 145)),
            "ekonomi" => add_costs(&rows, &scope, costs.entry(file.period).or_default()),
            "utredningar" | "insatser" | "personal" => {
                assert_eq!(u64::try_from(tally.rows_read).unwrap(), file.rows, "{}", file.path);
                *accepted.entry((file.dataset, file.period)).or_default() += rows.rows() as u64;
            }
            other => panic!("{other}"),
        }
    }
    for ((dataset, year), rows) in accepted {
        // An employee with two posts in a month is one head.
        let posts = |rows: u64, heads: u64| dataset == "personal" && rows >= heads && rows < heads + heads / 50;
        let told = rows_of_the_city(&expected, dataset, year);
        assert!(rows == told || posts(rows, told), "{dataset} {year}: {rows}, {told} expected");
    }
    for year in 2006..=2008 {
        let line = city(&expected, "intakes", year);
        assert_eq!(intakes[&year], line["intakes"].as_u64().unwrap());
        assert_eq!(children[&year].len() as u64, line["children"].as_u64().unwrap(), "{year}");
    }
    for year in 2004..=2007 {
        let line = city(&expected, "costs", year);
        let sum = |scenario: &str| i64::try_from(costs[&year][scenario]).unwrap();
        assert_eq!(sum("budget"), line["budget_ore"].as_i64().unwrap(), "{year}");
        assert_eq!(sum("outcome"), line["outcome_ore"].as_i64().unwrap(), "{year}");
    }
}

#[tokio::test]
async fn planted_faults_become_what_they_must() {
    let night = Night::new(Options { faults: Faults::All, ..Options::default() });
    for fault in &night.report.faults {
        let (deliverer, name) = fault.path.split_once('/').unwrap();
        let (dataset, period) = name.split_once('.').unwrap().0.split_once('_').unwrap();
        if !night.expects(dataset, period.parse().unwrap()) {
            continue;
        }
        let outcome = night.read(deliverer, dataset, period.parse().unwrap()).await;
        if let Err(what) = judge(fault, &outcome) {
            panic!("{} at {} {:?}: {what}", fault.fault, fault.path, fault.record);
        }
    }
}

fn judge(fault: &PlantedFault, outcome: &Outcome) -> Result<(), String> {
    let fits = match (fault.expect, outcome) {
        ("file_missing", Outcome::Missing) => true,
        ("file_refused", Outcome::Refused(code)) => fault.code.is_none_or(|expected| expected == code),
        ("file_loaded_with_warning", Outcome::Accepted { tally, .. }) => tally.rows_read == 0,
        ("row_dropped", Outcome::Accepted { tally, .. }) => tally.rows_duplicate == 1,
        ("row_rejected", Outcome::Accepted { reasons, .. }) => stands(fault, reasons, Severity::Reject),
        ("row_loaded_with_warning", Outcome::Accepted { reasons, .. }) => {
            stands(fault, reasons, Severity::Warn) && !stands(fault, reasons, Severity::Reject)
        }
        _ => false,
    };
    let became = match outcome {
        Outcome::Missing => "missing".to_owned(),
        Outcome::Refused(code) => format!("refused with {code}"),
        Outcome::Accepted { tally, .. } => format!("accepted with {tally:?}"),
    };
    if fits { Ok(()) } else { Err(format!("expected {}, {became}", fault.expect)) }
}

fn stands(fault: &PlantedFault, reasons: &[Reason], severity: Severity) -> bool {
    let record = fault.record.and_then(|record| i64::try_from(record).ok());
    reasons.iter().any(|reason| Some(reason.record) == record && reason.severity == severity)
}
