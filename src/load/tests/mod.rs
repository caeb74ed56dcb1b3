//! The load against a real server: the slice invariant, history, fencing, protection, and facts of several slices.

mod across;
mod ledger;
#[expect(dead_code, reason = "the integration tests use more of it")]
#[path = "../../../tests/it/postgres.rs"]
mod postgres;
mod protection;
mod sequences;
mod within;

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BooleanArray, Date32Array, FixedSizeBinaryBuilder, Int16Array, RecordBatch, StringArray,
        new_null_array,
    },
    datatypes::{DataType, Date32Type, Field, Schema},
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Delivery, LoadedSlice, Loader};
use crate::{
    conform::ConformedSlice,
    engine::{Scratch, Spool},
    error::Result,
    history::{self, RunEnd, RunLock},
    model::{
        ContentHash, DatasetName, DelivererCode, Ore, Period, Reason, RunHandle, Severity, SliceKey, Tally, Timeliness,
    },
    pipeline::{Declarations, Pipeline},
    settings::Paths,
    warehouse::{Session, Warehouse, reference},
};
use postgres::Database;

/// A database, a data directory and the declarations of anmälningar.
struct Bench {
    database: Database,
    warehouse: Arc<Warehouse>,
    dir: tempfile::TempDir,
    pipeline: Pipeline,
}

/// One intake as the conform query gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Intake {
    case: u8,
    child: u8,
    reporter: &'static str,
    reasons: Option<&'static str>,
    utredning: Option<u8>,
    protected: bool,
}

fn intake(case: u8, reporter: &'static str) -> Intake {
    Intake { case, child: case, reporter, reasons: Some("Våld"), utredning: None, protected: false }
}

fn slice(deliverer: &str, year: i32) -> SliceKey {
    SliceKey {
        dataset: DatasetName::new("anmalningar"),
        period: Period::from(year),
        deliverer: DelivererCode::new(deliverer),
    }
}

fn delivery(slice: SliceKey, content: u8) -> Delivery {
    Delivery {
        slice,
        content_hash: ContentHash([content; 32]),
        bytes: 1,
        fingerprint: format!("content {content}"),
        rule_version: "1".into(),
        timeliness: Timeliness::OnTime,
    }
}

fn pseudonyms(ids: impl ExactSizeIterator<Item = Option<u8>>) -> ArrayRef {
    let mut builder = FixedSizeBinaryBuilder::with_capacity(ids.len(), 16);
    for id in ids {
        match id {
            Some(id) => builder.append_value([id; 16]).unwrap(),
            None => builder.append_null(),
        }
    }
    Arc::new(builder.finish())
}

fn text<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn batch_of(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|(_, array)| array).collect()).unwrap()
}

fn intakes(rows: &[Intake]) -> RecordBatch {
    let count = rows.len();
    let all = |value: &'static str| text(rows.iter().map(move |_| Some(value)));
    let day = Date32Type::from_naive_date(NaiveDate::from_ymd_opt(2007, 3, 1).unwrap());
    batch_of(vec![
        ("anmalan_id", pseudonyms(rows.iter().map(|row| Some(row.case)))),
        ("child", pseudonyms(rows.iter().map(|row| Some(100 + row.child)))),
        ("child_sex", all("flicka")),
        ("child_birth_year", Arc::new(Int16Array::from(vec![2000; count]))),
        ("child_birth_month", Arc::new(Int16Array::from(vec![None; count]))),
        ("child_unborn", Arc::new(BooleanArray::from(vec![false; count]))),
        ("child_protected", Arc::new(rows.iter().map(|row| Some(row.protected)).collect::<BooleanArray>())),
        ("received_date", Arc::new(Date32Array::from(vec![day; count]))),
        ("district", all("24@2007-01-01")),
        ("intake_type", all("Anmälan")),
        ("reporter_category", text(rows.iter().map(|row| Some(row.reporter)))),
        ("intake_reason_group", text(rows.iter().map(|row| row.reasons))),
        ("age", all("7")),
        ("protection_assessment_date", new_null_array(&DataType::Date32, count)),
        ("protection_assessment_date_status", all("unknown")),
        ("decision_outcome", all("Ej beslutad")),
        ("decision_date", new_null_array(&DataType::Date32, count)),
        ("decision_date_status", all("unknown")),
        ("legal_basis", text(rows.iter().map(|_| None))),
        ("utredning_id", pseudonyms(rows.iter().map(|row| row.utredning))),
        ("utredning_id_status", all("unknown")),
    ])
}

/// Rows as if conformed, with nothing rejected.
fn conformed(batch: RecordBatch) -> ConformedSlice {
    let rows = i64::try_from(batch.num_rows()).unwrap();
    conformed_with(batch, Vec::new(), Tally { rows_read: rows, ..Tally::default() })
}

fn conformed_with(batch: RecordBatch, reasons: Vec<Reason>, tally: Tally) -> ConformedSlice {
    let mut spool = Spool::new(std::path::Path::new("/nonexistent"), batch.schema(), usize::MAX);
    spool.push(batch).unwrap();
    ConformedSlice::new(spool.finish().unwrap(), reasons, tally)
}

impl Bench {
    async fn new() -> Self {
        let database = Database::fresh().await;
        let Declarations { reference, pipelines, .. } = Declarations::load(&database.settings).unwrap();
        reference::sync(&mut database.loader().await, &reference, &pipelines).await.unwrap();
        let pipeline = pipelines.into_iter().find(|pipeline| pipeline.name.as_str() == "anmalningar").unwrap();
        let warehouse = Arc::new(Warehouse::open(&database.settings).await.unwrap());
        Self { database, warehouse, dir: tempfile::tempdir().unwrap(), pipeline }
    }

    fn paths(&self) -> Paths {
        Paths { data_dir: self.dir.path().to_owned(), ..self.database.settings.paths.clone() }
    }

    fn loader(&self) -> Loader {
        // So little memory that every slice takes its way over files.
        Loader::new(&self.warehouse, &self.paths(), &Scratch::new(self.dir.path(), 1), None)
    }

    async fn begin(&self) -> (RunLock, RunHandle) {
        history::begin_run(&self.database.warehouse, midnight(), midnight().date_naive()).await.unwrap()
    }

    /// A whole run that loads one slice.
    async fn night(&self, slice: &SliceKey, content: u8, rows: &[Intake]) -> (RunHandle, LoadedSlice) {
        let (lock, run) = self.begin().await;
        let loaded = self.load(&run, slice, content, rows).await.unwrap();
        let session = self.session().await;
        history::finish_run(&session, &run, RunEnd::Done, 0).await.unwrap();
        lock.release().await;
        (run, loaded)
    }

    async fn load(&self, run: &RunHandle, slice: &SliceKey, content: u8, rows: &[Intake]) -> Result<LoadedSlice> {
        let delivery = delivery(slice.clone(), content);
        self.loader().load(run, &self.pipeline, &delivery, &conformed(intakes(rows))).await
    }

    async fn session(&self) -> Session {
        self.database.loader().await
    }

    async fn count(&self, query: &str) -> i64 {
        self.session().await.query_one(query, &[]).await.unwrap().get(0)
    }

    /// (pseudonym byte of the case, reporter) of the rows of a slice known at an instant.
    async fn known_at(&self, slice: &SliceKey, instant: DateTime<Utc>) -> Vec<(u8, String)> {
        const ROWS: &str = "
            select get_byte(i.pseudonym, 0), r.code
            from core.fact_anmalan as f
            join core.identity as i on i.key = f.anmalan_id
            join core.dim_reporter_category as r using (reporter_category_key)
            join ops.slice as s using (slice_id)
            where s.deliverer = $1 and s.period = $2
                and f.known_from <= $3 and (f.known_to is null or f.known_to > $3)
            order by 1, 2";
        let session = self.session().await;
        let rows = session.query(ROWS, &[&slice.deliverer.as_str(), &slice.period.as_str(), &instant]).await.unwrap();
        rows.iter().map(|row| (u8::try_from(row.get::<_, i32>(0)).unwrap(), row.get(1))).collect()
    }
}

fn midnight() -> DateTime<Utc> {
    "2009-01-02T01:00:00Z".parse().unwrap()
}

fn rejected(record: i64) -> Reason {
    Reason {
        record,
        line: record + 1,
        rule: "ANM-001".into(),
        column: None,
        class: "len=3".into(),
        severity: Severity::Reject,
        heals: false,
    }
}
