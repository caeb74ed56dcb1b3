//! A placement over the reorganisation of 2007: one row told by two offices, with the district of the first.

use arrow::array::{Array, RecordBatch};

use super::chain::snapshot_rows;
use crate::bench::Bench;

const CONFIG: &str = r#"
[coverage]
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
    assert_eq!(night.figure("select count(*) from ops.control as c where not c.passed").await, "0", "{report:#?}");
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
        assert_eq!(held.and_then(|rows| rows.column_by_name(column)).map(|column| column.null_count()), Some(1));
    }
}
