//! Carries the plan out: each step ends as one line of the report, several at once.

use std::{collections::HashMap, sync::Arc};

use futures::{StreamExt, stream};
use tokio::runtime::Handle;

use super::{
    RunOptions, SliceReport,
    look::Looked,
    night::{Night, fingerprint},
    road::{self, Arrived, Load},
};
use crate::{
    Error, Result,
    error::{Policy, codes},
    extract::{Observation, Observed},
    history::SliceState,
    load::Delivery,
    model::{ContentHash, Outcome, SliceKey, Tally, Timeliness},
    plan::{Action, Plan, Step, Why},
    settings::Deliverer,
};

/// Executes every step; an error is returned only when the run shall stop.
pub async fn execute(
    night: &Arc<Night>,
    options: &RunOptions,
    plan: &Plan,
    looked: HashMap<SliceKey, Looked<'_>>,
    states: &HashMap<SliceKey, SliceState>,
) -> Result<Vec<SliceReport>> {
    let work = plan.steps.iter().map(|step| {
        let load = looked.get(&step.slice).and_then(|look| load_of(night, step, look, states.get(&step.slice)));
        let timeliness = looked.get(&step.slice).map_or(Timeliness::Missed, |look| timeliness(&look.observation));
        let (night, asked_to_stop) = (night.clone(), options.stop.clone());
        let report = report_without_load(step.clone(), timeliness, states.get(&step.slice));
        async move {
            if *asked_to_stop.borrow() {
                return Err(Error::new(&codes::run::INTERRUPTED));
            }
            // A thread of its own: parsing and loading keep a core busy, and a panic in one never takes the others with it.
            let (runtime, mut broken) = (Handle::current(), report.clone());
            let task = move || runtime.block_on(one(&night, report, load));
            Ok(tokio::task::spawn_blocking(task).await.unwrap_or_else(|_| {
                tracing::error!(slice = %broken.step.slice, "the delivery ended unexpectedly");
                broken.reasons.push(codes::run::BROKEN.id.to_owned());
                broken
            }))
        }
    });
    let mut reports = Vec::with_capacity(plan.steps.len());
    let mut done = stream::iter(work).buffered(night.settings.run.parallel());
    while let Some(report) = done.next().await {
        reports.push(report?);
    }
    Ok(reports)
}

/// What becomes of a step that loads nothing, and of one whose load fails.
fn report_without_load(step: Step, timeliness: Timeliness, state: Option<&SliceState>) -> SliceReport {
    let decided_before = matches!(step.why, Why::AlreadyHeld | Why::AlreadyRefused);
    let decided_for = state.filter(|_| decided_before).map(|state| state.decided_for.clone()).unwrap_or_default();
    SliceReport {
        outcome: outcome_without_load(step.action),
        reasons: step.code.map(str::to_owned).into_iter().chain(decided_for).collect(),
        step,
        timeliness,
        quarantined_in_force: state.map_or(0, |state| state.current_quarantined),
        tally: Tally::default(),
    }
}

async fn one(night: &Night, mut report: SliceReport, load: Option<Load>) -> SliceReport {
    if let Some(load) = load {
        match road::travel(night, &load).await {
            Ok(Arrived::Loaded(loaded)) => {
                report.outcome = loaded.outcome();
                report.tally = *loaded.tally();
                report.quarantined_in_force = loaded.tally().rows_quarantined;
            }
            Ok(Arrived::Stopped { error, tally }) => {
                report.outcome = match error.code().policy {
                    Policy::Hold => Outcome::Held,
                    _ => Outcome::Refused,
                };
                report.reasons.push(error.code().id.to_owned());
                report.tally = tally;
            }
            Err(error) => {
                tracing::error!(slice = %report.step.slice, %error, "the delivery failed");
                report.reasons.push(error.code().id.to_owned());
            }
        }
    }
    night.done(&report);
    report
}

fn outcome_without_load(action: Action) -> Outcome {
    match action {
        Action::Keep => Outcome::Unchanged,
        Action::Hold => Outcome::Held,
        Action::Refuse => Outcome::Refused,
        Action::Load(_) | Action::Miss | Action::Fail => Outcome::None,
    }
}

/// What a step that loads takes down the road.
fn load_of(night: &Night, step: &Step, look: &Looked<'_>, state: Option<&SliceState>) -> Option<Load> {
    let (Action::Load(_), Some(hash)) = (step.action, step.content_hash) else { return None };
    let observed = match &look.observation {
        Observation::Found(observed) => Some(observed.clone()),
        Observation::Missing | Observation::Problem(_) => None,
    };
    let deliverer = look.expected.deliverer.clone();
    Some(Load {
        delivery: delivery(night, step, look, &deliverer, hash, observed.as_ref()),
        deliverer,
        observed,
        approved: step.why == Why::Approved || is_in_force(state, hash),
        rows_before: state.and_then(|state| state.current_rows),
    })
}

/// A file that is in force already was judged for its volume when it came.
fn is_in_force(state: Option<&SliceState>, hash: ContentHash) -> bool {
    state.and_then(|state| state.known.current.as_ref()).is_some_and(|current| current.content_hash == hash)
}

fn delivery(
    night: &Night,
    step: &Step,
    look: &Looked<'_>,
    deliverer: &Deliverer,
    hash: ContentHash,
    observed: Option<&Observed>,
) -> Delivery {
    let pipeline = look.expected.pipeline;
    Delivery {
        slice: step.slice.clone(),
        content_hash: hash,
        bytes: observed.map_or(0, Observed::bytes),
        fingerprint: fingerprint(&night.declarations, pipeline, deliverer, hash),
        rule_version: pipeline.version_hash(&night.declarations, deliverer),
        timeliness: timeliness(&look.observation),
    }
}

/// A resource that is there when the night looks is in time; due times of their own come with the schedule.
fn timeliness(observation: &Observation) -> Timeliness {
    match observation {
        Observation::Found(_) => Timeliness::OnTime,
        Observation::Missing | Observation::Problem(_) => Timeliness::Missed,
    }
}
