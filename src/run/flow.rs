//! The deliveries of a night, each as it comes: looked at, decided, recorded, carried out.
//!
//! A slice whose resource is slow to come holds no other: those that have come are decided and loaded meanwhile. What is
//! decided is recorded before it is carried out, and it is what `buss plan` decides of the same sight.

use std::sync::Arc;

use tokio::{sync::Semaphore, task::JoinSet};

use super::{
    RunOptions, SliceReport, execute,
    look::{Looked, Looks},
    night::Night,
    prepare::Prepared,
    record,
    sight::Sources,
};
use crate::{
    Error, Result,
    error::codes,
    extract::http::Puller,
    history,
    plan::{Plan, Step},
    warehouse::Session,
};

/// Takes every slice that was asked for to its end; an error is returned only when the run shall stop.
pub async fn deliveries(night: &Arc<Night>, options: &RunOptions, session: &Session) -> Result<Vec<SliceReport>> {
    let prepared =
        Prepared::read(&night.settings, &night.declarations, options, night.run.business_date, session).await?;
    let sources = Arc::new(Sources::landing(Puller::new(&night.settings)?, night.landing.clone()));
    record::expected(night, prepared.asked.len());
    let looks = Looks::begin(&sources, &night.settings, prepared.looks());
    let flow = Flow {
        at_once: Arc::new(Semaphore::new(night.settings.run.parallel())),
        loads: JoinSet::new(),
        reports: Vec::with_capacity(prepared.asked.len()),
        night,
        prepared: &prepared,
    };
    flow.run(looks, options, session).await
}

/// What the run would do with what is there now.
pub async fn plan(prepared: &Prepared<'_>, mut looks: Looks, options: &RunOptions) -> Result<Plan> {
    let mut steps: Vec<Step> = Vec::with_capacity(prepared.asked.len());
    loop {
        tokio::select! {
            biased;
            () = options.stopped() => {
                looks.end().await;
                return Err(Error::new(&codes::run::INTERRUPTED));
            }
            looked = looks.next() => match looked {
                Some(looked) => steps.extend(looked.iter().map(|looked| prepared.decide(looked))),
                None => return Ok(steps.into_iter().collect()),
            },
        }
    }
}

struct Flow<'a> {
    night: &'a Arc<Night>,
    prepared: &'a Prepared<'a>,
    /// One permit for each delivery that may be on the road; closed when the run shall stop.
    at_once: Arc<Semaphore>,
    loads: JoinSet<Option<SliceReport>>,
    reports: Vec<SliceReport>,
}

impl Flow<'_> {
    async fn run(mut self, mut looks: Looks, options: &RunOptions, session: &Session) -> Result<Vec<SliceReport>> {
        let done = loop {
            let looking = self.reports.len() + self.loads.len() < self.prepared.asked.len();
            if !looking && self.loads.is_empty() {
                break Ok(());
            }
            tokio::select! {
                biased;
                () = options.stopped() => break Err(Error::new(&codes::run::INTERRUPTED)),
                Some(loaded) = self.loads.join_next() => self.reports.extend(loaded.ok().flatten()),
                looked = looks.next(), if looking => match looked {
                    Some(looked) => if let Err(error) = self.take(&looked, session).await { break Err(error) },
                    None => break Err(Error::new(&codes::run::BROKEN).detail("looking at a resource")),
                },
            }
        };
        // What waits for its turn never begins, and what is in hand ends whole.
        self.at_once.close();
        looks.end().await;
        while let Some(loaded) = self.loads.join_next().await {
            self.reports.extend(loaded.ok().flatten());
        }
        self.reports.sort_by(|a, b| a.step.slice.cmp(&b.step.slice));
        done.map(|()| self.reports)
    }

    /// Decides, records, and begins what there is to do.
    async fn take(&mut self, looked: &[Looked], session: &Session) -> Result<()> {
        let steps: Vec<Step> = looked.iter().map(|looked| self.prepared.decide(looked)).collect();
        record::decided(self.night, session, &steps).await?;
        let pulled: Vec<_> = looked.iter().filter_map(|looked| looked.sight.pulled()).collect();
        history::write_pulled(session, &self.night.run, &pulled).await?;
        for (step, looked) in steps.into_iter().zip(looked) {
            let (report, work) = execute::begin(self.night, self.prepared, step, looked);
            if let Some(work) = work {
                self.loads.spawn(execute::carry_out(self.night.clone(), self.at_once.clone(), report, work));
            } else {
                self.night.done(&report);
                self.reports.push(report);
            }
        }
        Ok(())
    }
}
