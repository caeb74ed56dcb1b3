//! Nights that change nothing, that go back, and the plan beside what was done.

use std::fs;

use buss::{
    model::Outcome,
    plan::{Action, Origin, Plan, Why},
};
use chrono::NaiveDate;

use super::change::{SKARHOLMEN, reports};
use crate::bench::Bench;

const FILE: &str = "24/anmalningar_2007.csv";

/// A row that only time can heal: its assessment lies after the bench's business date.
const TOO_EARLY: &str =
    "A90;200002292399;;;Nej;2007-05-01;Anmälan;Skola;VINR;2026-11-15;Utredning inleds;2026-11-16;11:1;U90;24\n";

/// The current rows, by what they say.
const ROWS: &str = "
    select md5(string_agg(f.row_hash::text, ',' order by f.row_hash)) from core.fact_anmalan as f where f.known_to is null";

fn later() -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2026, 12, 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identical_night_changes_parses_and_publishes_nothing() {
    let mut night = Bench::new(SKARHOLMEN).await;
    night.extract(FILE, reports(0, 5) + TOO_EARLY);
    let first = night.run().await;
    assert_eq!(first.slices[0].outcome, Outcome::LoadedWithQuarantine, "{first:#?}");
    assert_eq!(first.exit_code, 3);
    let published = night.snapshots();

    let second = night.run().await;
    let slice = &second.slices[0];
    assert_eq!((slice.step.action, slice.step.why), (Action::Keep, Why::Unchanged));
    assert_eq!((slice.tally.rows_read, slice.tally.rows_loaded, slice.tally.rows_closed), (0, 0, 0));
    assert_eq!(second.exit_code, 3, "what is in quarantine still is");
    assert!(second.publication.is_some_and(|publication| !publication.is_new));
    assert_eq!(night.snapshots(), published);
    assert_eq!(night.figure("select count(*) from ops.delivery").await, "1");

    // What the first night said of the facts stands, and the ledger says whose word it is.
    let stands = "select string_agg(j.name, ' ' order by j.name) from ops.judged as j
        where j.judged_in < j.run_id and j.name in ('ledger_against_facts', 'marts_against_facts', 'rows_balance')";
    assert_eq!(night.figure(stands).await, "ledger_against_facts marts_against_facts");
    assert!(second.gate.passed && second.gate.standing > second.gate.checks / 2, "{:?}", second.gate);
    let told = "select count(distinct count) from (select count(*) from ops.control as c group by c.run_id) as nights";
    assert_eq!(night.figure(told).await, "1", "each night tells all words");

    // Gone through again in vain: a new version in the ledger, and still nothing that readers could tell.
    let reloaded = night.try_run(|options| options.reload = true).await.expect("a run");
    let slice = &reloaded.slices[0];
    assert_eq!((slice.step.why, slice.tally.rows_loaded, slice.tally.rows_unchanged), (Why::Reload, 0, 5));
    assert_eq!(reloaded.gate.standing, 0, "a delivery came");
    assert!(reloaded.publication.is_some_and(|publication| !publication.is_new));
    assert_eq!(night.snapshots(), published);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_a_week_ago_are_said_anew() {
    let mut night = Bench::new(SKARHOLMEN).await;
    night.extract(FILE, reports(0, 5));
    night.run().await;
    let hidden = "update core.fact_anmalan set known_to = known_from + interval '1 second' where known_to is null";
    night.database.loader().await.batch_execute(hidden).await.expect("a hand in the database");
    assert!(night.run().await.gate.passed, "nothing came, so nothing is asked");
    night.wait(7);
    let asked = night.run().await;
    assert_eq!((asked.exit_code, asked.gate.standing), (4, 0), "{:?}", asked.gate);
    assert_eq!(night.run().await.exit_code, 4, "what does not let a night pass is asked every night");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_came_too_early_heals_when_its_day_has_come() {
    let mut night = Bench::new(SKARHOLMEN).await;
    night.extract(FILE, reports(0, 5) + TOO_EARLY);
    night.run().await;
    // The file may even be gone by then: what was landed is read again.
    night.vanish(FILE);
    let healed = night.try_run(|options| options.business_date = later()).await.expect("a run");
    let slice = &healed.slices[0];
    assert_eq!((slice.step.action, slice.step.why), (Action::Load(Origin::Landing), Why::MayHeal));
    assert_eq!((slice.tally.rows_loaded, slice.tally.rows_unchanged, slice.tally.rows_quarantined), (1, 5, 0));
    assert_eq!(night.figure("select count(*) from ops.quarantine where closed_by is null").await, "0");
    assert!(healed.publication.is_some_and(|publication| publication.is_new));
}

#[tokio::test(flavor = "multi_thread")]
async fn back_to_the_first_file_is_back_to_its_content() {
    let mut night = Bench::new(SKARHOLMEN).await;
    night.extract(FILE, reports(0, 10));
    night.run().await;
    let (rows, marts) = (night.figure(ROWS).await, night.marts_hash().await);
    night.extract(FILE, reports(3, 9));
    night.run().await;
    assert_ne!(night.figure(ROWS).await, rows);
    assert_ne!(night.marts_hash().await, marts);
    night.extract(FILE, reports(0, 10));
    let back = night.run().await;
    assert_eq!((back.slices[0].tally.rows_loaded, back.slices[0].tally.rows_closed), (4, 3));
    assert_eq!(night.figure(ROWS).await, rows);
    assert_eq!(night.marts_hash().await, marts);
    assert_eq!(night.figure("select count(*) from core.fact_anmalan").await, "17", "and its history is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_file_leaves_its_slice_in_force() {
    let mut night = Bench::new(SKARHOLMEN).await;
    night.extract(FILE, reports(0, 10));
    assert_eq!(night.run().await.exit_code, 3, "2004 to 2007 of the accounts are missing");
    night.vanish(FILE);
    let missed = night.run().await;
    assert_eq!(
        (missed.slices[0].step.action, missed.slices[0].step.why, missed.exit_code),
        (Action::Miss, Why::Missing, 3)
    );
    assert_eq!(night.figure("select count(*) from core.fact_anmalan where known_to is null").await, "10");
    let only = night.try_run(|options| options.selection.periods = vec!["2007".into()]).await.expect("a run");
    assert!(only.slices.iter().all(|slice| slice.step.slice.period.as_str() == "2007") && only.slices.len() == 2);
    let none = night.try_run(|options| options.selection.deliverers = vec!["99".into()]).await.expect_err("nobody");
    assert_eq!(none.code().exit, 2);
}

/// The plan as the run recorded it: each step before it was carried out, here in the plan's order.
async fn recorded(night: &Bench, run: i64) -> Vec<serde_json::Value> {
    let sql = format!(
        "select jsonb_agg(e.detail order by e.detail ->> 'dataset', e.detail ->> 'period', e.detail ->> 'deliverer')
         from ops.event as e
         where e.run_id = {run} and e.stage = 'plan' and e.slice is not null"
    );
    serde_json::from_str(&night.figure(&sql).await).expect("a list of steps")
}

fn listed(plan: &Plan) -> Vec<serde_json::Value> {
    plan.steps.iter().map(|step| serde_json::to_value(step).expect("a step")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_is_the_list_that_the_run_records() {
    let config = SKARHOLMEN.replace("anmalningar = \"2007..2007\"", "anmalningar = \"2007..2010\"");
    let mut night = Bench::new(&config).await;
    let of_year = |year: i32, rows: String| rows.replace("2007-", &format!("{year}-"));
    for year in 2007..=2009 {
        night.extract(&format!("24/anmalningar_{year}.csv"), of_year(year, reports(0, 3)));
    }
    night.extract("24/anmalningar_2010.csv", of_year(2010, reports(0, 3) + TOO_EARLY));
    night.run().await;

    // One changes, one stays, one vanishes, and one is read again because its day may have come.
    night.extract(FILE, reports(2, 3));
    night.vanish("24/anmalningar_2009.csv");
    let plan = night.plan(|options| options.business_date = later()).await;
    let why: Vec<_> = plan.steps.iter().take(4).map(|step| step.why).collect();
    assert_eq!(why, [Why::Changed, Why::Unchanged, Why::Missing, Why::MayHeal]);
    assert_eq!(night.plan(|options| options.business_date = later()).await, plan, "looking changes nothing");
    let report = night.try_run(|options| options.business_date = later()).await.expect("a run");
    assert_eq!(recorded(&night, report.run_id.0).await, listed(&plan));

    let plan = night.plan(|options| options.reload = true).await;
    let reloaded = plan.steps.iter().filter(|step| step.why == Why::Reload).count();
    assert_eq!(reloaded, 4, "{plan:#?}");
    let report = night.try_run(|options| options.reload = true).await.expect("a run");
    assert_eq!(recorded(&night, report.run_id.0).await, listed(&plan));
    let done: Vec<_> = report.slices.iter().map(|slice| slice.step.clone()).collect();
    assert_eq!(done, plan.steps);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_or_garbled_mark_is_repaired_by_the_next_night() {
    let mut night = Bench::new(SKARHOLMEN).await;
    night.extract(FILE, reports(0, 3));
    night.run().await;
    let published = night.snapshots();
    let current = |set: &str| night.settings.paths.snapshots().join(set).join("CURRENT");
    let (mart, core) = (current("mart"), current("core"));
    fs::write(&mart, "20010101T000000.000000Z\n").expect("a mark");
    fs::remove_file(&core).expect("a mark that is there");
    night.run().await;
    assert_eq!(night.snapshots(), published);
    assert_eq!(fs::read_to_string(core).expect("a mark").trim(), published.1);
}
