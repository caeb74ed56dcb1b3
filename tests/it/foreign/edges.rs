//! What the bundle's whole city does not show: a file without a sound row, figures that are withheld, and the conventions
//! that hold for every dimension and mart.

use buss::model::Outcome;

use super::{
    figures::{assert_equal, rows},
    intakes::{COLUMNS, row},
    rows::{PLAIN, Row, file},
};
use crate::bench::Bench;

const DELIVERERS: &str = r#"
[coverage]
utredningar = "none"
insatser = "none"
personal = "none"
anmalningar = "2007..2007"
befolkning = "2007..2007"
ekonomi = "2007..2007"
granskning = "2023..2023"

[[deliverers]]
code = "24"
name = "Skärholmen"
kind = "district"
base_url = "file://{dir}/24"

[[deliverers]]
code = "stad"
name = "Staden"
kind = "central"
base_url = "file://{dir}/stad"
"#;

/// A campaign of made-up figures, with every separator of thousands and every way of having no figure.
const REVIEW: &str = "table_id;table_title;category;district;count;n
T08;Samverkan;Ja;Skärholmen;1\u{a0}234;2\u{202f}000
T08;Samverkan;Nej;Skärholmen;300;2\u{2009}000
T08;Samverkan;Ej aktuellt;Skärholmen;466;2 000
T08;Samverkan;Ja;Norrmalm;..;24
T08;Samverkan;Nej;Norrmalm;7;24
T08;Samverkan;Ej aktuellt;Norrmalm;-;24
T12;Skola;Barnet går ej i förskola/skola;Norrmalm;.;24
T14;Situation;Ja;Norrmalm;5;24
T14;Situation;Nej;Norrmalm;19;24
T15;Insats;Ja;Norrmalm;;24
T15;Insats;Nej;Norrmalm;3;..
";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_is_neither_zero_nor_left_out_of_a_base() {
    let mut night = Bench::new(DELIVERERS).await;
    let rejected: Vec<Row> = ["E1", "E2", "E3"]
        .map(|id| row(("24", 2007), id, "199712222398", "2007-05-01").by("..", "dold av avsändaren").rejected(&[]))
        .into();
    night.extract("24/anmalningar_2007.csv", file(&COLUMNS, &rejected.iter().collect::<Vec<_>>(), PLAIN));
    night.extract("stad/granskning_2023.csv", REVIEW);
    let report = night.run().await;
    assert_eq!(report.gate.findings, Vec::<String>::new());
    let found: Vec<(Outcome, i64, i64)> = report
        .slices
        .iter()
        .filter(|slice| slice.outcome != Outcome::None)
        .map(|slice| (slice.outcome, slice.tally.rows_loaded, slice.tally.rows_quarantined))
        .collect();
    assert_eq!(found, [(Outcome::LoadedWithQuarantine, 0, 3), (Outcome::Loaded, 11, 0)]);

    let session = night.database.analyst().await;
    let quality = "select field, fill_rate, unmapped, rejected_share, complete from mart.data_quality
        where dataset = 'anmalningar' and field in ('anmalare', 'typ')";
    let expected = ["anmalare|∅|0|1.000000|t", "typ|∅|0|0.000000|t"].map(str::to_owned);
    assert_equal("data_quality of a file without a sound row", &rows(&session, quality).await, expected.into());
    let rate = "select level, intakes, children, population_0_17, intakes_per_1000, complete from mart.anmalan_rate
        where org_generation = 14 and (level = 'city' or district = 'Skärholmen')";
    let expected = ["city|0|0|∅|∅|f", "district|0|0|∅|∅|f"].map(str::to_owned);
    assert_equal("no sound row is none, not unknown", &rows(&session, rate).await, expected.into());

    let marks = "select review_variable_key > 0, count, count_status, n, n_status from asof.fact_review
        where count_status is not null or n_status is not null";
    let expected =
        ["t|0|nil|24|∅", "t|3|∅|∅|suppressed", "t|∅|not_applicable|24|∅", "t|∅|suppressed|24|∅", "t|∅|unknown|24|∅"];
    assert_equal("marks of the review", &rows(&session, marks).await, expected.map(str::to_owned).into());
    let review = "select coalesce(district, level), table_id, category, count, n, base, share, base_rule, share_of_all
        from mart.review where org_generation = 14";
    let expected = [
        "Skärholmen|T08|Ja|1234|2000|1534|0.804433|ja_nej|0.617000",
        "Skärholmen|T08|Nej|300|2000|1534|0.195567|ja_nej|0.150000",
        "Skärholmen|T08|Ej aktuellt|466|2000|2000|0.233000|all|0.233000",
        "Norrmalm|T08|Ja|∅|24|∅|∅|ja_nej|∅",
        "Norrmalm|T08|Nej|7|24|∅|∅|ja_nej|0.291667",
        "Norrmalm|T08|Ej aktuellt|0|24|24|0.000000|all|0.000000",
        "Norrmalm|T12|Barnet går ej i förskola/skola|∅|24|24|∅|all|∅",
        "Norrmalm|T14|Ja|5|24|∅|∅|attends|0.208333",
        "Norrmalm|T14|Nej|19|24|∅|∅|attends|0.791667",
        "Norrmalm|T15|Ja|∅|24|24|∅|all|∅",
        "Norrmalm|T15|Nej|3|∅|∅|∅|all|∅",
        // A sum that lacks a withheld figure has no share.
        "city|T08|Ja|1234|2024|∅|∅|ja_nej|∅",
        "city|T08|Nej|307|2024|∅|∅|ja_nej|0.151680",
        "city|T08|Ej aktuellt|466|2024|2024|0.230237|all|0.230237",
        "city|T12|Barnet går ej i förskola/skola|∅|24|24|∅|all|∅",
        "city|T14|Ja|5|24|∅|∅|attends|0.208333",
        "city|T14|Nej|19|24|∅|∅|attends|0.791667",
        "city|T15|Ja|∅|24|24|∅|all|∅",
        "city|T15|Nej|3|∅|∅|∅|all|∅",
    ];
    assert_equal("review", &rows(&session, review).await, expected.map(str::to_owned).into());
    check_conventions(&night).await;
}

/// The four members of every dimension, the types of every mart, and the clocks of every fact.
async fn check_conventions(night: &Bench) {
    let session = night.database.loader().await;
    let tables = rows(
        &session,
        "select c.table_name from information_schema.columns as c
         join information_schema.columns as l using (table_schema, table_name)
         where c.table_schema = 'core' and c.table_name like 'dim\\_%' and c.column_name = 'code' and l.column_name = 'label'",
    )
    .await;
    assert!(tables.len() >= 12, "{tables:?}");
    for table in tables {
        let key = format!("{}_key", table.trim_start_matches("dim_"));
        let members = rows(&session, &format!("select {key}, label from core.{table} where {key} <= 0")).await;
        let expected = ["0|okänd", "-1|ej tillämpligt", "-2|ej levererad", "-3|dold av avsändaren"];
        assert_equal(&table, &members, expected.map(str::to_owned).into());
    }
    let odd = "select table_name, column_name, format_type(a.atttypid, a.atttypmod)
        from information_schema.columns as c
        join pg_attribute as a on a.attrelid = format('mart.%I', c.table_name)::regclass and a.attname = c.column_name
        where c.table_schema = 'mart' and format_type(a.atttypid, a.atttypmod) <> case
            when column_name ~ '_sek$' then 'numeric(14,2)'
            when column_name ~ '_per_1000$' then 'numeric(12,4)'
            when column_name ~ '(^share|share$|_pct$|_rate$|_growth_)' or column_name ~ '^resource' then 'numeric(9,6)'
            when column_name ~ '(^|_)(intakes|children|population|count|n|base|unmapped|decided|opened|undecided|started|concluded|open|months|leavers|competent)(_|$)' and column_name !~ '(rule|rate|share|_per_)' then 'bigint'
            else format_type(a.atttypid, a.atttypmod) end";
    assert_equal("types of marts", &rows(&session, odd).await, Vec::new());
    let begin = "select table_name, string_agg(column_name, ' ' order by ordinal_position)
        from information_schema.columns where table_schema = 'mart'
            and column_name in ('org_generation', 'level', 'district_code', 'district', 'year', 'complete') group by 1
        having string_agg(column_name, ' ' order by ordinal_position) <> 'org_generation level district_code district year complete'";
    assert_equal("marts that begin or end otherwise", &rows(&session, begin).await, Vec::new());
}
