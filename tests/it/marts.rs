//! Marts against figures worked out by hand, and the review of 2022 against its published percentages.

use buss::{
    gate,
    model::{RunHandle, RunId},
    pipeline::Assets,
    publish,
    warehouse::Session,
};

use crate::postgres::Database;

mod care;
mod review;

/// The hand-worked city, with the views installed.
pub async fn city() -> (Database, Session, Assets) {
    let database = Database::fresh().await;
    let mut session = database.loader().await;
    let assets = Assets::load(&database.settings.paths).expect("embedded files");
    publish::marts::install(&mut session, &assets.sql).await.expect("views");
    session.batch_execute(include_str!("marts/city.sql")).await.expect("the city");
    (database, session, assets)
}

/// The run that the city's loads were made by.
pub async fn run(session: &Session) -> RunHandle {
    let query = "select run_id, epoch, known_at, business_date from ops.run order by run_id desc limit 1";
    let row = session.query_one(query, &[]).await.expect("a run");
    RunHandle { run_id: RunId(row.get(0)), epoch: row.get(1), known_at: row.get(2), business_date: row.get(3) }
}

/// Rows of a query as lines of text, `-` for null.
async fn lines(session: &Session, query: &str) -> Vec<String> {
    session.batch_execute("set buss.as_of = '2026-01-01 00:00:00+00'").await.expect("a setting");
    let rows = session.simple_query(query).await.expect("rows");
    rows.iter()
        .filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|at| row.get(at).unwrap_or("-")).collect::<Vec<_>>().join(" "))
            }
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn a_child_known_in_two_merged_districts_counts_once_after_the_merger() {
    let (_database, session, _) = city().await;
    let rate = |generation: i32, year: i32| {
        format!(
            "select coalesce(district, level), intakes, children, intakes_0_17, children_0_17, population_0_17, intakes_per_1000,
                children_per_1000, complete
             from mart.anmalan_rate
             where org_generation = {generation} and year = {year} and (level = 'city' or district_code in ('01', '02', '24'))
             order by level desc, district collate \"C\""
        )
    };
    // Child 4 is 18, child 3 is protected, child 2 unborn.
    assert_eq!(
        lines(&session, &rate(18, 2006)).await,
        [
            "Kista 1 1 1 1 200 5.0000 5.0000 t",
            "Rinkeby 2 2 2 2 100 20.0000 20.0000 t",
            "Skärholmen 1 1 0 0 400 0.0000 0.0000 t",
            "city 5 4 4 3 700 5.7143 4.2857 t",
        ]
    );
    assert_eq!(
        lines(&session, &rate(14, 2006)).await,
        [
            "Rinkeby-Kista 3 2 3 2 300 10.0000 6.6667 t",
            "Skärholmen 1 1 0 0 400 0.0000 0.0000 t",
            "city 5 4 4 3 700 5.7143 4.2857 t",
        ]
    );
    // No population, no rate; where nothing was delivered, nothing is shown.
    assert_eq!(
        lines(&session, &rate(14, 2007)).await,
        ["Rinkeby-Kista 1 1 1 1 - - - f", "Skärholmen 3 1 3 1 - - - f", "city 4 2 4 2 - - - f"]
    );
    assert_eq!(
        lines(&session, &rate(14, 2008)).await,
        ["Rinkeby-Kista - - - - - - - f", "Skärholmen 2 1 2 1 - - - f", "city 2 1 2 1 - - - f"]
    );
    assert!(lines(&session, &rate(18, 2007)).await.is_empty());
}

#[tokio::test]
async fn reporters_are_dense_and_change_needs_two_complete_years() {
    let (_database, session, _) = city().await;
    let reporter = |place: &str, kind: &str| {
        format!(
            "select year, reporter_category, intakes, share, intakes_prev_year, change_pct, complete
             from mart.anmalan_by_reporter
             where org_generation = 14 and {place} and intake_type = '{kind}'
             order by year, reporter_category collate \"C\""
        )
    };
    assert_eq!(
        lines(&session, &reporter("level = 'city'", "Anmälan")).await,
        [
            "2006 Polis 2 0.500000 - - t",
            "2006 Skola 2 0.500000 - - t",
            "2007 Polis 0 0.000000 2 -1.000000 t",
            "2007 Skola 4 1.000000 2 1.000000 t",
            "2008 Polis 0 0.000000 0 - f",
            "2008 Skola 2 1.000000 4 - f",
        ]
    );
    assert_eq!(
        lines(&session, &reporter("district = 'Skärholmen'", "Ansökan")).await[..3],
        ["2006 Polis 0 0.000000 - - t", "2006 Skola 0 0.000000 - - t", "2006 okänd 1 1.000000 - - t"]
    );
    let per_place =
        "select distinct count(*) from mart.anmalan_by_reporter group by org_generation, level, district_code, year";
    assert_eq!(lines(&session, per_place).await, ["5"]);
}

#[tokio::test]
async fn cost_grows_by_what_the_city_published() {
    let (_database, session, _) = city().await;
    let trend = |place: &str, kind: &str| {
        format!(
            "select year, budget_sek, outcome_sek, deviation_sek, deviation_pct, budget_index, outcome_index, budget_growth_total,
                outcome_growth_total, budget_growth_pa, outcome_growth_pa, resource_cost_index, complete
             from mart.cost_trend
             where org_generation = 14 and {place} and cost_type = '{kind}' and price_basis = 'lopande'
             order by year"
        )
    };
    assert_eq!(
        lines(&session, &trend("level = 'city'", "alla")).await,
        [
            "2004 1000.00 1000.00 0.00 0.000000 100.0000 100.0000 0.000000 0.000000 - - 1.000000 t",
            // Kista is missing: sums of what is there, nothing compared.
            "2005 820.00 860.00 40.00 0.048780 - - - - - - - f",
            // Skärholmen gave no budget: the budget is not compared, the outcome is.
            "2006 540.00 1130.00 590.00 1.092593 - 113.0000 - 0.130000 - 0.063015 - t",
            "2007 1109.00 1252.00 143.00 0.128945 110.9000 125.2000 0.109000 0.252000 0.035088 0.077792 0.885783 t",
        ]
    );
    let skarholmen = lines(&session, &trend("district = 'Skärholmen'", "alla")).await;
    assert_eq!(skarholmen[2], "2006 - 540.00 - - - 108.0000 - 0.080000 - 0.039230 - t");
    // Delivered, but nothing of this type: 0, not null.
    let income = lines(&session, &trend("district = 'Rinkeby-Kista'", "intakt")).await;
    assert_eq!(income[0], "2004 0.00 0.00 0.00 - - - - - - - - t");
    let types = "select cost_type from mart.cost_trend group by cost_type order by cost_type collate \"C\"";
    assert_eq!(lines(&session, types).await, ["alla", "intakt", "loner_personal"]);
}

#[tokio::test]
async fn the_night_holds_its_controls() {
    let (_database, mut session, assets) = city().await;
    let run = run(&session).await;
    let verdict = gate::judge(&mut session, &run, &assets.sql, gate::Marts::New).await.expect("a verdict");
    assert_eq!(verdict.findings(), []);
    let passed = "select count(*) filter (where passed) = count(*), count(*) > 40 from ops.control";
    assert_eq!(lines(&session, passed).await, ["t t"]);
    let protected = "select subject, actual from ops.control where name = 'protected_difference' order by subject";
    assert_eq!(lines(&session, protected).await, ["anmalningar 2006 1", "anmalningar 2007 0", "anmalningar 2008 0"]);
}

#[tokio::test]
async fn broken_ledgers_and_doubled_figures_refuse_publication() {
    let (_database, mut session, assets) = city().await;
    session
        .batch_execute(
            "update ops.delivery set rows_read = rows_read + 1, amount_read = 0.01
             where slice_id = (select slice_id from ops.slice where dataset = 'ekonomi' and period = '2007' and deliverer = '24');
             insert into core.fact_population (district_key, date, age_key, sex_key, persons, slice_id, period_year, load_id, known_from, row_hash)
             select f.district_key, f.date, f.age_key, f.sex_key, 1, 1, 2006, 1, f.known_from, f.row_hash
             from core.fact_population as f where f.persons = 200",
        )
        .await
        .expect("faults");
    let run = run(&session).await;
    let verdict = gate::judge(&mut session, &run, &assets.sql, gate::Marts::New).await.expect("a verdict");
    let found: Vec<String> = verdict.findings().iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "audit.population_in_two_slices findings: expected 0, found 1",
            "ledger_against_facts 01/anmalningar_2006: expected 2, found 3",
            "money_balance 24/ekonomi_2007#1: expected 0.01, found 0.00",
            "rows_balance 24/ekonomi_2007#1: expected 3, found 2",
        ]
    );
    assert_eq!(verdict.pass().expect_err("refused").code().id, "GATE-001");
}

#[tokio::test]
async fn as_of_shows_what_was_known() {
    let (_database, session, _) = city().await;
    session
        .batch_execute(
            "update core.fact_anmalan set known_to = '2026-02-01 00:00:00+00' where child_key = 5 and period_year = 2007;
             reset buss.as_of",
        )
        .await
        .expect("a later load");
    let count = "select count(*) from asof.fact_anmalan where period_year = 2007";
    let at = async |instant: &str| {
        session.batch_execute(&format!("set buss.as_of = '{instant}'")).await.expect("a setting");
        session.query_one(count, &[]).await.expect("a count").get::<_, i64>(0)
    };
    assert_eq!(at("2026-01-31 23:59:59+00").await, 4);
    assert_eq!(at("2026-02-01 00:00:00+00").await, 1);
    assert_eq!(at("2025-12-31 23:59:59+00").await, 0);
    assert_eq!(at("").await, 1);
}

#[tokio::test]
async fn everything_readers_see_is_described_in_swedish() {
    let (_database, session, _) = city().await;
    let silent = "
        select n.nspname || '.' || c.relname || coalesce('.' || a.attname, '')
        from pg_class as c
        join pg_namespace as n on n.oid = c.relnamespace and n.nspname in ('core', 'asof', 'mart', 'mart_store', 'ops')
        left join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relkind in ('r', 'p', 'v') and not c.relispartition
            and (col_description(c.oid, a.attnum) is null or obj_description(c.oid, 'pg_class') is null)
        order by 1";
    assert_eq!(lines(&session, silent).await, Vec::<String>::new());
}
