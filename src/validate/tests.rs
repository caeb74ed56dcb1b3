//! Validation of a made-up pipeline that declares one of everything.

use std::{path::Path, sync::Arc};

use arrow::array::{ArrayRef, AsArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray};
use chrono::NaiveDate;

use super::{AcceptedSlice, Validated, Validator, check};
use crate::{
    engine::Engine,
    model::{DelivererCode, Ore, Period, Reason, Severity, SliceKey, Tally},
    parse::{self, ParseEnd},
    pipeline::{Pipeline, Reference},
    settings::{Run, Settings},
};

const PROV: &str = r#"
name = "prov"
title = "Prov"
grain = "one row"
deliverers = "district"
extension = "csv"
format = "csv"
coverage = "2007..2007"
schedule = "0 0 2 * * *"
period_date = "day"
key = ["id"]
control_when = "kind = 'total'"
amount = "amount"
target = { table = "fact_prov", conform = "fact_prov", columns = [] }
columns = [
    { name = "id", field = "Id", type = "string", required = true },
    { name = "day", field = "Dag", type = "date", required = true },
    { name = "kind", field = "Typ", type = "string", required = true },
    { name = "amount", field = "Belopp", type = "decimal", required = true },
    { name = "serial", field = "Nummer", type = "integer", required = true, unique = true },
    { name = "note", field = "Not", type = "code", enum = ["x"], required_when = "kind = 'noted'" },
]
rules = [
    { id = "P-1", severity = "reject", message = "-", check = "amount >= 0", columns = ["amount"], valid_from = "2007-03-01", valid_to = "2007-03-31" },
    { id = "P-2", severity = "refuse", message = "-", check = "kind <> 'poison'" },
    { id = "P-3", severity = "warn", message = "-", query = "select _record from slice where amount > 1 + (select avg(amount) from slice) -- outliers" },
    { id = "P-4", severity = "reject", message = "-", check = "1000000000 / serial > 0", heals = true },
]
"#;

struct Bench {
    engine: Engine,
    pipeline: Pipeline,
    run: Run,
    _dir: tempfile::TempDir,
}

/// One row: id, day of 2007, kind, öre, serial, note.
type Row = (&'static str, (u32, u32), &'static str, i128, i64, Option<&'static str>);

fn bench(change: impl FnOnce(&mut Run)) -> Bench {
    let dir = tempfile::tempdir().expect("directory");
    let mut run = Settings::load(None, std::iter::empty()).expect("settings").run;
    change(&mut run);
    let engine = engine(&run, dir.path());
    Bench { engine, pipeline: toml::from_str(PROV).expect("the pipeline"), run, _dir: dir }
}

fn engine(run: &Run, dir: &Path) -> Engine {
    Engine::new(run, dir, &Reference::default()).expect("engine")
}

fn batch(pipeline: &Pipeline, first: i64, rows: &[Row]) -> RecordBatch {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).expect("a date");
    let day = |(month, day): (u32, u32)| {
        let date = NaiveDate::from_ymd_opt(2007, month, day).expect("a date");
        i32::try_from(date.signed_duration_since(epoch).num_days()).expect("near")
    };
    let records: ArrayRef = Arc::new((first..).take(rows.len()).collect::<Int64Array>());
    let lines: ArrayRef = Arc::new((first + 1..).take(rows.len()).collect::<Int64Array>());
    let amounts = rows.iter().map(|row| Some(row.3)).collect::<Decimal128Array>();
    let columns: Vec<ArrayRef> = vec![
        records,
        lines,
        Arc::new(rows.iter().map(|row| Some(row.0)).collect::<StringArray>()),
        Arc::new(rows.iter().map(|row| Some(day(row.1))).collect::<Date32Array>()),
        Arc::new(rows.iter().map(|row| Some(row.2)).collect::<StringArray>()),
        Arc::new(amounts.with_precision_and_scale(14, 2).expect("money")),
        Arc::new(rows.iter().map(|row| Some(row.4)).collect::<Int64Array>()),
        Arc::new(rows.iter().map(|row| row.5).collect::<StringArray>()),
    ];
    RecordBatch::try_new(parse::schema(pipeline), columns).expect("a batch")
}

impl Bench {
    fn validator(&self) -> Validator {
        let slice = SliceKey {
            dataset: self.pipeline.name.clone(),
            period: Period::from(2007),
            deliverer: DelivererCode::new("24"),
        };
        Validator::new(&self.engine, &self.pipeline, &self.run, &slice).expect("a validator")
    }

    /// Validates the rows in batches of two.
    async fn validate(&self, rows: &[Row], reasons: Vec<Reason>) -> crate::Result<Validated> {
        let mut validator = self.validator();
        let mut reasons = Some(reasons);
        for (at, part) in rows.chunks(2).enumerate() {
            let first = i64::try_from(at * 2 + 1).expect("few");
            validator.take(batch(&self.pipeline, first, part), reasons.take().unwrap_or_default())?;
        }
        let amount_read = rows.iter().map(|row| Ore(row.3)).sum();
        let rows_read = i64::try_from(rows.len()).expect("few");
        let end = ParseEnd { tally: Tally { rows_read, amount_read, ..Tally::default() }, file_reasons: Vec::new() };
        validator.finish(end).await
    }

    async fn accepted(&self, rows: &[Row]) -> AcceptedSlice {
        match self.validate(rows, Vec::new()).await.expect("validated") {
            Validated::Accepted(slice) => slice,
            Validated::Refused { error, .. } => panic!("{error}"),
        }
    }
}

fn rules(reasons: &[Reason]) -> Vec<(i64, &str)> {
    reasons.iter().map(|reason| (reason.record, &*reason.rule)).collect()
}

fn records(slice: &AcceptedSlice) -> Vec<i64> {
    let batches = slice.rows().batches().expect("batches").map(|batch| batch.expect("a batch"));
    let numbers = |batch: RecordBatch| batch.column(0).as_primitive::<arrow::datatypes::Int64Type>().values().to_vec();
    batches.flat_map(numbers).collect()
}

#[tokio::test]
async fn a_rule_holds_within_its_validity_by_the_rows_date() {
    let bench = bench(|_| ());
    let slice = bench
        .accepted(&[
            ("a", (2, 28), "x", -1, 1, None),
            ("b", (3, 1), "x", -1, 2, None),
            ("c", (3, 31), "x", -1, 3, None),
            ("d", (4, 1), "x", -1, 4, None),
        ])
        .await;
    assert_eq!(rules(slice.reasons()), [(2, "P-1"), (3, "P-1")]);
    assert_eq!(records(&slice), [1, 4]);
}

#[tokio::test]
async fn rows_and_money_are_counted_by_what_becomes_of_them() {
    let bench = bench(|_| ());
    let slice = bench
        .accepted(&[
            ("a", (3, 1), "x", 100, 1, None),
            ("a", (3, 1), "x", 100, 1, None),
            ("b", (3, 1), "x", -7, 2, None),
            ("t", (3, 1), "total", 193, 3, None),
            ("c", (3, 1), "x", 1, 4, None),
            ("c", (3, 1), "x", 2, 5, None),
        ])
        .await;
    let tally = *slice.tally();
    assert_eq!((tally.rows_read, tally.rows_quarantined, tally.rows_duplicate, tally.rows_control), (6, 3, 1, 1));
    assert_eq!((tally.amount_quarantined, tally.amount_duplicate, tally.amount_control), (Ore(-4), Ore(100), Ore(193)));
    assert_eq!(records(&slice), [1]);
    assert_eq!(
        rules(slice.reasons()),
        // The outlier is found among all rows but the dropped copy.
        [(2, "prov.key.duplicate"), (3, "P-1"), (4, "P-3"), (5, "prov.key.conflict"), (6, "prov.key.conflict")]
    );
}

#[tokio::test]
async fn a_unique_column_rejects_all_who_share_a_value() {
    let bench = bench(|_| ());
    let slice = bench
        .accepted(&[("a", (1, 1), "x", 1, 7, None), ("b", (1, 1), "x", 1, 7, None), ("c", (1, 1), "x", 1, 8, None)])
        .await;
    assert_eq!(rules(slice.reasons()), [(1, "prov.serial.unique"), (2, "prov.serial.unique")]);
    assert_eq!(records(&slice), [3]);
}

#[tokio::test]
async fn a_refusing_rule_refuses_the_file_and_keeps_the_reasons() {
    let bench = bench(|_| ());
    let rows = [("a", (3, 1), "poison", -1, 1, None), ("b", (3, 1), "x", 1, 2, None)];
    let Validated::Refused { error, reasons, tally } = bench.validate(&rows, Vec::new()).await.expect("validated")
    else {
        panic!("accepted");
    };
    assert_eq!(error.code().id, "VALI-002");
    assert_eq!(rules(&reasons), [(1, "P-1"), (1, "P-2")]);
    assert_eq!(tally.rows_quarantined, 1);
}

#[tokio::test]
async fn a_condition_makes_a_cell_required_and_an_unknown_code_a_reject() {
    let bench = bench(|_| ());
    let warning = |record| Reason {
        record,
        line: record + 1,
        rule: "prov.note.code".into(),
        column: Some("note".into()),
        class: "len=3".to_owned(),
        severity: Severity::Warn,
        heals: false,
    };
    let rows = [
        ("a", (1, 1), "noted", 1, 1, Some("new")),
        ("b", (1, 1), "free", 1, 2, Some("new")),
        ("c", (1, 1), "noted", 1, 3, None),
        ("d", (1, 1), "free", 1, 4, Some("_suppressed")),
        ("e", (1, 1), "noted", 1, 5, Some("_suppressed")),
    ];
    let validated = bench.validate(&rows, vec![warning(1), warning(2)]).await.expect("validated");
    let Validated::Accepted(slice) = validated else { panic!("refused") };
    let found: Vec<_> =
        slice.reasons().iter().map(|reason| (reason.record, &*reason.rule, reason.severity, &*reason.class)).collect();
    assert_eq!(
        found,
        [
            (1, "prov.note.code", Severity::Reject, "len=3"),
            (2, "prov.note.code", Severity::Warn, "len=3"),
            (3, "prov.note.required", Severity::Reject, "empty"),
            (5, "prov.note.required", Severity::Reject, "suppressed"),
        ]
    );
    assert_eq!(records(&slice), [2, 4]);
}

#[tokio::test]
async fn a_rule_that_fails_is_an_error_without_values() {
    let bench = bench(|_| ());
    let error = bench.validate(&[("a", (1, 1), "x", 1, 0, None)], Vec::new()).await.expect_err("division by zero");
    assert_eq!(error.to_string(), "VALI-003: rule cannot be evaluated: rule P-4 at 24/prov_2007");
}

/// Several times the memory that a slice and the engine may hold: the same rows come out as with plenty.
#[tokio::test]
async fn a_slice_larger_than_memory_is_validated_alike() {
    const BATCHES: i64 = 40;
    const ROWS: i64 = 2_500;
    let mut outcomes = Vec::new();
    for spill_bytes in [usize::MAX / 64, 1 << 20] {
        let bench = bench(|run| (run.spill_bytes, run.parallel) = (spill_bytes, 1));
        let template: Vec<Row> = vec![("", (1, 1), "a kind of some length", 5, 0, None); 2_500];
        let mut validator = bench.validator();
        for number in 0..BATCHES {
            let first = number * ROWS + 1;
            let like = batch(&bench.pipeline, first, &template);
            let numbers = first..first + ROWS;
            let mut columns = like.columns().to_vec();
            // Every thousandth id stands twice, with another serial.
            let id = |record: i64| if record % 1_000 == 0 { record - 1 } else { record };
            columns[2] =
                Arc::new(StringArray::from_iter_values(numbers.clone().map(|record| format!("id-{}", id(record)))));
            columns[6] = Arc::new(Int64Array::from_iter_values(numbers));
            validator.take(RecordBatch::try_new(like.schema(), columns).expect("a batch"), Vec::new()).expect("taken");
        }
        let tally = Tally { rows_read: BATCHES * ROWS, ..Tally::default() };
        let validated = validator.finish(ParseEnd { tally, file_reasons: Vec::new() }).await.expect("validated");
        outcomes.push(match validated {
            Validated::Accepted(slice) => (slice.tally().rows_quarantined, slice.rows().rows()),
            Validated::Refused { tally, .. } => (tally.rows_quarantined, 0),
        });
    }
    assert_eq!(outcomes[0], outcomes[1]);
    assert!(outcomes[0].0 > 0);
}

#[tokio::test]
async fn findings_about_rules_come_all_at_once_with_their_lines() {
    let bench = bench(|_| ());
    let text = PROV
        .replace("kind = 'noted'", "kin = 'noted'")
        .replace("amount >= 0", "amount + 1")
        .replace("kind <> 'poison'", "kind <>")
        .replace("select _record from slice", "select id from slice")
        .replace("kind = 'total'", "nosuch(kind)");
    let mut pipeline: Pipeline = toml::from_str(&text).expect("the pipeline");
    pipeline.text = text;
    let found: Vec<_> = check(&bench.engine, &pipeline).await.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 5, "{found:#?}");
    assert!(found[0].contains("`note` names the unknown column `kin`"), "{found:#?}");
    assert!(found[1].contains("control_when") && found[1].ends_with("pipelines/prov.toml:12"), "{found:#?}");
    for (finding, rule) in found[2..].iter().zip(["P-1", "P-2", "P-3"]) {
        assert!(finding.contains(rule) && !finding.contains("poison"), "{found:#?}");
    }
}

#[test]
fn the_futures_of_validation_can_move_between_threads() {
    fn movable<T: Send>(_: &T) {}
    let bench = bench(|_| ());
    movable(&bench.validator().finish(ParseEnd::default()));
}
