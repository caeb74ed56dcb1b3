//! What the ledger and the report are told.

use serde_json::json;

use super::{
    RunReport, SliceReport,
    night::Night,
    report::{GateReport, PublicationReport, exit_code},
    road::Load,
};
use crate::{
    Result,
    gate::Verdict,
    history::{self, Arrival},
    plan::Step,
    publish::Publication,
    telemetry::{Event, peak_memory_bytes},
    warehouse::Session,
};

impl Night {
    /// Tells that a stage begins on a delivery.
    pub fn tell(&self, stage: &'static str, load: &Load) {
        self.events.send(stage, Some(load.delivery.slice.to_string()), "started", json!({}));
    }

    /// Tells something about the night as a whole.
    pub fn say(&self, stage: &'static str, event: &str) {
        self.events.send(stage, None, event, json!({}));
    }

    /// Tells that a slice's step has ended.
    pub fn done(&self, report: &SliceReport) {
        let detail = json!({ "outcome": report.outcome, "reasons": report.reasons });
        self.events.send("run", Some(report.step.slice.to_string()), "done", detail);
    }
}

/// Tells how many slices are asked for.
pub fn expected(night: &Night, slices: usize) {
    night.events.send("plan", None, "expected", json!({ "slices": slices }));
}

/// Writes steps as they are decided, before they are carried out: together they are the list that `buss plan` prints.
pub async fn decided(night: &Night, session: &Session, steps: &[Step]) -> Result<()> {
    let events: Vec<Event> = steps
        .iter()
        .map(|step| Event {
            stage: "plan",
            slice: Some(step.slice.to_string()),
            event: step.action.as_str().to_owned(),
            detail: json!(step),
        })
        .collect();
    history::record_events(session, &night.run, &events).await
}

/// Writes what became of each expected slice, as arrivals and as events.
pub async fn arrived(night: &Night, session: &Session, slices: &[SliceReport]) -> Result<()> {
    let arrivals: Vec<Arrival> = slices
        .iter()
        .map(|slice| Arrival {
            slice: slice.step.slice.clone(),
            timeliness: slice.timeliness,
            outcome: slice.outcome,
            reasons: slice.reasons.clone(),
        })
        .collect();
    history::arrivals(session, &night.run, &arrivals).await?;
    let events: Vec<Event> = slices
        .iter()
        .map(|slice| Event {
            stage: "run",
            slice: Some(slice.step.slice.to_string()),
            event: slice.outcome.as_str().to_owned(),
            detail: json!({ "timeliness": slice.timeliness, "reasons": slice.reasons }),
        })
        .collect();
    history::record_events(session, &night.run, &events).await
}

pub fn report(
    night: &Night,
    slices: Vec<SliceReport>,
    verdict: &Verdict,
    publication: Option<Publication>,
) -> RunReport {
    let gate = GateReport {
        passed: verdict.passed(),
        checks: verdict.checks(),
        standing: verdict.standing(),
        findings: verdict.findings().iter().map(ToString::to_string).collect(),
    };
    RunReport {
        run_id: night.run.run_id,
        business_date: night.run.business_date,
        known_at: night.run.known_at,
        exit_code: exit_code(&slices, &gate),
        peak_memory_bytes: peak_memory_bytes(),
        slices,
        gate,
        publication: publication.map(|publication| PublicationReport {
            known_at: publication.known_at(),
            snapshot: publication.snapshot().to_owned(),
            is_new: publication.is_new(),
        }),
    }
}
