//! What a run needs before its first delivery: checks, reference data, and what decisions are made of.

use std::{collections::HashMap, sync::Arc};

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::{
    RunOptions, flow,
    look::{self, Look, Looked, Looks},
    night::{Night, fingerprint_of},
    sight::Sources,
};
use crate::{
    Error, Result, conform,
    engine::Engine,
    error::codes,
    extract::{self, http::Puller},
    gate, history,
    history::{PulledVersion, SliceState},
    land::Landing,
    model::SliceKey,
    pipeline::Declarations,
    plan::{self, Expected, Plan, Selection, Step},
    privacy::keys,
    settings::Settings,
    validate,
    warehouse::{Role, Session, Warehouse, reference},
};

/// What was asked for, and the ledger's word of it: all that a decision is made of but what is seen.
pub struct Prepared<'a> {
    pub asked: Vec<(SliceKey, Expected<'a>)>,
    declarations: &'a Declarations,
    states: HashMap<SliceKey, SliceState>,
    pulled: HashMap<SliceKey, PulledVersion>,
    reload: bool,
}

impl<'a> Prepared<'a> {
    pub async fn read(
        settings: &'a Settings,
        declarations: &'a Declarations,
        options: &RunOptions,
        business_date: NaiveDate,
        session: &Session,
    ) -> Result<Self> {
        let asked = look::asked_for(settings, declarations, &options.selection);
        if asked.is_empty() {
            return Err(Error::new(&codes::run::NOT_EXPECTED));
        }
        let states = history::slices(session, business_date).await?;
        let pulled = history::pulled_versions(session).await?;
        Ok(Self {
            asked,
            declarations,
            states: states.into_iter().map(|state| (state.slice.clone(), state)).collect(),
            pulled: pulled.into_iter().map(|version| (version.slice.clone(), version)).collect(),
            reload: options.reload,
        })
    }

    /// What there is to look at.
    pub fn looks(&self) -> Vec<Look> {
        let look = |(at, (slice, expected)): (usize, &(SliceKey, Expected<'_>))| Look {
            at,
            resource: extract::resource(expected.deliverer, expected.pipeline, &slice.period),
            deliverer: expected.deliverer.clone(),
            pulled: self.pulled.get(slice).cloned(),
        };
        self.asked.iter().enumerate().map(look).collect()
    }

    /// The step of a slice that was looked at.
    pub fn decide(&self, looked: &Looked) -> Step {
        let (slice, expected) = &self.asked[looked.at];
        let known = self.state(slice).map(|state| state.known.clone()).unwrap_or_default();
        let fingerprint = |hash| fingerprint_of(self.declarations, expected, hash);
        plan::decide(slice, looked.sight.seen(), &known, fingerprint, self.reload)
    }

    pub fn state(&self, slice: &SliceKey) -> Option<&SliceState> {
        self.states.get(slice)
    }
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

/// What a run would do now: looks and decides, and changes nothing but the database's schema.
pub async fn planned(settings: &Settings, declarations: &Declarations, options: &RunOptions) -> Result<Plan> {
    check(settings, declarations).await?;
    let warehouse = Warehouse::open(settings).await?;
    let planned = async {
        super::migrate(&warehouse, declarations).await?;
        let session = warehouse.connect(Role::Loader).await?;
        let today = business_date(settings, options)?;
        let prepared = Prepared::read(settings, declarations, options, today, &session).await?;
        session.close().await;
        let sources = Arc::new(Sources::keeping_nothing(Puller::new(settings)?, landed_before(settings)));
        let looks = Looks::begin(&sources, settings, prepared.looks());
        flow::plan(&prepared, looks, options).await
    }
    .await;
    warehouse.close().await?;
    planned
}

/// Landing where it was made already: a plan makes neither directories nor keys.
fn landed_before(settings: &Settings) -> Option<Landing> {
    let dir = settings.paths.landing();
    let there = dir.is_dir() && matches!(keys::examine(settings), Ok(true));
    let identity = there.then(|| keys::landing_identity(settings).ok()).flatten()?;
    Landing::open(&dir, identity.value).ok()
}
