//! The morning's result: the last run, what is published, and what came of every expected delivery.

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio_postgres::Row;

use super::read::{RunRow, runs};
use crate::{
    error::Result,
    warehouse::{Session, fault},
};

/// What `buss status` shows.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    pub last_run: Option<RunRow>,
    pub publication: Option<PublicationRow>,
    pub deliveries: Vec<ArrivalRow>,
    /// Name of the published snapshot.
    pub snapshot: Option<String>,
}

/// What readers see.
#[derive(Debug, Clone, Serialize)]
pub struct PublicationRow {
    pub run_id: i64,
    pub known_at: DateTime<Utc>,
    pub snapshot: String,
    pub published_at: DateTime<Utc>,
}

/// What the newest run that looked at a slice saw of it, and the version it is about.
#[derive(Debug, Clone, Serialize)]
pub struct ArrivalRow {
    pub deliverer: String,
    pub dataset: String,
    pub period: String,
    pub timeliness: String,
    pub outcome: String,
    pub reasons: Vec<String>,
    pub run_id: i64,
    pub delivery_id: Option<i64>,
    /// Rows read.
    pub rows: Option<i64>,
    pub quarantined: Option<i64>,
    pub hash: Option<String>,
}

/// Reads the whole of it.
pub async fn status(session: &Session) -> Result<Status> {
    const PUBLICATION: &str = "
        select run_id, known_at, snapshot, published_at from ops.publication order by known_at desc limit 1";
    // A slice that a partial run left out keeps what an earlier run saw. Where the arrival names no delivery, the version
    // in force is meant.
    const ARRIVALS: &str = "
        select s.deliverer, s.dataset, s.period, a.timeliness, a.outcome, a.reasons, a.run_id, d.delivery_id, d.rows_read,
            d.rows_quarantined, d.content_hash
        from ops.slice as s
        join lateral (
            select r.timeliness, r.outcome, r.reasons, r.run_id, r.delivery_id
            from ops.arrival as r where r.slice_id = s.slice_id order by r.run_id desc limit 1
        ) as a on true
        left join ops.delivery as d on d.slice_id = s.slice_id
            and (d.delivery_id = a.delivery_id or (a.delivery_id is null and d.is_current))
        order by s.dataset, s.period, s.deliverer";
    let last_run = runs(session, 1).await?.pop();
    let publication = session.query_opt(PUBLICATION, &[]).await.map_err(|error| fault(&error))?.map(|row| {
        PublicationRow { run_id: row.get(0), known_at: row.get(1), snapshot: row.get(2), published_at: row.get(3) }
    });
    let deliveries = session.query(ARRIVALS, &[]).await.map_err(|error| fault(&error))?;
    let snapshot = publication.as_ref().map(|publication| publication.snapshot.clone());
    Ok(Status { last_run, publication, deliveries: deliveries.iter().map(arrival_row).collect(), snapshot })
}

fn arrival_row(row: &Row) -> ArrivalRow {
    ArrivalRow {
        deliverer: row.get(0),
        dataset: row.get(1),
        period: row.get(2),
        timeliness: row.get(3),
        outcome: row.get(4),
        reasons: row.get(5),
        run_id: row.get(6),
        delivery_id: row.get(7),
        rows: row.get(8),
        quarantined: row.get(9),
        hash: row.get(10),
    }
}
