//! What a run needs before its first delivery: checks, reference data, and the plan.

use std::collections::HashMap;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::{
    RunOptions,
    look::{self, Looked},
    night::{Night, fingerprint_of},
};
use crate::{
    Error, Result, conform,
    engine::Engine,
    error::codes,
    extract::Observation,
    gate, history,
    history::SliceState,
    model::SliceKey,
    pipeline::Declarations,
    plan::{self, Expected, Plan, Seen, Selection},
    settings::Settings,
    validate,
    warehouse::{Role, Session, Warehouse, reference},
};

/// The plan, what it was made from, and the ledger's word of each slice.
pub struct Prepared<'a> {
    pub plan: Plan,
    pub looked: HashMap<SliceKey, Looked<'a>>,
    pub states: HashMap<SliceKey, SliceState>,
}

/// The day the run is for: as asked, else today in the settings' zone.
pub fn business_date(settings: &Settings, options: &RunOptions) -> Result<NaiveDate> {
    let zone: Tz =
        settings.run.zone.parse().map_err(|_| Error::new(&codes::run::BUSINESS_DATE).detail(&settings.run.zone))?;
    Ok(options.business_date.unwrap_or_else(|| options.now.with_timezone(&zone).date_naive()))
}

/// Every rule must compile and every conform query give its target, before anything is touched. All findings at once.
pub async fn check(settings: &Settings, declarations: &Declarations) -> Result<()> {
    // Compiling spills nothing, so the data directory need not exist yet.
    let engine = Engine::new(&settings.run, &std::env::temp_dir(), &declarations.reference)?;
    let mut findings = Vec::new();
    for pipeline in &declarations.pipelines {
        findings.extend(validate::check(&engine, pipeline).await);
        let sql = declarations.sql.get(&format!("conform/{}.sql", pipeline.target.conform));
        findings.extend(conform::check(&engine, pipeline, sql).await);
    }
    Error::all(findings).map_or(Ok(()), Err)
}

/// Brings dimensions and expectations in line with today's reference data and settings.
pub async fn reference(night: &Night, session: &mut Session) -> Result<()> {
    reference::sync(session, &night.declarations.reference, &night.declarations.pipelines).await?;
    let slices = look::asked_for(&night.settings, &night.declarations, &Selection::default());
    let slices: Vec<SliceKey> = slices.into_iter().map(|(slice, _)| slice).collect();
    gate::expect(session, &slices).await
}

/// Looks at every slice that was asked for, and decides.
pub async fn plan<'a>(night: &'a Night, options: &RunOptions, session: &Session) -> Result<Prepared<'a>> {
    decide(&night.settings, &night.declarations, options, session).await
}

/// What a run would do now: looks and decides, and changes nothing but the database's schema.
pub async fn planned(settings: &Settings, declarations: &Declarations, options: &RunOptions) -> Result<Plan> {
    check(settings, declarations).await?;
    let warehouse = Warehouse::open(settings).await?;
    let planned = async {
        super::migrate(&warehouse, declarations).await?;
        let session = warehouse.connect(Role::Loader).await?;
        let prepared = decide(settings, declarations, options, &session).await?;
        session.close().await;
        Ok(prepared.plan)
    }
    .await;
    warehouse.close().await?;
    planned
}

async fn decide<'a>(
    settings: &'a Settings,
    declarations: &'a Declarations,
    options: &RunOptions,
    session: &Session,
) -> Result<Prepared<'a>> {
    let asked = look::asked_for(settings, declarations, &options.selection);
    if asked.is_empty() {
        return Err(Error::new(&codes::run::NOT_EXPECTED));
    }
    let looked = look::look(asked, settings.run.parallel(), options).await?;
    let today = business_date(settings, options)?;
    let states: HashMap<_, _> =
        history::slices(session, today).await?.into_iter().map(|state| (state.slice.clone(), state)).collect();
    let expected: HashMap<&SliceKey, Expected<'_>> = looked.iter().map(|look| (&look.slice, look.expected)).collect();
    let plan = plan::decide(
        looked.iter().map(|look| {
            let known = states.get(&look.slice).map(|state| state.known.clone()).unwrap_or_default();
            (&look.slice, seen(&look.observation), known)
        }),
        |slice, hash| {
            expected.get(slice).map(|expected| fingerprint_of(declarations, expected, hash)).unwrap_or_default()
        },
        options.reload,
    );
    let looked = looked.into_iter().map(|look| (look.slice.clone(), look)).collect();
    Ok(Prepared { plan, looked, states })
}

fn seen(observation: &Observation) -> Seen {
    match observation {
        Observation::Found(observed) => Seen::Content(observed.hash()),
        Observation::Missing => Seen::Missing,
        Observation::Problem(error) => Seen::Problem(error.code()),
    }
}
