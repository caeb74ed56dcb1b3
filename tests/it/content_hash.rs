//! The content hash: equal where the content is, whatever the keys, instants and orphans.

use buss::{
    pipeline::Declarations,
    warehouse::{content_hash, reference},
};

use crate::postgres::Database;

/// A database with reference data and two intakes; `gap` shifts all surrogates, as an aborted load does.
async fn with_intakes(gap: i32) -> (Database, Declarations) {
    let database = Database::fresh().await;
    let declarations = Declarations::load(&database.settings).expect("declarations");
    let mut loader = database.loader().await;
    let orphans = format!(
        "insert into core.dim_intake_type (code, label, inferred) select 'orphan ' || n, 'x', true from generate_series(1, {gap}) as n;
         insert into core.identity (kind, pseudonym) select 'child', decode(lpad(n::text, 32, 'f'), 'hex') from generate_series(1, {gap}) as n;"
    );
    loader.batch_execute(&orphans).await.expect("orphans");
    reference::sync(&mut loader, &declarations.reference, &declarations.pipelines).await.expect("reference data");
    let intakes = format!(
        "create table core.fact_anmalan_2007 partition of core.fact_anmalan for values in (2007);
         insert into ops.slice (deliverer, dataset, period) values ('24', 'anmalningar', '2007');
         insert into core.identity (kind, pseudonym) values ('case', decode(repeat('01', 16), 'hex')), ('child', decode(repeat('02', 16), 'hex'));
         insert into core.dim_child (child_key, sex, birth_year)
         select key, 'flicka', 1999 from core.identity where pseudonym = decode(repeat('02', 16), 'hex');
         insert into core.fact_anmalan
         select a.key, c.key, date '2007-03-01', d.district_key, t.intake_type_key, 0, 0, g.age_key, null, 'unknown', 0, null, 'unknown', 0, null,
             'unknown', s.slice_id, 2007, 7 + {gap}, now(), null, '\\x00'
         from core.identity as a, core.identity as c, core.dim_district as d, core.dim_intake_type as t, core.dim_age as g, ops.slice as s
         where a.pseudonym = decode(repeat('01', 16), 'hex') and c.pseudonym = decode(repeat('02', 16), 'hex')
             and d.code = '24@1999-01-01' and t.code = 'Anmälan' and g.code = '8'"
    );
    loader.batch_execute(&intakes).await.expect("intakes");
    (database, declarations)
}

async fn hashes(database: &Database, declarations: &Declarations) -> Vec<(String, String)> {
    content_hash(&mut database.loader().await, &declarations.pipelines).await.expect("hashes")
}

#[tokio::test]
async fn keys_and_orphans_do_not_matter() {
    let (one, declarations) = with_intakes(0).await;
    let (other, _) = with_intakes(5).await;
    let first = hashes(&one, &declarations).await;
    assert_eq!(first, hashes(&other, &declarations).await);
    assert_eq!(first.last().map(|(table, _)| table.as_str()), Some("all"));
    assert!(first.iter().any(|(table, _)| table == "core.fact_anmalan"), "{first:?}");
}

#[tokio::test]
async fn every_difference_of_content_shows_in_its_table_and_in_all() {
    let (database, declarations) = with_intakes(0).await;
    let loader = database.loader().await;
    let mut before = hashes(&database, &declarations).await;
    for (table, change) in [
        ("core.fact_anmalan", "update core.fact_anmalan set received_date = received_date + 1"),
        ("core.fact_anmalan", "update core.fact_anmalan set decision_date_status = null"),
        ("core.fact_anmalan", "update core.fact_anmalan set district_key = 0"),
        ("core.fact_anmalan", "update core.fact_anmalan set known_to = now()"),
        ("core.fact_anmalan", "insert into core.fact_anmalan select * from core.fact_anmalan"),
        ("core.dim_child", "update core.dim_child set protected = true"),
        ("core.dim_account", "update core.dim_account set area = 'x' where code = '5010/410'"),
        (
            "mart.anmalan_rate",
            "insert into mart_store.anmalan_rate (org_generation, level, year, complete) values (14, 'city', 2007, true)",
        ),
    ] {
        loader.batch_execute(change).await.expect(change);
        let after = hashes(&database, &declarations).await;
        let differing: Vec<&str> =
            before.iter().zip(&after).filter(|(b, a)| b != a).map(|(b, _)| b.0.as_str()).collect();
        assert_eq!(differing, [table, "all"], "{change}");
        before = after;
    }
}
