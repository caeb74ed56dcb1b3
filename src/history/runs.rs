//! Runs: their beginning under the lock, their end, and what happened in between.

use chrono::{DateTime, NaiveDate, Utc};

use super::lock::{Holder, RunLock};
use crate::{
    error::Result,
    model::{RunHandle, RunId},
    telemetry::Event,
    warehouse::{Session, Warehouse, fault, retry},
};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunEnd {
    Done,
    Failed,
    GateRefused,
    Interrupted,
}

impl RunEnd {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::GateRefused => "gate_refused",
            Self::Interrupted => "interrupted",
        }
    }
}

/// Takes the run lock, the next fencing epoch and the knowledge instant: `now`, or the first instant after every earlier
/// one. Runs that were never finished are marked as interrupted. The lock must be kept until the run is finished.
pub async fn begin_run(
    warehouse: &Warehouse,
    now: DateTime<Utc>,
    business_date: NaiveDate,
) -> Result<(RunLock, RunHandle)> {
    let mut lock = RunLock::take(warehouse).await?;
    let run = retry(None, async || begin(lock.session(), now, business_date).await).await?;
    Ok((lock, run))
}

async fn begin(session: &mut Session, now: DateTime<Utc>, business_date: NaiveDate) -> Result<RunHandle> {
    // Waits for loads of an earlier epoch that hold the row shared.
    const FENCE: &str = "
        update ops.fence set epoch = epoch + 1, holder_host = $1, holder_pid = $2, taken_at = clock_timestamp()
        returning epoch";
    const INTERRUPTED: &str =
        "update ops.run set status = 'interrupted', finished_at = clock_timestamp() where status = 'running'";
    const BEGIN: &str = "
        insert into ops.run (epoch, known_at, business_date, started_at, program_version)
        select $1, greatest($2::timestamptz, max(known_at) + interval '1 microsecond'), $3, clock_timestamp(), $4 from ops.run
        returning run_id, known_at";
    let holder = Holder::this();
    let tx = session.transaction().await.map_err(|error| fault(&error))?;
    let pid = i32::try_from(holder.pid).unwrap_or_default();
    let epoch: i64 = tx.query_one(FENCE, &[&holder.host, &pid]).await.map_err(|error| fault(&error))?.get(0);
    tx.execute(INTERRUPTED, &[]).await.map_err(|error| fault(&error))?;
    let version = env!("CARGO_PKG_VERSION");
    let row = tx.query_one(BEGIN, &[&epoch, &now, &business_date, &version]).await.map_err(|error| fault(&error))?;
    let run = RunHandle { run_id: RunId(row.get(0)), epoch, known_at: row.get(1), business_date };
    tx.commit().await.map_err(|error| fault(&error))?;
    Ok(run)
}

/// Writes a run's end; one that a newer run has marked as interrupted stays so.
pub async fn finish_run(session: &Session, run: &RunHandle, end: RunEnd, exit_code: u8) -> Result<()> {
    const FINISH: &str = "
        update ops.run set status = $2, exit_code = $3, finished_at = clock_timestamp()
        where run_id = $1 and status = 'running'";
    let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 3] =
        [&run.run_id.0, &end.as_str(), &i16::from(exit_code)];
    session.execute(FINISH, &parameters).await.map_err(|error| fault(&error))?;
    Ok(())
}

/// Appends events to the run's record, in their order, in one statement. One writer per run.
pub async fn record_events(session: &Session, run: &RunHandle, events: &[Event]) -> Result<()> {
    const APPEND: &str = "
        insert into ops.event (run_id, seq, at, stage, slice, event, detail)
        select $1, last.seq + e.ordinality, clock_timestamp(), e.stage, e.slice, e.event, e.detail
        from unnest($2::text[], $3::text[], $4::text[], $5::jsonb[]) with ordinality
            as e (stage, slice, event, detail, ordinality)
        cross join (select coalesce(max(seq), 0) as seq from ops.event where run_id = $1) as last";
    if events.is_empty() {
        return Ok(());
    }
    let stages: Vec<&str> = events.iter().map(|event| event.stage).collect();
    let slices: Vec<Option<&str>> = events.iter().map(|event| event.slice.as_deref()).collect();
    let names: Vec<&str> = events.iter().map(|event| event.event.as_str()).collect();
    let details: Vec<&serde_json::Value> = events.iter().map(|event| &event.detail).collect();
    session
        .execute(APPEND, &[&run.run_id.0, &stages, &slices, &names, &details])
        .await
        .map_err(|error| fault(&error))?;
    Ok(())
}
