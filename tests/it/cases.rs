//! Golden cases: `tests/cases/<pipeline>/<case>/` holds a file as delivered and what becomes of it on the road from landing
//! to conform. A new case is a new folder.
//!
//! `input.<ext>`, optional `case.toml` (`deliverer`, `period`, `business_date`, `separator`, `activity_dimension`), and
//! `expected.txt`: the balance of rows, every reason, and the conformed rows. Pseudonyms are shown as ordinals in order of
//! appearance. Workbooks were made with openpyxl. `BUSS_BLESS=1` writes what came out as what is expected; read the difference before
//! it is committed.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    env,
    fmt::Write as _,
    fs::{self, File},
    path::{Path, PathBuf},
};

use arrow::{
    array::{Array, AsArray, RecordBatch},
    util::display::array_value_to_string,
};
use buss::{
    Error, Result,
    conform::{self, ConformedSlice},
    engine::Engine,
    land::Landing,
    model::{DelivererCode, Period, Reason, SliceKey, Tally},
    parse::{self, Context},
    pipeline::{Declarations, DelivererKind, Pipeline},
    privacy::Pseudonyms,
    settings::{Deliverer, Settings},
    validate::{Validated, Validator},
};
use chrono::NaiveDate;
use serde::Deserialize;

/// What a case says beside its file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    deliverer: Option<String>,
    period: Option<String>,
    business_date: Option<NaiveDate>,
    separator: Option<char>,
    activity_dimension: Option<u32>,
}

/// The ground that all cases share.
struct Ground {
    settings: Settings,
    declarations: Declarations,
    engine: Engine,
    landing: Landing,
    _dir: tempfile::TempDir,
}

impl Ground {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("directory");
        let settings = Settings::load(None, std::iter::empty()).expect("settings");
        let declarations = Declarations::load(&settings).expect("declarations");
        let engine = Engine::new(&settings.run, dir.path(), &declarations.reference).expect("engine");
        let key = age::x25519::Identity::generate();
        let landing = Landing::open(&dir.path().join("landing"), key).expect("landing");
        Self { settings, declarations, engine, landing, _dir: dir }
    }

    /// The road of one file: what a reader should know of it, as text.
    async fn outcome(&self, pipeline: &Pipeline, folder: &Path) -> String {
        match self.road(pipeline, folder).await {
            Ok(text) => text,
            Err(error) => format!("refused {}\n", error.code().id),
        }
    }

    async fn road(&self, pipeline: &Pipeline, folder: &Path) -> Result<String> {
        let case = read_case(folder);
        let deliverer = deliverer(pipeline, &case);
        let period = case.period.unwrap_or_else(|| if central(pipeline) { "2022" } else { "2007" }.to_owned());
        let slice =
            SliceKey { dataset: pipeline.name.clone(), period: Period::new(period), deliverer: deliverer.code.clone() };
        let context = Context {
            pipeline,
            deliverer: &deliverer,
            slice: &slice,
            business_date: case.business_date.unwrap_or_else(|| NaiveDate::from_ymd_opt(2023, 1, 15).expect("a date")),
            reference: &self.declarations.reference,
            pseudonyms: &Pseudonyms::new([7; 32]),
            batch_rows: 3,
            program: Some(std::path::Path::new(env!("CARGO_BIN_EXE_buss"))),
        };
        let input = folder.join("input").with_extension(&pipeline.extension);
        let file = self.landing.land_bytes(File::open(input).expect("the case's file"))?;
        let mut validator = Validator::new(&self.engine, pipeline, &self.settings.run, &slice)?;
        let end = parse::parse(&file, &context, &mut |batch| validator.push(batch))?;
        let accepted = match validator.finish(end).await? {
            Validated::Accepted(accepted) => accepted,
            Validated::Refused { error, reasons, tally } => return Ok(refused(&error, &reasons, &tally)),
        };
        let name = format!("conform/{}.sql", pipeline.target.conform);
        let sql = self.declarations.sql.get(&name).expect("the conform query");
        let conformed = conform::conform(&self.engine, pipeline, sql, &slice, accepted).await?;
        Ok(accepted_text(&conformed))
    }
}

fn central(pipeline: &Pipeline) -> bool {
    pipeline.deliverers == DelivererKind::Central
}

fn deliverer(pipeline: &Pipeline, case: &Case) -> Deliverer {
    let (kind, code) = if central(pipeline) { ("central", "stad") } else { ("district", "24") };
    let mut deliverer: Deliverer = toml::from_str(&format!(
        "code = \"{code}\"\nname = \"made up\"\nkind = \"{kind}\"\nbase_url = \"file:///nowhere\""
    ))
    .expect("a deliverer");
    if let Some(code) = &case.deliverer {
        deliverer.code = DelivererCode::new(code.as_str());
    }
    deliverer.csv.separator = case.separator;
    deliverer.sie.activity_dimension = case.activity_dimension;
    deliverer
}

fn read_case(folder: &Path) -> Case {
    let path = folder.join("case.toml");
    let text = if path.exists() { fs::read_to_string(&path).expect("case.toml") } else { String::new() };
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn refused(error: &Error, reasons: &[Reason], tally: &Tally) -> String {
    format!(
        "refused {}: {}\nread {}\n\n{}",
        error.code().id,
        error.detail_text(),
        tally.rows_read,
        reasons_text(reasons)
    )
}

fn accepted_text(conformed: &ConformedSlice) -> String {
    let tally = conformed.tally();
    let rows = i64::try_from(conformed.rows().rows()).expect("few rows");
    let parts = [
        ("conformed", rows),
        ("quarantined", tally.rows_quarantined),
        ("duplicate", tally.rows_duplicate),
        ("merged", tally.rows_merged),
        ("control", tally.rows_control),
        ("out of scope", tally.rows_out_of_scope),
    ];
    // The balance that every run proves holds for every case.
    assert_eq!(tally.rows_read, parts.iter().map(|(_, count)| count).sum::<i64>(), "rows out of balance: {tally:?}");
    let sum: Vec<_> =
        parts.iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!("{count} {name}")).collect();
    let batches: Vec<_> =
        conformed.rows().batches().expect("rows").collect::<Result<_, _>>().expect("conformed rows read back");
    format!(
        "read {} = {}\n\n{}\n{}",
        tally.rows_read,
        if sum.is_empty() { "0".to_owned() } else { sum.join(" + ") },
        reasons_text(conformed.reasons()),
        rows_text(&batches)
    )
}

fn reasons_text(reasons: &[Reason]) -> String {
    let mut text = String::new();
    for reason in reasons {
        let column = reason.column.as_deref().unwrap_or("-");
        let heals = if reason.heals { " heals" } else { "" };
        let severity = reason.severity.as_str();
        let line = format!(
            "record {} line {}: {severity} {} {column} {}{heals}",
            reason.record, reason.line, reason.rule, reason.class
        );
        writeln!(text, "{}", line.trim_end()).expect("writing to text");
    }
    text
}

/// One block per row, with the columns that hold something.
fn rows_text(batches: &[RecordBatch]) -> String {
    let mut ordinals: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut text = String::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            let mut cells = Vec::new();
            for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
                if column.is_null(row) {
                    continue;
                }
                let value = match column.as_fixed_size_binary_opt() {
                    Some(pseudonyms) => {
                        let next = ordinals.len() + 1;
                        format!("#{}", ordinals.entry(pseudonyms.value(row).to_vec()).or_insert(next))
                    }
                    None => array_value_to_string(column, row).expect("a value"),
                };
                cells.push(format!("{}={value}", field.name()));
            }
            writeln!(text, "{}", cells.join(" | ")).expect("writing to text");
        }
    }
    text
}

/// The folders of all cases, by pipeline.
fn folders() -> BTreeMap<String, BTreeSet<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders: BTreeMap<String, BTreeSet<PathBuf>> = BTreeMap::new();
    for pipeline in fs::read_dir(root).expect("cases") {
        let pipeline = pipeline.expect("an entry");
        let name = pipeline.file_name().into_string().expect("a name");
        let cases = fs::read_dir(pipeline.path()).expect("cases").map(|case| case.expect("an entry").path());
        folders.entry(name).or_default().extend(cases);
    }
    folders
}

#[tokio::test]
async fn every_case_comes_out_as_expected() {
    let ground = Ground::new();
    let bless = env::var_os("BUSS_BLESS").is_some();
    let mut wrong = Vec::new();
    for (name, cases) in folders() {
        let pipeline = ground.declarations.pipeline(&name).expect("a pipeline");
        for folder in cases {
            let outcome = ground.outcome(pipeline, &folder).await;
            let path = folder.join("expected.txt");
            if bless {
                fs::write(&path, &outcome).expect("expected.txt");
            }
            let expected = fs::read_to_string(&path).unwrap_or_default();
            if outcome != expected {
                wrong.push(format!("== {}\n-- expected\n{expected}\n-- came out\n{outcome}", folder.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A rule that no case breaks, or that every case breaks, is a rule nobody has tried.
#[test]
fn every_declared_rule_is_broken_by_a_case_and_kept_by_another() {
    let settings = Settings::load(None, std::iter::empty()).expect("settings");
    let declarations = Declarations::load(&settings).expect("declarations");
    let folders = folders();
    for pipeline in &declarations.pipelines {
        let cases = folders.get(pipeline.name.as_str()).cloned().unwrap_or_default();
        let expected: Vec<_> =
            cases.iter().map(|case| fs::read_to_string(case.join("expected.txt")).expect("expected.txt")).collect();
        for rule in &pipeline.rules {
            let reason = format!(": {} {} ", rule.severity.as_str(), rule.id);
            assert!(expected.iter().any(|text| text.contains(&reason)), "no case breaks {}", rule.id);
            let kept = expected.iter().any(|text| text.contains("conformed") && !text.contains(&reason));
            assert!(kept, "every case breaks {}", rule.id);
        }
    }
}
