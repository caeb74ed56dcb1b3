//! What all deliveries of one run share.

use std::{fs, path::Path, sync::Arc};

use crate::{
    Error, Result, disk,
    engine::Engine,
    error::codes,
    land::Landing,
    load::Loader,
    model::{ContentHash, RunHandle},
    pipeline::{Declarations, Pipeline},
    plan::Expected,
    privacy::{Pseudonyms, keys},
    settings::{Deliverer, Settings},
    telemetry::Events,
    warehouse::Warehouse,
};

/// The ground under one run: made once, shared by every delivery.
pub struct Night {
    pub settings: Settings,
    pub declarations: Declarations,
    pub engine: Engine,
    pub landing: Landing,
    pub pseudonyms: Pseudonyms,
    pub warehouse: Arc<Warehouse>,
    pub loader: Loader,
    pub run: RunHandle,
    pub events: Events,
}

impl Night {
    /// Opens keys, landing and engine, and empties the spool of what a killed run left.
    pub fn prepare(
        settings: &Settings,
        declarations: &Declarations,
        warehouse: &Arc<Warehouse>,
        run: RunHandle,
        events: &Events,
    ) -> Result<Self> {
        let spool = settings.paths.spool();
        empty(&spool)?;
        let landing = Landing::open(&settings.paths.landing(), keys::landing_identity(settings)?.value)?;
        landing.sweep()?;
        let engine = Engine::new(&settings.run, &spool, &declarations.reference)?;
        Ok(Self {
            loader: Loader::new(warehouse, &settings.paths, engine.scratch(), Some(events.clone())),
            engine,
            landing,
            pseudonyms: keys::pseudonyms(settings)?.value,
            settings: settings.clone(),
            declarations: declarations.clone(),
            warehouse: warehouse.clone(),
            run,
            events: events.clone(),
        })
    }
}

/// The fingerprint a content has under the rules, code lists and queries of today.
pub fn fingerprint(
    declarations: &Declarations,
    pipeline: &Pipeline,
    deliverer: &Deliverer,
    hash: ContentHash,
) -> String {
    format!("{hash}/{}", pipeline.version_hash(declarations, deliverer))
}

/// As [`fingerprint`], for an expected slice.
pub fn fingerprint_of(declarations: &Declarations, expected: &Expected<'_>, hash: ContentHash) -> String {
    fingerprint(declarations, expected.pipeline, expected.deliverer, hash)
}

/// An empty directory of mode 0700. The run lock is held, so no other run's files can stand there.
fn empty(dir: &Path) -> Result<()> {
    let failed = |_| Error::new(&codes::run::SPOOL).at(dir.display());
    if dir.exists() {
        fs::remove_dir_all(dir).map_err(failed)?;
    }
    disk::private_directory(dir).map_err(failed)
}
