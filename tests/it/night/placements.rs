//! A placement over the reorganisation of 2007: one row told by two offices, with the district of the first; and what hangs
//! on placements, from the golden cases into the facts.

use arrow::array::{Array, RecordBatch};
use buss::model::Outcome;

use super::chain::snapshot_rows;
use crate::bench::Bench;

const CONFIG: &str = r#"
[coverage]
utredningar = "none"
insatser = "none"
personal = "none"
anmalningar = "1990..1990"
ekonomi = "1990..1990"
placeringar = "2006..2007"

[[deliverers]]
code = "11"
name = "Maria-Gamla stan"
kind = "district"
valid_from = "1999-01-01"
valid_to = "2006-12-31"
base_url = "file://{dir}/11"

[[deliverers]]
code = "12"
name = "Södermalm"
kind = "district"
valid_from = "2007-01-01"
base_url = "file://{dir}/12"
"#;

const HEADER: &str = "Placering-id;Personnummer;Skyddad identitet;Vårdform;Regiform;Lagrum;Utförare-id;Startdatum;Slutdatum;Avslutsorsak;\
Dygnskostnad;Stadsdel\n";
const BEFORE: &str = "P1;20000101-2384;;Familjehem;;SoL 4:1;H-17;2006-05-01;;;450,50;11\n";
const AFTER: &str = "P1;20000101-2384;;Familjehem;;SoL 4:1;H-17;2006-05-01;2007-06-30;Enligt vårdplan;460;12\n";
const NEW: &str = "P2;20000102-2383;;HVB;Ramavtal;LVU 2 §;Ekbacken;2007-07-01;;;2100;12\n";

const CURRENT: &str = "
    select string_agg(
        concat_ws(' ', f.start_date, f.end_date, d.code, p.code, r.code, f.daily_cost_sek, f.home_id is not null), '; ' order by f.start_date
    )
    from asof.fact_placering as f
    join core.dim_district as d on d.district_key = f.district_key
    join core.dim_provider as p on p.provider_key = f.provider_key
    join core.dim_care_end_reason as r on r.care_end_reason_key = f.care_end_reason_key";

async fn delivered() -> Bench {
    let night = Bench::new(CONFIG).await;
    night.extract("11/placeringar_2006.csv", format!("{HEADER}{BEFORE}"));
    night.extract("12/placeringar_2007.csv", format!("{HEADER}{AFTER}{NEW}"));
    night
}

fn named<'a>(rows: &'a [(String, RecordBatch)], name: &str) -> Option<&'a RecordBatch> {
    rows.iter().find(|(file, _)| file == name).map(|(_, rows)| rows)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_placement_that_two_offices_tell_is_one_with_the_district_of_its_start() {
    let mut night = delivered().await;
    let report = night.run().await;
    // Nobody has ended the second child's placement: the audit of adults says so, and stops nothing.
    let found = night.figure("select string_agg(c.name, ' ') from ops.control as c where not c.passed").await;
    assert_eq!(found, "audit.placement_of_an_adult", "{report:#?}");
    let second = "2007-07-01 12@2007-01-01 Ekbacken _not_applicable 2100.00 f";
    assert_eq!(
        night.figure(CURRENT).await,
        format!("2006-05-01 2007-06-30 11@1999-01-01 _not_applicable Enligt vårdplan 460.00 t; {second}")
    );

    // The office of before tells nothing of it any more: what is left is the new one's word.
    night.extract("11/placeringar_2006.csv", format!("{HEADER}{}", BEFORE.replace("P1", "P0")));
    night.run().await;
    let left = night.figure(&format!("{CURRENT} where f.end_date is not null")).await;
    assert_eq!(left, "2006-05-01 2007-06-30 12@2007-01-01 _not_applicable Enligt vårdplan 460.00 t");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_star_holds_placements_once_and_protected_ones_without_district() {
    let mut night = delivered().await;
    night.run().await;
    let rows = snapshot_rows(&night, "fact_placering");
    let open = named(&rows, "fact_placering.parquet").expect("placements");
    assert_eq!((rows.len(), open.num_rows()), (1, 2));
    let columns: Vec<String> = open.schema().fields().iter().map(|field| field.name().clone()).collect();
    for column in ["child_birth_year", "district", "care_form", "provider", "period_year"] {
        assert!(columns.iter().any(|name| name == column), "{column}: {columns:?}");
    }
    let telling = |name: &&String| name.ends_with("_id") || name.starts_with("known_") || *name == "row_hash";
    assert_eq!(columns.iter().find(telling), None);

    night.extract("12/placeringar_2007.csv", format!("{HEADER}{}{NEW}", AFTER.replace("2384;;", "2384;Ja;")));
    night.run().await;
    let rows = snapshot_rows(&night, "fact_placering");
    let (open, held) = (named(&rows, "fact_placering.parquet"), named(&rows, "protected.parquet"));
    assert_eq!((open.map(RecordBatch::num_rows), held.map(RecordBatch::num_rows)), (Some(1), Some(1)));
    for column in ["district", "district_key"] {
        assert_eq!(held.and_then(|rows| rows.column_by_name(column)).map(Array::null_count), Some(1));
    }
}

const MONEY: &str = r#"
[coverage]
utredningar = "none"
insatser = "none"
anmalningar = "1990..1990"
befolkning = "1990..1990"
ekonomi = "1990..1990"
granskning = "1990..1990"
personal = "2007..2007"
besok = "2007..2007"
familjehemsersattning = "2007..2007"
kopta_tjanster = "2007..2007"
resurstilldelning = "2007..2007"

[[deliverers]]
code = "24"
name = "Skärholmen"
kind = "district"
valid_from = "1999-01-01"
base_url = "file://{dir}/24"

[[deliverers]]
code = "stad"
name = "Stockholms stad"
kind = "central"
valid_from = "1999-01-01"
base_url = "file://{dir}/stad"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_the_golden_cases_conform_to_loads_to_the_last_row_and_ore() {
    const FACTS: &str = "
        select concat_ws('; ',
            (select count(*) from asof.fact_visit where seen_alone),
            (select sum(fee_sek) || ' ' || sum(expense_sek) from asof.fact_reimbursement),
            (select sum(amount_sek) || ' ' || count(placering_id) from asof.fact_purchased_care),
            (select sum(amount_sek) || ' ' || count(distinct district_key) from asof.fact_allocation),
            (select sum(fte) || ' ' || count(distinct employee_key) || ' ' || sum(experience_months) from asof.fact_personnel))";
    let mut night = Bench::new(MONEY).await;
    for (case, name) in [
        ("personal/legal_variants/input.xlsx", "24/personal_2007.xlsx"),
        ("besok/rows/input.csv", "24/besok_2007.csv"),
        ("familjehemsersattning/rows/input.csv", "24/familjehemsersattning_2007.csv"),
        ("kopta_tjanster/rows/input.csv", "24/kopta_tjanster_2007.csv"),
        ("resurstilldelning/rows/input.csv", "stad/resurstilldelning_2007.csv"),
    ] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(case);
        night.extract(name, std::fs::read(path).expect("the case's file"));
    }
    let report = night.run().await;
    let loaded =
        report.slices.iter().filter(|slice| matches!(slice.outcome, Outcome::Loaded | Outcome::LoadedWithQuarantine));
    assert_eq!(loaded.count(), 5, "{report:#?}");
    assert_eq!(night.figure("select count(*) from ops.control as c where not c.passed").await, "0", "{report:#?}");
    assert_eq!(night.figure(FACTS).await, "1; 15000.00 3210.50; 66701.00 2; 13095678.90 2; 2.1234 3 302");
}
