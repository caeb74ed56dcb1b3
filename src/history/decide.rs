//! Decisions about deliveries that were not loaded, and what a run saw of each slice.

use serde_json::{Value, json};

use super::slices::make_slices;
use crate::{
    error::{Error, Result, codes},
    load::{
        Delivery,
        ledger::{self, Decision},
    },
    model::{LoadId, Outcome, Reason, RunHandle, SliceKey, Tally, Timeliness},
    warehouse::{Session, fault},
};

/// What a run saw of a slice that it did not load.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub slice: SliceKey,
    pub timeliness: Timeliness,
    pub outcome: Outcome,
    /// Codes of errors, rules.
    pub reasons: Vec<String>,
}

/// Writes the refusal of a file with all reasons found; the slice's version in force stays.
pub async fn refuse(
    session: &mut Session,
    run: &RunHandle,
    delivery: &Delivery,
    error: &Error,
    reasons: &[Reason],
    tally: &Tally,
) -> Result<LoadId> {
    write(session, run, delivery, Outcome::Refused, error, reasons, tally).await
}

/// Writes that a file waits for `buss delivery approve|reject`.
pub async fn hold(
    session: &mut Session,
    run: &RunHandle,
    delivery: &Delivery,
    error: &Error,
    reasons: &[Reason],
    tally: &Tally,
) -> Result<LoadId> {
    write(session, run, delivery, Outcome::Held, error, reasons, tally).await
}

async fn write(
    session: &mut Session,
    run: &RunHandle,
    delivery: &Delivery,
    outcome: Outcome,
    error: &Error,
    found: &[Reason],
    tally: &Tally,
) -> Result<LoadId> {
    let slice_id = ledger::slice_id(&**session, &delivery.slice).await?;
    let tx = session.transaction().await.map_err(|error| fault(&error))?;
    ledger::guard(&tx, run, slice_id).await?;
    let load_id = ledger::next_load_id(&tx).await?;
    let mut reasons: Vec<String> = error.findings().map(|finding| finding.code().id.to_owned()).collect();
    reasons.extend(ledger::rules_of(found));
    let decision = Decision {
        load_id,
        outcome,
        is_current: false,
        heals: ledger::heals(found),
        reasons: &reasons,
        tally,
        files: &json!([]),
    };
    ledger::write_delivery(&tx, run, slice_id, delivery, &decision).await?;
    ledger::write_quarantine(&tx, load_id, found).await?;
    ledger::write_arrival(&tx, run, slice_id, delivery.timeliness, outcome, &reasons, Some(load_id)).await?;
    tx.commit().await.map_err(|error| fault(&error))?;
    Ok(load_id)
}

/// Writes what the run saw of the slices that it did not load, refuse or hold; what was written of one with its delivery stays.
pub async fn arrivals(session: &Session, run: &RunHandle, arrivals: &[Arrival]) -> Result<()> {
    const WRITE: &str = "
        insert into ops.arrival (run_id, slice_id, timeliness, outcome, reasons)
        select $2, s.slice_id, n.timeliness, n.outcome, array(select jsonb_array_elements_text(n.reasons))
        from jsonb_to_recordset($1) as n (
            dataset text, period text, deliverer text, timeliness text, outcome text, reasons jsonb)
        join ops.slice as s on s.dataset = n.dataset and s.period = n.period and s.deliverer = n.deliverer
        on conflict (run_id, slice_id) do nothing";
    let seen: Value = arrivals.iter().map(as_json).collect();
    make_slices(&**session, &seen).await?;
    session.execute(WRITE, &[&seen, &run.run_id.0]).await.map(drop).map_err(|error| fault(&error))
}

fn as_json(seen: &Arrival) -> Value {
    json!({
        "dataset": seen.slice.dataset.as_str(),
        "period": seen.slice.period.as_str(),
        "deliverer": seen.slice.deliverer.as_str(),
        "timeliness": seen.timeliness.as_str(),
        "outcome": seen.outcome.as_str(),
        "reasons": seen.reasons,
    })
}

/// Lets a held delivery be loaded by the next run. `who` is recorded.
pub async fn approve(session: &Session, delivery_id: LoadId, who: &str) -> Result<()> {
    decide(session, delivery_id, "approved", who).await
}

/// Turns a held delivery away; the slice's version in force stays. `who` is recorded.
pub async fn reject(session: &Session, delivery_id: LoadId, who: &str) -> Result<()> {
    decide(session, delivery_id, "rejected", who).await
}

async fn decide(session: &Session, delivery_id: LoadId, approval: &str, who: &str) -> Result<()> {
    const DECIDE: &str = "
        update ops.delivery as d set approval = $2, approved_by = $3
        where d.delivery_id = $1 and d.outcome = 'held' and d.approval is null
            and not exists (select from ops.delivery as n where n.slice_id = d.slice_id and n.sequence > d.sequence)";
    const LOOK: &str = "select from ops.delivery where delivery_id = $1";
    let decided = session.execute(DECIDE, &[&delivery_id.0, &approval, &who]).await.map_err(|error| fault(&error))?;
    if decided == 1 {
        return Ok(());
    }
    let known = session.query_opt(LOOK, &[&delivery_id.0]).await.map_err(|error| fault(&error))?.is_some();
    let code = if known { &codes::history::NOT_HELD } else { &codes::history::DELIVERY_UNKNOWN };
    Err(Error::new(code).detail(delivery_id.0))
}
