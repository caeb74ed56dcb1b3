//! The driver: executes the plan stage by stage. Only this module calls stages.
//!
//! In: checked settings and declarations, and what was asked. Out: a [`RunReport`], and the run in the ledger. Every expected
//! slice ends with a timeliness and an outcome; one that fails never stops the others.

mod execute;
mod flow;
mod look;
mod night;
mod options;
mod prepare;
mod record;
mod report;
mod road;
mod sight;
mod volume;

pub use options::RunOptions;
pub use prepare::{check, planned};
pub use report::{GateReport, PublicationReport, RunReport, SliceReport};

use std::sync::Arc;

use crate::{
    Result, gate, history,
    history::{RunEnd, RunLock},
    load,
    pipeline::Declarations,
    publish,
    settings::Settings,
    telemetry::Events,
    warehouse::{Role, Warehouse},
};
use night::Night;

/// Runs the night, or the part of it that was asked for.
///
/// # Errors
/// Findings of settings or declarations (exit 2), another run's lock (exit 5), an interruption (exit 130), and failures of the program's own
/// ground: database, landing, spool. A gate that refuses is a report, not an error.
pub async fn run(
    settings: &Settings,
    declarations: &Declarations,
    options: &RunOptions,
    events: &Events,
) -> Result<RunReport> {
    let warehouse = Arc::new(Warehouse::open(settings).await?);
    let done = locked(settings, declarations, options, events, &warehouse).await;
    // Every delivery has ended, so this is the last hand on the database.
    if let Some(warehouse) = Arc::into_inner(warehouse) {
        warehouse.close().await?;
    }
    done
}

async fn locked(
    settings: &Settings,
    declarations: &Declarations,
    options: &RunOptions,
    events: &Events,
    warehouse: &Arc<Warehouse>,
) -> Result<RunReport> {
    let business_date = prepare::business_date(settings, options)?;
    prepare::check(settings, declarations).await?;
    migrate(warehouse, declarations).await?;
    let (mut lock, run) = history::begin_run(warehouse, options.now, business_date).await?;
    let night = Night::prepare(settings, declarations, warehouse, run, events);
    let done = match night {
        Ok(night) => the_night(&Arc::new(night), options, &mut lock).await,
        Err(error) => Err(error),
    };
    let (end, code) = match &done {
        Ok(report) if report.gate.passed => (RunEnd::Done, report.exit_code),
        Ok(report) => (RunEnd::GateRefused, report.exit_code),
        Err(error) if error.code().exit == 130 => (RunEnd::Interrupted, 130),
        Err(error) => (RunEnd::Failed, error.code().exit),
    };
    let finished = history::finish_run(lock.session(), &run, end, code).await;
    lock.release().await;
    let report = done?;
    finished?;
    Ok(report)
}

/// Brings schema, roles and views to this version of the program and its declarations. Safe at any time.
pub async fn migrate(warehouse: &Warehouse, declarations: &Declarations) -> Result<Vec<String>> {
    let applied = warehouse.migrate(&declarations.sql).await?;
    let mut session = warehouse.connect(Role::Loader).await?;
    publish::marts::install(&mut session, &declarations.sql).await?;
    session.close().await;
    Ok(applied)
}

async fn the_night(night: &Arc<Night>, options: &RunOptions, lock: &mut RunLock) -> Result<RunReport> {
    let paths = &night.settings.paths;
    let place = publish::Place { snapshots: paths.snapshots(), slices: paths.slices() };
    publish::repair(lock.session(), &place).await?;
    load::sweep(lock.session(), &place.slices).await?;
    prepare::reference(night, lock.session()).await?;

    let slices = flow::deliveries(night, options, lock.session()).await?;
    record::arrived(night, lock.session(), &slices).await?;
    // What a standing publication shows was protected before it was made.
    let state = publish::state(lock.session()).await?;
    let marts = if publish::stands(lock.session(), &state, &place).await? {
        gate::Marts::Standing
    } else {
        load::protect(lock.session(), &night.run, &night.declarations.pipelines, &place.slices).await?;
        gate::Marts::New
    };
    let sql = &night.declarations.sql;
    let verdict = gate::judge_changes(lock.session(), &night.run, sql, marts, Some(&state)).await?;
    night.say("gate", if verdict.passed() { "passed" } else { "refused" });
    let publication = match verdict.pass() {
        Ok(passed) => Some(publish::publish(lock.session(), &passed, &place).await?),
        Err(_) => None,
    };
    Ok(record::report(night, slices, &verdict, publication))
}
