//! The DataFusion session of a run: one runtime with bounded memory, reference tables, and compiled conditions.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use arrow::datatypes::SchemaRef;
use datafusion::{
    catalog::TableProvider,
    common::config::SpillCompression,
    error::Result as QueryResult,
    execution::{
        context::SQLOptions,
        memory_pool::FairSpillPool,
        runtime_env::{RuntimeEnv, RuntimeEnvBuilder},
    },
    prelude::{DataFrame, SessionConfig, SessionContext},
};

use super::{Predicate, Scratch, Spool, Spooled, slice_table::slice_table, tables};
use crate::{
    error::{Error, Result, codes},
    model::SliceKey,
    pipeline::Reference,
    settings::Run,
};

/// Sorts and groupings of all deliveries at work may hold this many times the memory that one slice may hold; of more than so
/// many deliveries at once each has one such share.
const POOL_SLICES: usize = 8;
/// What a sort sets aside for merging its spilled runs; the engine's own default is made for one query at a time.
const MERGE_BYTES: usize = 1 << 20;

/// One per run. Cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    runtime: Arc<RuntimeEnv>,
    config: SessionConfig,
    reference: Vec<(String, Arc<dyn TableProvider>)>,
    /// A session without slices, which compiles conditions.
    conditions: SessionContext,
    compiled: Mutex<HashMap<(SchemaRef, String), Predicate>>,
    scratch: Scratch,
}

impl Engine {
    /// `spool` is the directory of intermediate files (it must exist, mode 0700).
    pub fn new(run: &Run, spool: &Path, reference: &Reference) -> Result<Self> {
        Self::start(run, spool, reference).map_err(|_| Error::new(&codes::validate::ENGINE).at(spool.display()))
    }

    fn start(run: &Run, spool: &Path, reference: &Reference) -> QueryResult<Self> {
        // A sort needs its merging memory however soon a slice goes to a file.
        let slice_bytes = run.spill_bytes.max(MERGE_BYTES);
        let pool = FairSpillPool::new(slice_bytes.saturating_mul(POOL_SLICES.max(run.parallel())));
        let runtime =
            RuntimeEnvBuilder::new().with_memory_pool(Arc::new(pool)).with_temp_file_path(spool).build_arc()?;
        // Slices are handled side by side, so one of them gains nothing from being split; and one partition keeps
        // the order of rows, which makes results repeatable.
        let mut config = SessionConfig::new().with_target_partitions(1).with_batch_size(run.batch_rows);
        let options = config.options_mut();
        options.sql_parser.map_string_types_to_utf8view = false;
        options.execution.sort_spill_reservation_bytes = MERGE_BYTES;
        options.execution.spill_compression = SpillCompression::Lz4Frame;
        Ok(Self(Arc::new(Inner {
            conditions: SessionContext::new_with_config_rt(config.clone(), runtime.clone()),
            reference: tables::reference(reference)?,
            runtime,
            config,
            compiled: Mutex::default(),
            scratch: Scratch::new(spool, run.spill_bytes),
        })))
    }

    /// A boolean SQL condition over rows of `schema`, compiled once per run.
    pub fn predicate(&self, schema: &SchemaRef, sql: &str) -> QueryResult<Predicate> {
        let mut compiled = self.0.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (schema.clone(), sql.to_owned());
        if let Some(predicate) = compiled.get(&key) {
            return Ok(predicate.clone());
        }
        let predicate = Predicate::compile(&self.0.conditions.state(), schema, sql)?;
        compiled.insert(key, predicate.clone());
        Ok(predicate)
    }

    /// A place for the rows of one slice.
    pub fn spool(&self, schema: SchemaRef) -> Spool {
        self.0.scratch.spool(schema)
    }

    /// Where intermediate data of a delivery goes.
    pub fn scratch(&self) -> &Scratch {
        &self.0.scratch
    }

    /// A session in which SQL sees `slice`, `district`, `delivery` and the reference lists.
    pub fn session(&self, slice: &SliceKey, rows: &Arc<Spooled>) -> QueryResult<Session> {
        let context = SessionContext::new_with_config_rt(self.0.config.clone(), self.0.runtime.clone());
        for (name, table) in &self.0.reference {
            context.register_table(name.as_str(), table.clone())?;
        }
        context.register_table("slice", Arc::new(slice_table(rows)?))?;
        context.register_table("delivery", tables::delivery(slice)?)?;
        Ok(Session(context))
    }
}

/// The tables of one slice.
pub struct Session(SessionContext);

impl Session {
    /// Plans a query; anything that is not a query is an error.
    pub async fn query(&self, sql: &str) -> QueryResult<DataFrame> {
        let only_queries = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        self.0.sql_with_options(sql, only_queries).await
    }
}
