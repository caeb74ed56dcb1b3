//! The recorded step: marts and snapshot switch together.
//!
//! One transaction fills the marts, reads the snapshot and records it. The snapshot's directories are on disk before it commits
//! and `CURRENT` is renamed after, so that a kill at any point leaves a whole snapshot named.

use chrono::{DateTime, Utc};
use tokio_postgres::{IsolationLevel, Transaction};

use super::{
    place::{Place, Set},
    snapshot::{self, Heading},
    state,
};
use crate::{
    error::Result,
    gate::Passed,
    warehouse::{Session, fault, instant_text, look_as_of, marts},
};

/// What readers see after the night.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    known_at: DateTime<Utc>,
    snapshot: String,
    fresh: bool,
}

impl Publication {
    pub fn known_at(&self) -> DateTime<Utc> {
        self.known_at
    }
    /// Directory name in both sets.
    pub fn snapshot(&self) -> &str {
        &self.snapshot
    }
    /// False when nothing had changed since the publication that stands.
    pub fn is_new(&self) -> bool {
        self.fresh
    }
}

/// Publishes what a passed night knows; a night that changed nothing keeps the publication that stands.
pub async fn publish(session: &mut Session, passed: &Passed, place: &Place) -> Result<Publication> {
    let state = state::hash(session).await?;
    if let Some(standing) = newest(session).await?
        && standing.shows(&state, place)
    {
        return Ok(Publication { known_at: standing.known_at, snapshot: standing.snapshot, fresh: false });
    }
    let known_at = passed.known_at();
    let name = known_at.format("%Y%m%dT%H%M%S%.6fZ").to_string();
    let transaction = session
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .start()
        .await
        .map_err(|error| fault(&error))?;
    write(&transaction, place, known_at, &name).await?;
    record(&transaction, passed, &name, &state).await?;
    if let Err(error) = transaction.commit().await {
        // The answer may be lost and the commit not: the ledger says which.
        let recorded = newest(session).await.ok().flatten().is_some_and(|newest| newest.snapshot == name);
        if !recorded {
            return Err(fault(&error));
        }
    }
    for set in Set::ALL {
        place.point(set, &name)?;
    }
    Ok(Publication { known_at, snapshot: name, fresh: true })
}

/// Whether the publication that stands shows this state, so that publishing would change nothing.
pub async fn stands(session: &Session, state: &str, place: &Place) -> Result<bool> {
    Ok(newest(session).await?.is_some_and(|standing| standing.shows(state, place)))
}

async fn write(transaction: &Transaction<'_>, place: &Place, known_at: DateTime<Utc>, name: &str) -> Result<()> {
    look_as_of(transaction, Some(known_at)).await?;
    let marts = marts::installed(transaction).await?;
    marts::fill(transaction, &marts, known_at).await?;
    marts::forget(transaction, &marts, known_at).await?;
    let heading = Heading::read(transaction, name.to_owned(), instant_text(known_at)).await?;
    for set in Set::ALL {
        snapshot::write(transaction, place, set, &marts, &heading).await?;
    }
    Ok(())
}

async fn record(transaction: &Transaction<'_>, passed: &Passed, name: &str, state: &str) -> Result<()> {
    let insert = "insert into ops.publication (run_id, known_at, snapshot, published_at, state) values ($1, $2, $3, clock_timestamp(), $4)";
    transaction
        .execute(insert, &[&passed.run().0, &passed.known_at(), &name, &state])
        .await
        .map(drop)
        .map_err(|error| fault(&error))
}

struct Standing {
    known_at: DateTime<Utc>,
    snapshot: String,
    state: String,
}

impl Standing {
    /// It was made of the same state, and nobody took its files away.
    fn shows(&self, state: &str, place: &Place) -> bool {
        self.state == state && Set::ALL.iter().all(|&set| place.snapshot(set, &self.snapshot).is_dir())
    }
}

async fn newest(session: &Session) -> Result<Option<Standing>> {
    let query = "select known_at, snapshot, state from ops.publication order by known_at desc limit 1";
    let row = session.query_opt(query, &[]).await.map_err(|error| fault(&error))?;
    Ok(row.map(|row| Standing { known_at: row.get(0), snapshot: row.get(1), state: row.get(2) }))
}

/// At start: makes `CURRENT` of both sets name the newest publication, and removes what no publication names.
pub async fn repair(session: &Session, place: &Place) -> Result<()> {
    let rows = session
        .query("select snapshot from ops.publication order by known_at", &[])
        .await
        .map_err(|error| fault(&error))?;
    let published: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    for set in Set::ALL {
        // A snapshot that was removed by hand cannot be named; the newest that is there stands until the next publication.
        let newest = published.iter().rev().find(|name| place.snapshot(set, name).is_dir());
        if let Some(name) = newest
            && place.current(set).as_ref() != Some(name)
        {
            place.point(set, name)?;
        }
        for entry in place.entries(set)? {
            if !published.contains(&entry) {
                place.remove(set, &entry)?;
            }
        }
    }
    Ok(())
}
