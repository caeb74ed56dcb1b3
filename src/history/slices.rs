//! What the ledger knows of each slice, for `plan` to decide on.

use chrono::NaiveDate;
use serde_json::Value;
use tokio_postgres::{GenericClient, Row};

use crate::{
    error::{Error, Result, codes},
    model::{ContentHash, DatasetName, DelivererCode, LoadId, Period, SliceKey},
    plan::{Held, Known, Version},
    warehouse::{Session, fault},
};

/// One slice that the ledger has heard of.
#[derive(Debug, Clone)]
pub struct SliceState {
    pub slice: SliceKey,
    pub known: Known,
    /// Rows read of the version in force, for the rule about volume.
    pub current_rows: Option<i64>,
    /// Rows of the version in force that are in quarantine.
    pub current_quarantined: i64,
    /// Why the newest file is held or refused, where it is.
    pub decided_for: Vec<String>,
    /// The delivery in force.
    pub current_load: Option<LoadId>,
}

/// Every slice, in order, with its version in force and, where that is newer, the last decision to hold or to refuse.
///
/// Time heals only where it has passed: a version that was decided for the same business date is not gone through again.
pub async fn slices(session: &Session, business_date: NaiveDate) -> Result<Vec<SliceState>> {
    const SLICES: &str = "
        select s.dataset, s.period, s.deliverer,
            c.delivery_id, c.rows_read, c.content_hash, c.fingerprint,
            c.heals and (select r.business_date <> $1 from ops.run as r where r.run_id = c.run_id),
            l.outcome, l.approval, l.content_hash, l.fingerprint, l.heals, coalesce(c.rows_quarantined, 0),
            coalesce(l.reasons, '{}')
        from ops.slice as s
        left join ops.delivery as c on c.slice_id = s.slice_id and c.is_current
        left join lateral (
            select d.outcome, d.approval, d.reasons, d.content_hash, d.fingerprint, d.heals and r.business_date <> $1 as heals
            from ops.delivery as d
            join ops.run as r on r.run_id = d.run_id
            where d.slice_id = s.slice_id and d.outcome in ('held', 'refused') and d.sequence > coalesce(c.sequence, 0)
            order by d.sequence desc
            limit 1
        ) as l on true
        order by s.dataset, s.period, s.deliverer";
    let rows = session.query(SLICES, &[&business_date]).await.map_err(|error| fault(&error))?;
    rows.iter().map(state).collect()
}

/// Makes the slices that the ledger has not heard of, of a list of objects with dataset, period and deliverer.
pub(super) async fn make_slices(client: &impl GenericClient, slices: &Value) -> Result<()> {
    // Asked for first, because an insert that meets a conflict uses up a number.
    const MAKE: &str = "
        insert into ops.slice (dataset, period, deliverer)
        select n.dataset, n.period, n.deliverer
        from jsonb_to_recordset($1) as n (dataset text, period text, deliverer text)
        where not exists (
            select from ops.slice as s
            where s.dataset = n.dataset and s.period = n.period and s.deliverer = n.deliverer)
        on conflict do nothing";
    client.execute(MAKE, &[slices]).await.map(drop).map_err(|error| fault(&error))
}

fn state(row: &Row) -> Result<SliceState> {
    let slice = SliceKey {
        dataset: DatasetName::new(row.get::<_, String>(0)),
        period: Period::new(row.get::<_, String>(1)),
        deliverer: DelivererCode::new(row.get::<_, String>(2)),
    };
    let current_load = row.get::<_, Option<i64>>(3).map(LoadId);
    let mut known = Known::default();
    if current_load.is_some() {
        known.current = Some(version(row, 5)?);
    }
    match row.get::<_, Option<&str>>(8) {
        Some("held") => known.held = Some((version(row, 10)?, held(row.get(9), &row.get::<_, Vec<String>>(14)))),
        Some(_) => known.refused = Some(version(row, 10)?),
        None => {}
    }
    Ok(SliceState {
        slice,
        known,
        current_rows: row.get(4),
        current_quarantined: row.get(13),
        decided_for: row.get(14),
        current_load,
    })
}

fn version(row: &Row, first: usize) -> Result<Version> {
    let content_hash = ContentHash::parse(row.get(first)).ok_or_else(|| Error::new(&codes::history::LEDGER))?;
    Ok(Version { content_hash, fingerprint: row.get(first + 1), heals: row.get(first + 2) })
}

fn held(approval: Option<&str>, reasons: &[String]) -> Held {
    match approval {
        Some("approved") => Held::Approved,
        Some(_) => Held::Rejected,
        None if reasons == [codes::extract::UNPROVEN.id] => Held::Unproven,
        None => Held::Undecided,
    }
}
