//! What HTTP servers call the versions that were pulled: read before a night looks, written as it looks.

use serde_json::json;

use super::slices::make_slices;
use crate::{
    error::{Error, Result, codes},
    model::{ContentHash, DatasetName, DelivererCode, Period, RunHandle, SliceKey, Validators},
    warehouse::{Session, fault},
};

/// The newest version of a slice that came whole over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PulledVersion {
    pub slice: SliceKey,
    /// Without user and query.
    pub address: String,
    pub validators: Validators,
    pub content_hash: ContentHash,
}

/// Every slice's newest pulled version.
pub async fn pulled_versions(session: &Session) -> Result<Vec<PulledVersion>> {
    const READ: &str = "
        select s.dataset, s.period, s.deliverer, v.address, v.etag, v.last_modified, v.content_hash
        from ops.http_validator as v
        join ops.slice as s on s.slice_id = v.slice_id";
    let rows = session.query(READ, &[]).await.map_err(|error| fault(&error))?;
    let version = |row: &tokio_postgres::Row| {
        Ok(PulledVersion {
            slice: SliceKey {
                dataset: DatasetName::new(row.get::<_, String>(0)),
                period: Period::new(row.get::<_, String>(1)),
                deliverer: DelivererCode::new(row.get::<_, String>(2)),
            },
            address: row.get(3),
            validators: Validators { etag: row.get(4), last_modified: row.get(5) },
            content_hash: ContentHash::parse(row.get(6)).ok_or_else(|| Error::new(&codes::history::LEDGER))?,
        })
    };
    rows.iter().map(version).collect()
}

/// Writes what came in this run; a version without validators takes away what was known of the one before it.
pub async fn write_pulled(session: &Session, run: &RunHandle, versions: &[PulledVersion]) -> Result<()> {
    const FORGET: &str = "
        delete from ops.http_validator as v
        using ops.slice as s, jsonb_to_recordset($1) as n (dataset text, period text, deliverer text, etag text, last_modified text)
        where s.slice_id = v.slice_id and s.dataset = n.dataset and s.period = n.period and s.deliverer = n.deliverer
            and n.etag is null and n.last_modified is null";
    const WRITE: &str = "
        insert into ops.http_validator (slice_id, address, etag, last_modified, content_hash, run_id)
        select s.slice_id, n.address, n.etag, n.last_modified, n.content_hash, $2
        from jsonb_to_recordset($1) as n (
            dataset text, period text, deliverer text, address text, etag text, last_modified text, content_hash text)
        join ops.slice as s on s.dataset = n.dataset and s.period = n.period and s.deliverer = n.deliverer
        where n.etag is not null or n.last_modified is not null
        on conflict (slice_id) do update set address = excluded.address, etag = excluded.etag,
            last_modified = excluded.last_modified, content_hash = excluded.content_hash, run_id = excluded.run_id";
    if versions.is_empty() {
        return Ok(());
    }
    let versions: serde_json::Value = versions.iter().map(as_json).collect();
    make_slices(&**session, &versions).await?;
    session.execute(FORGET, &[&versions]).await.map_err(|error| fault(&error))?;
    session.execute(WRITE, &[&versions, &run.run_id.0]).await.map_err(|error| fault(&error))?;
    Ok(())
}

fn as_json(version: &PulledVersion) -> serde_json::Value {
    json!({
        "dataset": version.slice.dataset.as_str(),
        "period": version.slice.period.as_str(),
        "deliverer": version.slice.deliverer.as_str(),
        "address": version.address,
        "etag": version.validators.etag,
        "last_modified": version.validators.last_modified,
        "content_hash": version.content_hash.to_string(),
    })
}
