//! The load of one delivery from its members to its commit, tried again where the database says that it may be.

use std::{
    collections::HashSet,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    files::SliceFile,
    ledger::{self, Delivery},
    members::Cache,
    merge::Incoming,
    partition,
    shape::Shape,
    stored,
    transaction::{Effect, Work},
};
use crate::{
    conform::ConformedSlice,
    engine::{Scratch, Sorted},
    error::Result,
    model::{LoadId, Outcome, RunHandle, SliceKey, Tally},
    pipeline::Pipeline,
    settings::Paths,
    telemetry::Events,
    warehouse::{Role, Session, Warehouse, fault, retry},
};

/// Loads deliveries, several at once. Made once per run.
#[derive(Debug)]
pub struct Loader {
    warehouse: Arc<Warehouse>,
    /// Directory of the slice files.
    slices: PathBuf,
    scratch: Scratch,
    events: Option<Events>,
    dimensions: Cache,
    partitions: Mutex<HashSet<(String, i16)>>,
    /// Sessions of loads that ended well, for the next ones: a new one costs the server more than a small delivery does.
    idle: Mutex<Vec<Session>>,
}

/// A slice whose delivery is in the ledger and in the fact. Made by [`Loader::load`] only.
#[derive(Debug, Clone)]
pub struct LoadedSlice {
    slice: SliceKey,
    pub(super) effect: Effect,
}

impl LoadedSlice {
    pub fn slice(&self) -> &SliceKey {
        &self.slice
    }
    pub fn load_id(&self) -> LoadId {
        self.effect.load_id
    }
    pub fn outcome(&self) -> Outcome {
        self.effect.outcome
    }
    /// In balance, with loaded, unchanged and closed rows.
    pub fn tally(&self) -> &Tally {
        &self.effect.tally
    }
    pub fn files(&self) -> &[SliceFile] {
        &self.effect.files
    }
    /// Children that became protected by this load.
    pub fn newly_protected(&self) -> usize {
        self.effect.newly_protected
    }
}

impl Loader {
    pub fn new(warehouse: &Arc<Warehouse>, paths: &Paths, scratch: &Scratch, events: Option<Events>) -> Self {
        Self {
            warehouse: warehouse.clone(),
            slices: paths.slices(),
            scratch: scratch.clone(),
            events,
            dimensions: Cache::default(),
            partitions: Mutex::default(),
            idle: Mutex::default(),
        }
    }

    /// Makes the conformed rows the current rows of their slice, in one transaction with the ledger row. Has a session of its
    /// own, because a broken one must be replaced before the ledger can be asked what became of a commit.
    ///
    /// # Errors
    /// `LOAD-001` when a newer run has taken over, `LOAD-006` when rows or money do not balance; nothing is loaded then.
    pub async fn load(
        &self,
        run: &RunHandle,
        pipeline: &Pipeline,
        delivery: &Delivery,
        conformed: &ConformedSlice,
    ) -> Result<LoadedSlice> {
        let mut sent: Option<Effect> = None;
        let effect =
            retry(self.events.as_ref(), async || self.attempt(run, pipeline, delivery, conformed, &mut sent).await)
                .await?;
        Ok(LoadedSlice { slice: delivery.slice.clone(), effect })
    }

    /// One try; `sent` goes from try to try.
    pub(super) async fn attempt(
        &self,
        run: &RunHandle,
        pipeline: &Pipeline,
        delivery: &Delivery,
        conformed: &ConformedSlice,
        sent: &mut Option<Effect>,
    ) -> Result<Effect> {
        let mut session = self.session().await?;
        let shape = Shape::read(&*session, pipeline, &conformed.rows().schema()).await?;
        let year = partition::year_of(&delivery.slice.period)?;
        self.ensure_partitions(&mut session, &shape, year).await?;
        let slice_id = ledger::slice_id(&*session, &delivery.slice).await?;
        let (stored, incoming) =
            stored::store(&*session, &self.dimensions, &self.scratch, &shape, conformed.rows()).await?;
        let (stored, scratch, slices) = (&stored, &self.scratch, &self.slices);
        let work = Work { run, shape: &shape, stored, scratch, delivery, conformed, slice_id, year, slices };
        let effect = transact(&mut session, &work, incoming, sent).await?;
        self.idle().push(session);
        Ok(effect)
    }

    /// One that is idle and still open, else a new one. A session whose load failed is never used again.
    async fn session(&self) -> Result<Session> {
        let idle = std::iter::from_fn(|| self.idle().pop()).find(|session| !session.is_closed());
        match idle {
            Some(session) => Ok(session),
            None => self.warehouse.connect(Role::Loader).await,
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ensure_partitions(&self, session: &mut Session, shape: &Shape, year: i16) -> Result<()> {
        for table in std::iter::once(&shape.table).chain(&shape.derived) {
            let partition = (table.clone(), year);
            if self.made().contains(&partition) {
                continue;
            }
            partition::ensure(session, table, year).await?;
            self.made().insert(partition);
        }
        Ok(())
    }

    fn made(&self) -> std::sync::MutexGuard<'_, HashSet<(String, i16)>> {
        self.partitions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One try. `sent` remembers what a commit whose answer is still out would have done: the guard waits for that transaction
/// to end, and the ledger then says whether it took effect.
async fn transact(
    session: &mut Session,
    work: &Work<'_>,
    incoming: Sorted<Incoming>,
    sent: &mut Option<Effect>,
) -> Result<Effect> {
    const COMMITTED: &str = "select from ops.delivery where delivery_id = $1";
    let tx = session.transaction().await.map_err(|error| fault(&error))?;
    ledger::guard(&tx, work.run, work.slice_id).await?;
    if let Some(effect) = sent.as_ref() {
        let row = tx.query_opt(COMMITTED, &[&effect.load_id.0]).await.map_err(|error| fault(&error))?;
        if row.is_some() {
            return Ok(effect.clone());
        }
    }
    let effect = work.carry_out(&tx, incoming).await?;
    *sent = Some(effect.clone());
    tx.commit().await.map_err(|error| fault(&error))?;
    *sent = None;
    Ok(effect)
}
