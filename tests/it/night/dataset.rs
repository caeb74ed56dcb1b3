//! Datasets that the program has never heard of: a pipeline and SQL files in overlay directories, and nothing else.

use std::fs;

use buss::model::Outcome;

use crate::bench::Bench;

const CONFIG: &str = r#"
# Years in which nobody delivered: only the new dataset is expected.
[coverage]
utredningar = "none"
insatser = "none"
personal = "none"
anmalningar = "1990..1990"
ekonomi = "1990..1990"

[[deliverers]]
code = "24"
name = "Skärholmen"
kind = "district"
valid_from = "1999-01-01"
base_url = "file://{dir}/24"
"#;

/// Visits to open preschools: who came, when.
const OPEN_HOUSES: &str = r#"
name = "oppethus"
title = "Besök på öppna förskolan"
grain = "one day at one place"
deliverers = "district"
extension = "csv"
format = "csv"
coverage = "2007..2007"
schedule = "0 0 2 * * *"
period_date = "dag"
key = ["plats", "dag"]

[[columns]]
name = "plats"
field = "Plats"
type = "string"
required = true

[[columns]]
name = "dag"
field = "Dag"
type = "date"
required = true

[[columns]]
name = "antal"
field = "Antal besökare"
type = "integer"
minimum = 0
required = true

[[columns]]
name = "stadsdel"
field = "Stadsdel"
type = "district"
required = true

[[rules]]
id = "OPP-001"
severity = "reject"
message = "Fler besökare än huset rymmer"
check = "antal <= 500"
columns = ["antal"]

[target]
table = "fact_oppethus"
conform = "fact_oppethus"

[[target.columns]]
name = "plats"
kind = "value"
key = true

[[target.columns]]
name = "dag"
kind = "value"
key = true

[[target.columns]]
name = "antal"
kind = "value"
"#;

const SYSTEM_COLUMNS: &str = "
    slice_id integer not null,
    period_year smallint not null,
    load_id bigint not null,
    known_from timestamptz not null,
    known_to timestamptz,
    row_hash bytea not null
) partition by list (period_year);";

fn migration() -> String {
    format!(
        "-- purpose: visits to open preschools\n-- grain:   place × day\n-- inputs:  none\n\
         create table core.fact_oppethus (plats text not null, dag date not null, antal integer not null, {SYSTEM_COLUMNS}"
    )
}

const CONFORM: &str = "-- purpose: visits as they are\n-- grain:   place × day\n-- inputs:  slice\n\
    select s.plats, s.dag, s.antal from slice as s\n";

const MART: &str = "-- purpose: visitors per month\n-- grain:   place × month\n-- inputs:  asof.fact_oppethus\n\
    select f.plats, date_trunc('month', f.dag)::date as month, sum(f.antal)::bigint as visitors
    from asof.fact_oppethus as f
    group by f.plats, date_trunc('month', f.dag)::date\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_dataset_takes_a_pipeline_and_sql_files() {
    let mut night = Bench::new(CONFIG).await;
    night.overlay("pipelines/oppethus.toml", OPEN_HOUSES);
    night.overlay("sql/migrations/1000_oppethus.sql", &migration());
    night.overlay("sql/conform/fact_oppethus.sql", CONFORM);
    night.overlay("sql/mart/oppethus.sql", MART);
    night.extract(
        "24/oppethus_2007.csv",
        "Stadsdel;Dag;Plats;Antal besökare\n24;2007-01-08;Ängen;12\n24;2007-01-09;Ängen;10\n24;2007-02-01;Ängen;900\n",
    );
    let report = night.run().await;
    assert_eq!(report.slices.len(), 1, "{report:#?}");
    let slice = &report.slices[0];
    assert_eq!((slice.outcome, slice.tally.rows_loaded), (Outcome::LoadedWithQuarantine, 2), "{report:#?}");
    assert_eq!(
        night.figure("select string_agg(q.rule || ' ' || q.line, ',') from ops.quarantine as q").await,
        "OPP-001 4"
    );
    let visitors = "select string_agg(m.plats || ' ' || m.month || ' ' || m.visitors, ',') from mart.oppethus as m";
    assert_eq!(night.seen(visitors, None).await, "Ängen 2007-01-01 22");

    let (_, current) = night.snapshots();
    let place = |set: &str| night.settings.paths.snapshots().join(set).join(&current);
    let manifest = fs::read_to_string(place("mart").join("manifest.json")).expect("a manifest");
    assert!(manifest.contains("oppethus/"), "{manifest}");
    let manifest = fs::read_to_string(place("core").join("manifest.json")).expect("a manifest");
    assert!(manifest.contains("fact_oppethus/"), "{manifest}");
}

const STAYS: &str = r#"
name = "vistelser"
title = "Vistelser"
grain = "one stay"
deliverers = "district"
extension = "csv"
format = "csv"
coverage = "2007..2008"
schedule = "0 0 2 * * *"
key = ["vistelse"]

[[columns]]
name = "vistelse"
field = "Vistelse"
type = "string"
required = true

[[columns]]
name = "dygn"
field = "Dygn"
type = "integer"

[[columns]]
name = "stadsdel"
field = "Stadsdel"
type = "district"
required = true

[target]
table = "fact_vistelse"
conform = "fact_vistelse"
merge = "across_slices"

[[target.columns]]
name = "vistelse"
kind = "value"
key = true

[[target.columns]]
name = "dygn"
kind = "value"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_stand_in_several_slices_are_one_fact() {
    let mut night = Bench::new(CONFIG).await;
    night.overlay("pipelines/vistelser.toml", STAYS);
    let header = "-- purpose: stays\n-- grain:   stay\n-- inputs:  slice\n";
    let tables = ["fact_vistelse", "vistelser_slice"]
        .map(|table| format!("create table core.{table} (vistelse text not null, dygn integer, {SYSTEM_COLUMNS}"));
    night.overlay("sql/migrations/1000_vistelser.sql", &format!("{header}{}\n{}", tables[0], tables[1]));
    night.overlay("sql/conform/fact_vistelse.sql", &format!("{header}select s.vistelse, s.dygn from slice as s\n"));
    night.extract("24/vistelser_2007.csv", "Vistelse;Dygn;Stadsdel\nV1;10;24\nV2;5;24\n");
    night.extract("24/vistelser_2008.csv", "Vistelse;Dygn;Stadsdel\nV1;30;24\n");
    let report = night.run().await;
    assert_eq!(report.exit_code, 0, "{report:#?}");
    let stays = "select string_agg(f.vistelse || ' ' || f.dygn, ',' order by f.vistelse) from asof.fact_vistelse as f";
    assert_eq!(night.seen(stays, None).await, "V1 30,V2 5", "the newest period wins");

    night.extract("24/vistelser_2008.csv", "Vistelse;Dygn;Stadsdel\nV3;1;24\n");
    let second = night.run().await;
    assert_eq!(night.seen(stays, None).await, "V1 10,V2 5,V3 1", "gone from one slice is not gone");
    assert_eq!(night.seen(stays, Some(report.known_at)).await, "V1 30,V2 5");
    assert!(second.publication.is_some_and(|publication| publication.is_new));
    let third = night.run().await;
    assert!(third.publication.is_some_and(|publication| !publication.is_new));
}
