//! Rows of the ledger that a load, a refusal and a hold write alike: slice, delivery, quarantine, arrival.
//!
//! Everything here runs inside the caller's transaction, after [`guard`]. Never a value, only rules, places and classes.

use std::{collections::BTreeSet, sync::Arc};

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use serde_json::Value;
use tokio_postgres::{GenericClient, Transaction};

use super::send::Sending;
use crate::{
    error::{Error, Result, codes},
    model::{ContentHash, FieldCounts, LoadId, Outcome, Reason, RunHandle, Severity, SliceKey, Tally, Timeliness},
    warehouse::fault,
};

const QUARANTINE_BATCH: usize = 8192;

const SUPERSEDE_DELIVERIES: &str = "
    update ops.delivery set is_current = false, outcome = 'superseded'
    where slice_id = $1 and (is_current or (outcome = 'held' and approval is distinct from 'rejected'))";
const WRITE_DELIVERY: &str = "
    insert into ops.delivery (
        delivery_id, slice_id, sequence, run_id, content_hash, fingerprint, bytes, outcome, is_current, heals, reasons,
        rows_read, rows_loaded, rows_unchanged, rows_quarantined, rows_duplicate, rows_merged, rows_control,
        rows_out_of_scope, rows_closed, amount_read, amount_loaded, amount_unchanged, amount_quarantined,
        amount_duplicate, amount_control, amount_out_of_scope, files, decided_at)
    overriding system value
    select $1, $2, coalesce(max(sequence), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10,
        $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20::text::numeric, $21::text::numeric, $22::text::numeric, $23::text::numeric, $24::text::numeric,
        $25::text::numeric, $26::text::numeric, $27, clock_timestamp()
    from ops.delivery where slice_id = $2";

/// What is known of a delivery before its rows are looked at.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub slice: SliceKey,
    pub content_hash: ContentHash,
    pub bytes: u64,
    /// Content hash with the versions of rules, code lists and queries.
    pub fingerprint: String,
    /// Version of rules, code lists and queries alone, for `core.dim_load`.
    pub rule_version: String,
    pub timeliness: Timeliness,
}

/// What became of it: one row of `ops.delivery`.
#[derive(Debug)]
pub struct Decision<'a> {
    pub load_id: LoadId,
    pub outcome: Outcome,
    pub is_current: bool,
    pub heals: bool,
    pub reasons: &'a [String],
    pub tally: &'a Tally,
    pub files: &'a Value,
}

/// The slice's number, made when it is new.
pub async fn slice_id(client: &impl GenericClient, slice: &SliceKey) -> Result<i32> {
    const FIND: &str = "select slice_id from ops.slice where dataset = $1 and period = $2 and deliverer = $3";
    const MAKE: &str = "insert into ops.slice (dataset, period, deliverer) values ($1, $2, $3) on conflict do nothing";
    let (dataset, period, deliverer) = (slice.dataset.as_str(), slice.period.as_str(), slice.deliverer.as_str());
    if let Some(row) = client.query_opt(FIND, &[&dataset, &period, &deliverer]).await.map_err(|error| fault(&error))? {
        return Ok(row.get(0));
    }
    client.execute(MAKE, &[&dataset, &period, &deliverer]).await.map_err(|error| fault(&error))?;
    Ok(client.query_one(FIND, &[&dataset, &period, &deliverer]).await.map_err(|error| fault(&error))?.get(0))
}

/// Refuses a run that is no longer the newest, and keeps a newer one from beginning until the transaction ends. Then takes
/// the slice, so that a transaction whose answer was lost has ended, one way or the other, before the ledger is read.
pub async fn guard(tx: &Transaction<'_>, run: &RunHandle, slice_id: i32) -> Result<()> {
    const FENCE: &str = "select epoch from ops.fence for share";
    const SLICE: &str = "select from ops.slice where slice_id = $1 for no key update";
    let epoch: i64 = tx.query_one(FENCE, &[]).await.map_err(|error| fault(&error))?.get(0);
    if epoch != run.epoch {
        return Err(Error::new(&codes::load::FENCED).detail(format!("epoch {} of {epoch}", run.epoch)));
    }
    tx.query_one(SLICE, &[&slice_id]).await.map_err(|error| fault(&error))?;
    Ok(())
}

/// The number of the next delivery.
pub async fn next_load_id(tx: &Transaction<'_>) -> Result<LoadId> {
    const NEXT: &str = "select nextval(pg_get_serial_sequence('ops.delivery', 'delivery_id'))";
    Ok(LoadId(tx.query_one(NEXT, &[]).await.map_err(|error| fault(&error))?.get(0)))
}

/// Writes the ledger row. One that becomes current takes the place of the older ones, also of those that were held.
pub async fn write_delivery(
    tx: &Transaction<'_>,
    run: &RunHandle,
    slice_id: i32,
    delivery: &Delivery,
    decision: &Decision<'_>,
) -> Result<()> {
    if decision.is_current {
        tx.execute(SUPERSEDE_DELIVERIES, &[&slice_id]).await.map_err(|error| fault(&error))?;
    }
    let tally = decision.tally;
    let amounts = amounts(tally);
    let bytes = i64::try_from(delivery.bytes).unwrap_or(i64::MAX);
    tx.execute(
        WRITE_DELIVERY,
        &[
            &decision.load_id.0,
            &slice_id,
            &run.run_id.0,
            &delivery.content_hash.to_string(),
            &delivery.fingerprint,
            &bytes,
            &decision.outcome.as_str(),
            &decision.is_current,
            &decision.heals,
            &decision.reasons,
            &tally.rows_read,
            &tally.rows_loaded,
            &tally.rows_unchanged,
            &tally.rows_quarantined,
            &tally.rows_duplicate,
            &tally.rows_merged,
            &tally.rows_control,
            &tally.rows_out_of_scope,
            &tally.rows_closed,
            &amounts[0],
            &amounts[1],
            &amounts[2],
            &amounts[3],
            &amounts[4],
            &amounts[5],
            &amounts[6],
            &decision.files,
        ],
    )
    .await
    .map_err(|error| fault(&error))?;
    Ok(())
}

/// The amounts of a balance in the order of the ledger's columns, as text that the database casts.
fn amounts(tally: &Tally) -> [String; 7] {
    [
        tally.amount_read,
        tally.amount_loaded,
        tally.amount_unchanged,
        tally.amount_quarantined,
        tally.amount_duplicate,
        tally.amount_control,
        tally.amount_out_of_scope,
    ]
    .map(|amount| amount.to_string())
}

/// Writes the reasons of a delivery, without any value.
pub async fn write_quarantine(tx: &Transaction<'_>, load_id: LoadId, reasons: &[Reason]) -> Result<()> {
    if reasons.is_empty() {
        return Ok(());
    }
    let schema = quarantine_schema();
    let mut sending = Sending::open(tx, "ops.quarantine", &schema).await?;
    for chunk in reasons.chunks(QUARANTINE_BATCH) {
        sending.send(&quarantine_batch(load_id, chunk, &schema)?).await?;
    }
    sending.finish().await?;
    Ok(())
}

fn quarantine_schema() -> SchemaRef {
    let column = |name: &str, kind: DataType| Field::new(name, kind, true);
    Arc::new(Schema::new(vec![
        column("delivery_id", DataType::Int64),
        column("record", DataType::Int64),
        column("line", DataType::Int64),
        column("rule", DataType::Utf8),
        column("column_name", DataType::Utf8),
        column("class", DataType::Utf8),
        column("severity", DataType::Utf8),
    ]))
}

fn quarantine_batch(load_id: LoadId, reasons: &[Reason], schema: &SchemaRef) -> Result<RecordBatch> {
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_value(load_id.0, reasons.len())),
        Arc::new(Int64Array::from_iter_values(reasons.iter().map(|reason| reason.record))),
        Arc::new(Int64Array::from_iter_values(reasons.iter().map(|reason| reason.line))),
        Arc::new(StringArray::from_iter_values(reasons.iter().map(|reason| &reason.rule))),
        Arc::new(reasons.iter().map(|reason| reason.column.as_deref()).collect::<StringArray>()),
        Arc::new(StringArray::from_iter_values(reasons.iter().map(|reason| &reason.class))),
        Arc::new(StringArray::from_iter_values(reasons.iter().map(|reason| reason.severity.as_str()))),
    ];
    RecordBatch::try_new(schema.clone(), columns).map_err(|_| Error::new(&codes::load::CONFORMED))
}

/// Closes what earlier deliveries of the slice left in quarantine: a newer one was accepted.
pub async fn close_quarantine(tx: &Transaction<'_>, slice_id: i32, by: LoadId) -> Result<u64> {
    const CLOSE: &str = "
        update ops.quarantine as q set closed_by = $2
        from ops.delivery as d
        where d.delivery_id = q.delivery_id and d.slice_id = $1 and d.delivery_id <> $2 and q.closed_by is null";
    tx.execute(CLOSE, &[&slice_id, &by.0]).await.map_err(|error| fault(&error))
}

/// Writes what this run saw of a slice; a second word in the same run replaces the first.
pub async fn write_arrival(
    client: &impl GenericClient,
    run: &RunHandle,
    slice_id: i32,
    timeliness: Timeliness,
    outcome: Outcome,
    reasons: &[String],
    load_id: Option<LoadId>,
) -> Result<()> {
    const WRITE: &str = "
        insert into ops.arrival (run_id, slice_id, timeliness, outcome, reasons, delivery_id)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (run_id, slice_id) do update set timeliness = excluded.timeliness, outcome = excluded.outcome,
            reasons = excluded.reasons, delivery_id = excluded.delivery_id";
    let delivery_id = load_id.map(|load_id| load_id.0);
    client
        .execute(WRITE, &[&run.run_id.0, &slice_id, &timeliness.as_str(), &outcome.as_str(), &reasons, &delivery_id])
        .await
        .map_err(|error| fault(&error))?;
    Ok(())
}

/// The rules that rejected rows or refused the file, each once, in order.
pub fn rules_of(reasons: &[Reason]) -> Vec<String> {
    let rules: BTreeSet<&str> =
        reasons.iter().filter(|reason| reason.severity != Severity::Warn).map(|reason| reason.rule.as_ref()).collect();
    rules.into_iter().map(str::to_owned).collect()
}

/// Whether time alone can make a rejected row valid.
pub fn heals(reasons: &[Reason]) -> bool {
    reasons.iter().any(|reason| reason.heals && reason.severity != Severity::Warn)
}

/// Keeps how full each field of the delivery was.
pub(super) async fn write_fields(tx: &Transaction<'_>, load_id: LoadId, fields: &FieldCounts) -> Result<()> {
    const WRITE: &str = "update ops.delivery set fields = $2 where delivery_id = $1";
    let fields = serde_json::to_value(fields).unwrap_or_default();
    tx.execute(WRITE, &[&load_id.0, &fields]).await.map(drop).map_err(|error| fault(&error))
}

/// Writes the audit dimension's member for a load.
pub(super) async fn write_dim_load(
    tx: &Transaction<'_>,
    run: &RunHandle,
    delivery: &Delivery,
    load_id: LoadId,
) -> Result<()> {
    const WRITE: &str = "
        insert into core.dim_load
            (load_id, deliverer, dataset, period, content_hash, rule_version, program_version, known_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let slice = &delivery.slice;
    tx.execute(
        WRITE,
        &[
            &load_id.0,
            &slice.deliverer.as_str(),
            &slice.dataset.as_str(),
            &slice.period.as_str(),
            &delivery.content_hash.to_string(),
            &delivery.rule_version,
            &env!("CARGO_PKG_VERSION"),
            &run.known_at,
        ],
    )
    .await
    .map_err(|error| fault(&error))?;
    Ok(())
}
