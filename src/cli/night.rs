//! `run`, `plan` and `demo`: the night, and what it came to.

use std::path::Path;

use chrono::Utc;
use serde_json::json;

use super::{
    Context,
    args::Asked,
    exit,
    ledger::{at, words},
    output::Answer,
    progress,
    query::as_table,
    table::{table, thousands},
};
use crate::{
    error::Result,
    history,
    model::LoadId,
    pipeline::Declarations,
    plan::{Plan, Selection},
    run::{self, RunOptions, RunReport},
    sample::{self, Faults, Options},
    settings::Settings,
    telemetry::Events,
    warehouse::{Role, Warehouse, query},
};

/// Headline figures of the demo: title and query.
const HEADLINES: &[(&str, &str)] = &[
    (
        "Anmälningar per anmälare, hela staden (mart.anmalan_by_reporter)",
        "select year, intake_type, reporter_category, intakes, share from mart.anmalan_by_reporter
         where level = 'city' and org_generation = 14 order by year desc, intakes desc limit 10",
    ),
    (
        "Anmälningar per 1 000 barn, hela staden (mart.anmalan_rate)",
        "select year, intakes, children, population_0_17, intakes_per_1000, complete from mart.anmalan_rate
         where level = 'city' and org_generation = 14 order by year",
    ),
    (
        "Kostnad mot budget, hela staden, löpande priser (mart.cost_trend)",
        "select year, budget_sek, outcome_sek, deviation_sek, budget_growth_total, outcome_growth_total from mart.cost_trend
         where level = 'city' and org_generation = 14 and cost_type = 'alla' and price_basis = 'lopande' order by year",
    ),
];

pub async fn run(context: &Context, asked: &Asked) -> Result<Answer> {
    let settings = context.settings()?;
    let declarations = Declarations::load(&settings)?;
    let report = night(context, &settings, &declarations, options(context, asked)).await?;
    Ok(Answer::new(report_text(&report), &report).exit(report.exit_code))
}

pub async fn plan(context: &Context, asked: &Asked) -> Result<Answer> {
    let settings = context.settings()?;
    let declarations = Declarations::load(&settings)?;
    let plan = run::planned(&settings, &declarations, &options(context, asked)).await?;
    Ok(Answer::new(plan_text(&plan), &plan))
}

/// Makes the sample, runs the night over it, and shows what came out and where.
pub async fn demo(context: &Context, dir: &Path) -> Result<Answer> {
    let planted = Options { faults: Faults::Demo, ..Options::default() };
    let sample = sample::write(dir, planted)?;
    let settings = Settings::load(Some(&sample.config), super::environment())?;
    let declarations = Declarations::load(&settings)?;
    let report = night(context, &settings, &declarations, options(context, &Asked::default())).await?;
    let warehouse = Warehouse::open(&settings).await?;
    let shown = headlines(&warehouse).await;
    warehouse.close().await?;
    let (quarantine, marts) = shown?;
    let config = sample.config.display();
    let text = format!(
        "{}\n\n{}\n{quarantine}\n{}\nSnapshots: {}\nAsk on:    buss query \"select …\" --config {config}\nRun again: buss run --config {config}\n",
        sample.made_up,
        report_text(&report),
        marts.iter().map(|(title, text, _)| format!("{title}\n{text}\n\n")).collect::<String>(),
        settings.paths.snapshots().display(),
    );
    let marts: Vec<_> = marts.iter().map(|(title, _, rows)| json!({ "title": title, "rows": rows })).collect();
    let json = json!({
        "made_up": sample.made_up, "config": sample.config, "snapshots": settings.paths.snapshots(),
        "planted_faults": sample.faults, "run": report, "marts": marts,
    });
    Ok(Answer::new(text, &json).exit(report.exit_code))
}

async fn night(
    context: &Context,
    settings: &Settings,
    declarations: &Declarations,
    options: RunOptions,
) -> Result<RunReport> {
    let (events, told) = Events::new();
    let shown = progress::follow(told, context.global.quiet);
    let report = run::run(settings, declarations, &options, &events).await;
    drop(events);
    // The bar ends when the last sender is gone; whatever it shows cannot fail the night.
    drop(shown.await);
    report
}

fn options(context: &Context, asked: &Asked) -> RunOptions {
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

fn report_text(report: &RunReport) -> String {
    let header = [
        "dataset",
        "period",
        "deliverer",
        "outcome",
        "read",
        "loaded",
        "unchanged",
        "closed",
        "quarantined",
        "reasons",
    ];
    let rows = report.slices.iter().map(|slice| {
        let tally = &slice.tally;
        let mut cells = vec![
            slice.step.slice.dataset.to_string(),
            slice.step.slice.period.to_string(),
            slice.step.slice.deliverer.to_string(),
        ];
        cells.push(if slice.outcome.as_str() == "none" {
            slice.timeliness.to_string()
        } else {
            slice.outcome.to_string()
        });
        cells.extend(
            [tally.rows_read, tally.rows_loaded, tally.rows_unchanged, tally.rows_closed, tally.rows_quarantined]
                .map(thousands),
        );
        cells.push(words(&slice.reasons));
        cells
    });
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
    format!(
        "Run {} for {}: {meaning}.\n{gate}\n{published}\n\n{}",
        report.run_id.0,
        report.business_date,
        table(&header, rows)
    )
}

type Shown = (&'static str, String, serde_json::Value);

/// The quarantine by rule with one example of its class, and the headline marts as an analyst sees them.
async fn headlines(warehouse: &Warehouse) -> Result<(String, Vec<Shown>)> {
    let session = warehouse.connect(Role::Loader).await?;
    let mut rows = Vec::new();
    for group in history::quarantine(&session).await? {
        let entries = history::quarantine_of(&session, LoadId(group.delivery_id)).await?;
        let class =
            entries.into_iter().find(|entry| entry.rule == group.rule).map_or_else(String::new, |entry| entry.class);
        let slice = format!("{}/{}_{}", group.deliverer, group.dataset, group.period);
        rows.push(vec![
            slice,
            group.rule,
            group.severity,
            thousands(group.records),
            group.first_line.to_string(),
            class,
        ]);
    }
    session.close().await;
    let quarantine = table(&["quarantine", "rule", "severity", "rows", "first line", "class"], rows);
    let mut analyst = warehouse.connect(Role::Analyst).await?;
    let mut marts = Vec::new();
    for (title, sql) in HEADLINES {
        let found = query::run(&mut analyst, sql, None).await?;
        let json = serde_json::from_str(&super::query::as_json(&found)).unwrap_or_default();
        marts.push((*title, as_table(&found), json));
    }
    analyst.close().await;
    Ok((quarantine, marts))
}
