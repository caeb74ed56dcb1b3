//! Read models for the command line: runs, deliveries and quarantine. Rules, places and classes; never a value.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::Value;
use tokio_postgres::Row;

use crate::{
    error::Result,
    model::{LoadId, RunId},
    warehouse::{Session, fault},
};

/// One run.
#[derive(Debug, Clone, Serialize)]
pub struct RunRow {
    pub run_id: i64,
    pub known_at: DateTime<Utc>,
    pub business_date: NaiveDate,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub status: String,
    pub exit_code: Option<i16>,
    pub program_version: String,
}

/// One thing that happened in a run.
#[derive(Debug, Clone, Serialize)]
pub struct EventRow {
    pub seq: i32,
    pub at: DateTime<Utc>,
    pub stage: String,
    pub slice: Option<String>,
    pub event: String,
    pub detail: Value,
}

/// A run with its record.
#[derive(Debug, Clone, Serialize)]
pub struct RunDetail {
    #[serde(flatten)]
    pub run: RunRow,
    pub events: Vec<EventRow>,
}

/// One version of a slice.
#[derive(Debug, Clone, Serialize)]
pub struct DeliveryRow {
    pub delivery_id: i64,
    pub deliverer: String,
    pub dataset: String,
    pub period: String,
    pub sequence: i32,
    pub run_id: i64,
    pub outcome: String,
    pub is_current: bool,
    pub approval: Option<String>,
    pub approved_by: Option<String>,
    pub reasons: Vec<String>,
    pub rows_read: i64,
    pub rows_loaded: i64,
    pub rows_unchanged: i64,
    pub rows_closed: i64,
    pub quarantined: i64,
    pub hash: String,
    pub decided_at: DateTime<Utc>,
}

/// Open quarantine of a delivery, by rule.
#[derive(Debug, Clone, Serialize)]
pub struct QuarantineGroup {
    pub delivery_id: i64,
    pub deliverer: String,
    pub dataset: String,
    pub period: String,
    pub rule: String,
    pub column: Option<String>,
    pub severity: String,
    /// Rows concerned.
    pub records: i64,
    pub first_record: i64,
    pub first_line: i64,
}

/// One reason of one row.
#[derive(Debug, Clone, Serialize)]
pub struct QuarantineEntry {
    pub record: i64,
    pub line: i64,
    pub rule: String,
    pub column: Option<String>,
    pub class: String,
    pub severity: String,
    /// The delivery whose acceptance closed the entry.
    pub closed_by: Option<i64>,
}

fn run_row(row: &Row) -> RunRow {
    RunRow {
        run_id: row.get("run_id"),
        known_at: row.get("known_at"),
        business_date: row.get("business_date"),
        started_at: row.get("started_at"),
        finished_at: row.get("finished_at"),
        status: row.get("status"),
        exit_code: row.get("exit_code"),
        program_version: row.get("program_version"),
    }
}

/// The newest runs first.
pub async fn runs(session: &Session, limit: i64) -> Result<Vec<RunRow>> {
    const RUNS: &str = "
        select run_id, known_at, business_date, started_at, finished_at, status, exit_code, program_version
        from ops.run order by run_id desc limit $1";
    let rows = session.query(RUNS, &[&limit]).await.map_err(|error| fault(&error))?;
    Ok(rows.iter().map(run_row).collect())
}

/// One run with everything that happened in it; `None` when there is no such run.
pub async fn run(session: &Session, run_id: RunId) -> Result<Option<RunDetail>> {
    const RUN: &str = "
        select run_id, known_at, business_date, started_at, finished_at, status, exit_code, program_version
        from ops.run where run_id = $1";
    const EVENTS: &str = "select seq, at, stage, slice, event, detail from ops.event where run_id = $1 order by seq";
    let Some(row) = session.query_opt(RUN, &[&run_id.0]).await.map_err(|error| fault(&error))? else { return Ok(None) };
    let rows = session.query(EVENTS, &[&run_id.0]).await.map_err(|error| fault(&error))?;
    let event = |row: &Row| EventRow {
        seq: row.get(0),
        at: row.get(1),
        stage: row.get(2),
        slice: row.get(3),
        event: row.get(4),
        detail: row.get(5),
    };
    Ok(Some(RunDetail { run: run_row(&row), events: rows.iter().map(event).collect() }))
}

/// Deliveries by slice, the newest version first. `all` = every version; else those in force, and what waits or was refused
/// since.
pub async fn deliveries(session: &Session, all: bool) -> Result<Vec<DeliveryRow>> {
    const DELIVERIES: &str = "
        select d.delivery_id, s.deliverer, s.dataset, s.period, d.sequence, d.run_id, d.outcome, d.is_current, d.approval,
            d.approved_by, d.reasons, d.rows_read, d.rows_loaded, d.rows_unchanged, d.rows_closed, d.rows_quarantined,
            d.content_hash, d.decided_at
        from ops.delivery as d
        join ops.slice as s on s.slice_id = d.slice_id
        where $1 or d.is_current or d.sequence > coalesce(
            (select c.sequence from ops.delivery as c where c.slice_id = d.slice_id and c.is_current), 0)
        order by s.dataset, s.period, s.deliverer, d.sequence desc";
    let rows = session.query(DELIVERIES, &[&all]).await.map_err(|error| fault(&error))?;
    Ok(rows.iter().map(delivery_row).collect())
}

fn delivery_row(row: &Row) -> DeliveryRow {
    DeliveryRow {
        delivery_id: row.get("delivery_id"),
        deliverer: row.get("deliverer"),
        dataset: row.get("dataset"),
        period: row.get("period"),
        sequence: row.get("sequence"),
        run_id: row.get("run_id"),
        outcome: row.get("outcome"),
        is_current: row.get("is_current"),
        approval: row.get("approval"),
        approved_by: row.get("approved_by"),
        reasons: row.get("reasons"),
        rows_read: row.get("rows_read"),
        rows_loaded: row.get("rows_loaded"),
        rows_unchanged: row.get("rows_unchanged"),
        rows_closed: row.get("rows_closed"),
        quarantined: row.get("rows_quarantined"),
        hash: row.get("content_hash"),
        decided_at: row.get("decided_at"),
    }
}

/// Open entries of all deliveries, by rule.
pub async fn quarantine(session: &Session) -> Result<Vec<QuarantineGroup>> {
    const OPEN: &str = "
        select d.delivery_id, s.deliverer, s.dataset, s.period, q.rule, q.column_name, q.severity,
            count(distinct q.record), min(q.record), min(q.line)
        from ops.quarantine as q
        join ops.delivery as d on d.delivery_id = q.delivery_id
        join ops.slice as s on s.slice_id = d.slice_id
        where q.closed_by is null
        group by d.delivery_id, s.deliverer, s.dataset, s.period, q.rule, q.column_name, q.severity
        order by s.dataset, s.period, s.deliverer, d.delivery_id, q.rule, q.column_name";
    let group = |row: &Row| QuarantineGroup {
        delivery_id: row.get(0),
        deliverer: row.get(1),
        dataset: row.get(2),
        period: row.get(3),
        rule: row.get(4),
        column: row.get(5),
        severity: row.get(6),
        records: row.get(7),
        first_record: row.get(8),
        first_line: row.get(9),
    };
    let rows = session.query(OPEN, &[]).await.map_err(|error| fault(&error))?;
    Ok(rows.iter().map(group).collect())
}

/// Every reason of one delivery, by record.
pub async fn quarantine_of(session: &Session, delivery_id: LoadId) -> Result<Vec<QuarantineEntry>> {
    const ENTRIES: &str = "
        select record, line, rule, column_name, class, severity, closed_by
        from ops.quarantine where delivery_id = $1 order by record, rule, column_name";
    let entry = |row: &Row| QuarantineEntry {
        record: row.get(0),
        line: row.get(1),
        rule: row.get(2),
        column: row.get(3),
        class: row.get(4),
        severity: row.get(5),
        closed_by: row.get(6),
    };
    let rows = session.query(ENTRIES, &[&delivery_id.0]).await.map_err(|error| fault(&error))?;
    Ok(rows.iter().map(entry).collect())
}
