//! One delivery's way down the road: land → parse → validate → conform → load.
//!
//! In: a step that loads. Out: what became of it. A refusal or a hold is written to the ledger here; an error of the
//! program's own ground is returned, and nothing of the delivery is in force then.

use super::{night::Night, volume};
use crate::{
    Error, Result, conform,
    error::{Policy, codes},
    extract::Observed,
    history,
    land::LandedFile,
    load::{Delivery, LoadedSlice},
    model::{Reason, Tally},
    parse,
    pipeline::Pipeline,
    settings::Deliverer,
    validate::{Validated, Validator},
    warehouse::Role,
};

/// A delivery to take down the road.
#[derive(Debug, Clone)]
pub struct Load {
    pub delivery: Delivery,
    pub deliverer: Deliverer,
    /// The file to be landed; `None` takes the content from landing.
    pub file: Option<Observed>,
    /// An operator approved the file: volume is not judged again.
    pub approved: bool,
    /// Rows read of the version in force.
    pub rows_before: Option<i64>,
}

/// How the road ended.
#[derive(Debug)]
pub enum Arrived {
    Loaded(LoadedSlice),
    /// Refused or held, by the error's policy; recorded in the ledger.
    Stopped {
        error: Error,
        tally: Tally,
    },
}

/// Takes one delivery down the road. Blocks on files and on parsing: runs on a thread of its own.
pub async fn travel(night: &Night, load: &Load) -> Result<Arrived> {
    match to_the_gate(night, load).await {
        Err(Halt { error, reasons, tally }) if error.stops_the_file() => {
            record(night, load, &error, &reasons, &tally).await?;
            Ok(Arrived::Stopped { error, tally })
        }
        Err(halt) => Err(halt.error),
        Ok(loaded) => Ok(Arrived::Loaded(loaded)),
    }
}

/// Writes that a delivery waits, before anything of it is read.
pub async fn hold(night: &Night, load: &Load, error: Error) -> Result<Arrived> {
    let tally = Tally::default();
    record(night, load, &error, &[], &tally).await?;
    Ok(Arrived::Stopped { error, tally })
}

/// Why a delivery did not reach the fact, and what was found until then.
struct Halt {
    error: Error,
    reasons: Vec<Reason>,
    tally: Tally,
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self { error, reasons: Vec::new(), tally: Tally::default() }
    }
}

async fn to_the_gate(night: &Night, load: &Load) -> Result<LoadedSlice, Halt> {
    let pipeline = pipeline(night, load)?;
    night.tell("land", load);
    let landed = land(night, load)?;
    night.tell("parse", load);
    let accepted = match validated(night, pipeline, load, &landed).await? {
        Validated::Refused { error, reasons, tally } => return Err(Halt { error, reasons, tally }),
        Validated::Accepted(accepted) => accepted,
    };
    if !load.approved
        && let Some(error) = volume::judge(accepted.tally().rows_read, load.rows_before, &night.settings.run)
    {
        return Err(Halt { error, reasons: accepted.reasons().to_vec(), tally: *accepted.tally() });
    }
    night.tell("conform", load);
    let file = format!("conform/{}.sql", pipeline.target.conform);
    let sql =
        night.declarations.sql.get(&file).ok_or_else(|| Error::new(&codes::settings::MISSING_SQL).detail(file))?;
    let conformed = conform::conform(&night.engine, pipeline, sql, &load.delivery.slice, accepted).await?;
    night.tell("load", load);
    Ok(night.loader.load(&night.run, pipeline, &load.delivery, &conformed).await?)
}

fn pipeline<'a>(night: &'a Night, load: &Load) -> Result<&'a Pipeline> {
    let name = load.delivery.slice.dataset.as_str();
    night.declarations.pipeline(name).ok_or_else(|| Error::new(&codes::run::BROKEN).detail("dataset not declared"))
}

fn land(night: &Night, load: &Load) -> Result<LandedFile> {
    match &load.file {
        Some(file) => night.landing.land(file),
        None => night.landing.open_landed(load.delivery.content_hash),
    }
}

/// Parses with the row rules; set rules and keys follow when the last batch is out.
async fn validated(night: &Night, pipeline: &Pipeline, load: &Load, landed: &LandedFile) -> Result<Validated> {
    let slice = &load.delivery.slice;
    let mut validator = Validator::new(&night.engine, pipeline, &night.settings.run, slice)?;
    let context = parse::Context {
        pipeline,
        deliverer: &load.deliverer,
        slice,
        business_date: night.run.business_date,
        reference: &night.declarations.reference,
        pseudonyms: &night.pseudonyms,
        batch_rows: night.settings.run.batch_rows,
        program: night.settings.paths.program.as_deref(),
    };
    let end = parse::parse(landed, &context, &mut |batch| validator.push(batch))?;
    validator.finish(end).await
}

/// Writes the refusal or the hold to the ledger.
async fn record(night: &Night, load: &Load, error: &Error, reasons: &[Reason], tally: &Tally) -> Result<()> {
    let mut session = night.warehouse.connect(Role::Loader).await?;
    let (run, delivery) = (&night.run, &load.delivery);
    match error.code().policy {
        Policy::Hold => history::hold(&mut session, run, delivery, error, reasons, tally).await?,
        _ => history::refuse(&mut session, run, delivery, error, reasons, tally).await?,
    };
    session.close().await;
    Ok(())
}
