//! `demo`: the sample, a whole night over it, and what came out and where.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{
    Context,
    args::Asked,
    night::{night, options, report_text},
    output::Answer,
    quarantine,
    query::{as_json, as_table},
    table::wrapped,
};
use crate::{
    error::Result,
    pipeline::Declarations,
    publish::{Place, Set},
    run::RunReport,
    sample::{self, Faults, Options, Report},
    settings::Settings,
    warehouse::{Role, Session, Warehouse, query},
};

/// Headline figures: title and query.
const HEADLINES: &[(&str, &str)] = &[
    (
        "Anmälningar och hur stor del som ledde till utredning, hela staden, påhittade (mart.anmalan_rate, mart.anmalan_to_utredning)",
        "select r.year, r.intakes, r.children, r.intakes_per_1000, sum(u.decided) as decided, sum(u.opened) as opened,
             round(sum(u.opened) / nullif(sum(u.decided), 0), 3) as share_opened, r.complete
         from mart.anmalan_rate as r
         join mart.anmalan_to_utredning as u on (u.org_generation, u.level, u.year) = (r.org_generation, r.level, r.year)
         where r.level = 'city' and r.org_generation = 14
         group by r.year, r.intakes, r.children, r.intakes_per_1000, r.complete order by r.year",
    ),
    (
        "De som anmäler mest 2007, påhittade (mart.anmalan_to_utredning)",
        "select reporter_category, intakes, decided, opened, share_opened from mart.anmalan_to_utredning
         where level = 'city' and org_generation = 14 and year = 2007 order by intakes desc, reporter_category limit 6",
    ),
    (
        "Utredningar och beslutade öppna insatser, hela staden, påhittade (mart.utredning_flow, mart.insats_decided)",
        "select f.year, sum(f.started) as started, sum(f.concluded) as concluded,
             max(f.open_at_end) filter (where extract(month from f.month) = 12) as open_31_dec,
             (select sum(i.decided) from mart.insats_decided as i
              where (i.org_generation, i.level, i.year) = (14, 'city', f.year)) as insatser_decided
         from mart.utredning_flow as f where f.level = 'city' and f.org_generation = 14 group by f.year order by f.year",
    ),
    (
        "Kostnad mot budget, hela staden, löpande priser, påhittade belopp (mart.cost_trend)",
        "select year, budget_sek, outcome_sek, deviation_sek, budget_growth_total, outcome_growth_total from mart.cost_trend
         where level = 'city' and org_generation = 14 and cost_type = 'alla' and price_basis = 'lopande' order by year",
    ),
    (
        "Tjänster i de tre yrkesgrupperna per 1 000 barn, hela staden, påhittade (mart.staff_density)",
        "select year, fte, children_0_17, fte_per_1000, full_competence_share, turnover, complete from mart.staff_density
         where level = 'city' and org_generation = 14 and staff_group = 'alla' order by year",
    ),
    (
        "Granskningen 2022, hela staden, verkliga siffror: den första tabellen (mart.review)",
        "select variable, category, count, base, share from mart.review
         where level = 'city' and org_generation = 14
             and table_id = (select min(r.table_id) from mart.review as r) order by count desc, category",
    ),
];

/// Makes the sample, runs the night over it, and shows what came of it.
pub async fn demo(context: &Context, dir: Option<PathBuf>) -> Result<Answer> {
    let planted = Options { faults: Faults::Demo, ..Options::default() };
    let place = sample::demo_place(dir)?;
    let sample = sample::write(&place.dir, planted)?;
    let settings = Settings::load(Some(&sample.config), super::environment())?;
    let declarations = Declarations::load(&settings)?;
    let report = night(context, &settings, &declarations, &options(context, &Asked::default())).await?;
    let warehouse = Warehouse::open(&settings).await?;
    let shown = shown(&warehouse, &declarations).await;
    warehouse.close().await?;
    let (quarantine, marts) = shown?;
    let text = text(&sample, place.why.as_deref(), &report, &settings, &quarantine, &marts);
    let marts: Vec<_> = marts.iter().map(|mart| json!({ "title": mart.title, "rows": mart.rows })).collect();
    let json = json!({
        "made_up": sample.made_up, "dir": sample.dir, "why_there": place.why, "config": sample.config, "snapshots": settings.paths.snapshots(),
        "planted_faults": sample.faults, "run": report, "marts": marts,
    });
    Ok(Answer::new(text, &json).exit(report.exit_code))
}

/// A headline mart, for both forms of the answer.
struct Shown {
    title: &'static str,
    text: String,
    rows: Value,
}

async fn shown(warehouse: &Warehouse, declarations: &Declarations) -> Result<(String, Vec<Shown>)> {
    let session = warehouse.connect(Role::Loader).await?;
    let quarantine = quarantine::by_rule(&session, declarations).await?;
    session.close().await;
    let mut analyst = warehouse.connect(Role::Analyst).await?;
    let marts = headlines(&mut analyst).await?;
    analyst.close().await;
    Ok((quarantine, marts))
}

/// As an analyst sees them.
async fn headlines(analyst: &mut Session) -> Result<Vec<Shown>> {
    let mut marts = Vec::with_capacity(HEADLINES.len());
    for (title, sql) in HEADLINES {
        let found = query::run(analyst, sql, None).await?;
        let rows = serde_json::from_str(&as_json(&found)).unwrap_or_default();
        marts.push(Shown { title, text: as_table(&found), rows });
    }
    Ok(marts)
}

fn text(
    sample: &Report,
    why_there: Option<&str>,
    report: &RunReport,
    settings: &Settings,
    quarantine: &str,
    marts: &[Shown],
) -> String {
    let place = Place { snapshots: settings.paths.snapshots(), slices: settings.paths.slices() };
    let snapshot = report
        .publication
        .as_ref()
        .map_or_else(|| settings.paths.snapshots(), |publication| place.snapshot(Set::Mart, &publication.snapshot));
    let config = sample.config.display();
    // As it was called: the program of a fresh clone is not on the search path.
    let buss = std::env::args().next().unwrap_or_else(|| "buss".into());
    let marts: Vec<_> = marts.iter().map(|mart| format!("{}\n{}\n", mart.title, mart.text)).collect();
    let marts = marts.join("\n");
    format!(
        "{}\n\n{} files were made in {}.\n{}\n{}\nIn quarantine, and warnings, by rule (first at = deliverer/period:line):\n\n{quarantine}\n{marts}\n\
         Snapshot (Parquet):   {}\nAsk on:               {buss} --config {config} query \"select * from mart.anmalan_rate\"\n\
         Run again:            {buss} --config {config} run\nEach slice, each row: {buss} --config {config} status | quarantine list\n",
        wrapped(sample.made_up, 110),
        sample.files.len(),
        sample.dir.display(),
        why_there.map_or_else(String::new, |why| format!("{}\n", wrapped(why, 110))),
        report_text(report, settings),
        snapshot.display(),
    )
}
