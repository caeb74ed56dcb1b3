//! Carries one step out: it ends as one line of the report.

use std::sync::Arc;

use tokio::{runtime::Handle, sync::Semaphore};

use super::{
    SliceReport,
    look::Looked,
    night::{Night, fingerprint_of},
    prepare::Prepared,
    road::{self, Arrived, Load},
    sight::Sight,
};
use crate::{
    Error,
    error::{Code, Policy, codes},
    history::SliceState,
    load::Delivery,
    model::{ContentHash, Outcome, Tally, Timeliness},
    plan::{Action, Expected, Step, Why},
};

/// What there is to do about a delivery.
#[derive(Debug)]
pub enum Work {
    Load(Load),
    /// To write that it waits, and why.
    Hold(Load, &'static Code),
}

/// The report of a step as it is before any work, and the work.
pub fn begin(night: &Night, prepared: &Prepared<'_>, step: Step, looked: &Looked) -> (SliceReport, Option<Work>) {
    let (slice, expected) = &prepared.asked[looked.at];
    let state = prepared.state(slice);
    let work = work_of(night, &step, expected, &looked.sight, state);
    (report_without_load(step, looked.sight.timeliness(), state), work)
}

/// Does the work when its turn has come; `None` when the run shall stop before.
pub async fn carry_out(
    night: Arc<Night>,
    at_once: Arc<Semaphore>,
    report: SliceReport,
    work: Work,
) -> Option<SliceReport> {
    let _turn = at_once.acquire().await.ok()?;
    // A thread of its own: parsing and loading keep a core busy, and a panic in one never takes the others with it.
    let (runtime, mut broken) = (Handle::current(), report.clone());
    let task = move || runtime.block_on(one(&night, report, work));
    Some(tokio::task::spawn_blocking(task).await.unwrap_or_else(|_| {
        tracing::error!(slice = %broken.step.slice, "the delivery ended unexpectedly");
        broken.reasons.push(codes::run::BROKEN.id.to_owned());
        broken
    }))
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

async fn one(night: &Night, mut report: SliceReport, work: Work) -> SliceReport {
    let arrived = match work {
        Work::Load(load) => road::travel(night, &load).await,
        Work::Hold(load, code) => road::hold(night, &load, Error::new(code)).await,
    };
    match arrived {
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
            report.reasons.retain(|reason| reason != error.code().id);
            report.reasons.push(error.code().id.to_owned());
            report.tally = tally;
        }
        Err(error) => {
            tracing::error!(slice = %report.step.slice, %error, "the delivery failed");
            report.reasons.push(error.code().id.to_owned());
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

fn work_of(
    night: &Night,
    step: &Step,
    expected: &Expected<'_>,
    sight: &Sight,
    state: Option<&SliceState>,
) -> Option<Work> {
    let hash = step.content_hash?;
    let load = || Load {
        delivery: delivery(night, step, expected, sight, hash),
        deliverer: expected.deliverer.clone(),
        file: sight.file().cloned(),
        approved: step.why == Why::Approved || is_in_force(state, hash),
        rows_before: state.and_then(|state| state.current_rows),
    };
    match (step.action, sight) {
        (Action::Load(_), _) => Some(Work::Load(load())),
        (Action::Hold, Sight::Unproven(_, error)) if step.why == Why::Unproven => {
            Some(Work::Hold(load(), error.code()))
        }
        _ => None,
    }
}

/// A file that is in force already was judged for its volume when it came.
fn is_in_force(state: Option<&SliceState>, hash: ContentHash) -> bool {
    state.and_then(|state| state.known.current.as_ref()).is_some_and(|current| current.content_hash == hash)
}

fn delivery(night: &Night, step: &Step, expected: &Expected<'_>, sight: &Sight, hash: ContentHash) -> Delivery {
    Delivery {
        slice: step.slice.clone(),
        content_hash: hash,
        bytes: sight.bytes(),
        fingerprint: fingerprint_of(&night.declarations, expected, hash),
        rule_version: expected.pipeline.version_hash(&night.declarations, expected.deliverer),
        timeliness: sight.timeliness(),
    }
}
