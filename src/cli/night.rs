//! `run` and `plan`: the night, and what it came to.

use chrono::Utc;

use super::{
    Context,
    args::Asked,
    exit,
    ledger::at,
    output::Answer,
    progress,
    summary::{Line, State, summary},
    table::table,
};
use crate::{
    error::Result,
    pipeline::Declarations,
    plan::{Plan, Selection},
    run::{self, RunOptions, RunReport, SliceReport},
    settings::Settings,
    telemetry::Events,
};

pub async fn run(context: &Context, asked: &Asked) -> Result<Answer> {
    let settings = context.settings()?;
    let declarations = Declarations::load(&settings)?;
    let report = night(context, &settings, &declarations, &options(context, asked)).await?;
    Ok(Answer::new(report_text(&report, &settings), &report).exit(report.exit_code))
}

pub async fn plan(context: &Context, asked: &Asked) -> Result<Answer> {
    let settings = context.settings()?;
    let declarations = Declarations::load(&settings)?;
    let plan = run::planned(&settings, &declarations, &options(context, asked)).await?;
    Ok(Answer::new(plan_text(&plan), &plan))
}

/// Runs, and shows what happens on the way.
pub async fn night(
    context: &Context,
    settings: &Settings,
    declarations: &Declarations,
    options: &RunOptions,
) -> Result<RunReport> {
    let (events, told) = Events::new();
    let shown = progress::follow(told, context.global.quiet);
    let report = run::run(settings, declarations, options, &events).await;
    drop(events);
    // The bar ends when the last sender is gone; whatever it shows cannot fail the night.
    drop(shown.await);
    report
}

pub fn options(context: &Context, asked: &Asked) -> RunOptions {
    RunOptions {
        now: Utc::now(),
        business_date: asked.business_date,
        selection: Selection {
            pipelines: asked.pipeline.clone(),
            deliverers: asked.deliverer.clone(),
            periods: asked.period.clone(),
        },
        reload: asked.reload,
        stop: context.stop.clone(),
    }
}

fn plan_text(plan: &Plan) -> String {
    let rows = plan.steps.iter().map(|step| {
        vec![
            step.slice.dataset.to_string(),
            step.slice.period.to_string(),
            step.slice.deliverer.to_string(),
            step.action.as_str().to_owned(),
            step.why.as_str().to_owned(),
            step.code.unwrap_or_default().to_owned(),
        ]
    });
    table(&["dataset", "period", "deliverer", "action", "why", "code"], rows)
}

/// The night in words; JSON has every slice.
pub fn report_text(report: &RunReport, settings: &Settings) -> String {
    let gate = if report.gate.passed {
        format!("Gate: passed, {} checks.", report.gate.checks)
    } else {
        format!("Gate: refused to publish.\n  {}", report.gate.findings.join("\n  "))
    };
    let published = report.publication.as_ref().map_or_else(
        || "What was published before stays.".to_owned(),
        |publication| {
            let new = if publication.is_new { "" } else { " (nothing changed since)" };
            format!("Published: as of {}, snapshot {}{new}.", at(publication.known_at), publication.snapshot)
        },
    );
    let meaning = exit::meaning(report.exit_code);
    let lines: Vec<Line> = report.slices.iter().map(line).collect();
    format!(
        "Run {} for {}: {meaning}.\n{gate}\n{published}\n\n{}",
        report.run_id.0,
        report.business_date,
        summary(&lines, &["rows read", "new", "same", "closed", "quarantined"], settings)
    )
}

fn line(slice: &SliceReport) -> Line {
    let tally = &slice.tally;
    Line {
        dataset: slice.step.slice.dataset.to_string(),
        period: slice.step.slice.period.to_string(),
        deliverer: slice.step.slice.deliverer.to_string(),
        state: State::of(slice.outcome.as_str(), slice.timeliness.as_str()),
        rows: vec![tally.rows_read, tally.rows_loaded, tally.rows_unchanged, tally.rows_closed, tally.rows_quarantined],
        quarantined: tally.rows_quarantined,
        reasons: slice.reasons.clone(),
    }
}
