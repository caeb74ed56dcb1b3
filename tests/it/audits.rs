//! Audits across slices: each holds over a chain without fault, and finds its own fault.

use buss::{pipeline::Assets, publish, warehouse::Session};

use crate::postgres::Database;

/// What breaks the chain, and the audits that find it.
const FAULTS: &[(&str, &[&str])] = &[
    (
        "update core.fact_anmalan set utredning_id = 19 where anmalan_id = 2",
        &["intake_of_undelivered_investigation", "investigation_without_intake"],
    ),
    ("update core.fact_insats set utredning_id = 19", &["insats_of_undelivered_investigation"]),
    ("delete from core.fact_anmalan where anmalan_id = 2", &["investigation_without_intake"]),
    (
        "update core.fact_utredning set start_date = '2007-04-05' where utredning_id = 11",
        &["investigation_far_from_decision"],
    ),
    (
        "update core.fact_utredning set start_date = '2007-02-28' where utredning_id = 11",
        &["investigation_far_from_decision"],
    ),
    (
        "update core.fact_utredning set end_date = '2007-07-07' where utredning_id = 11",
        &["investigation_soon_after_another"],
    ),
    (
        "update core.fact_utredning set utredning_result_key =
         (select utredning_result_key from core.dim_utredning_result where code = 'Ingen insats') where utredning_id = 11",
        &["insats_against_result"],
    ),
    ("update core.fact_insats set start_date = null, start_date_status = 'unknown'", &["insats_not_started"]),
    (
        "insert into core.fact_utredning select utredning_id, child_key, start_date, due_date, statutory_limit_key, extended_to,
             extended_to_status, end_date, end_date_status, days_open, district_key, legal_basis_key, utredning_result_key,
             remaining_concern, remaining_concern_status, age_key,
             (select slice_id from ops.slice where dataset = 'utredningar' and deliverer = '15'), period_year, load_id, known_from,
             known_to, row_hash
         from core.fact_utredning where utredning_id = 12",
        &["investigation_in_two_slices"],
    ),
    (
        "insert into core.fact_insats select insats_id, child_key, decision_date, start_date, start_date_status, end_date,
             end_date_status, district_key, insats_category_key, legal_basis_key, contract_form_key, provider_key, age_key,
             utredning_id, utredning_id_status, (select slice_id from ops.slice where dataset = 'insatser' and deliverer = '15'),
             period_year, load_id, known_from, known_to, row_hash
         from core.fact_insats",
        &["insats_in_two_slices"],
    ),
    ("update core.fact_personnel set fte = 0.5001", &["employee_over_full_time"]),
    ("update core.fact_placering set end_date = '2007-09-11' where placering_id = 41", &["placements_overlap"]),
    (
        "update core.fact_placering set end_date = null where placering_id = 42;
         update core.dim_child set birth_year = 1986",
        &["placement_of_an_adult"],
    ),
    ("update core.fact_visit set placering_id = 49", &["visit_of_undelivered_placement"]),
    ("update core.fact_reimbursement set month = '2007-10-01'", &["reimbursement_without_placement"]),
    ("update core.fact_reimbursement set placering_id = 49", &["reimbursement_without_placement"]),
];

/// The chain, with the views installed.
async fn chain() -> (Database, Session, Assets) {
    let database = Database::fresh().await;
    let mut session = database.loader().await;
    let assets = Assets::load(&database.settings.paths).expect("embedded files");
    publish::marts::install(&mut session, &assets.sql).await.expect("views");
    session.batch_execute(include_str!("audits/chain.sql")).await.expect("the chain");
    (database, session, assets)
}

/// The audits that have findings.
async fn found(session: &Session, assets: &Assets) -> Vec<String> {
    let mut found = Vec::new();
    for (path, audit) in assets.sql.under("audit") {
        let rows = session.query(audit, &[]).await.unwrap_or_else(|error| panic!("{path}: {error}"));
        if !rows.is_empty() {
            found.push(path.trim_start_matches("audit/").trim_end_matches(".sql").to_owned());
        }
    }
    found
}

#[tokio::test]
async fn each_fault_of_the_chain_is_found_by_its_audits_alone() {
    let (_database, session, assets) = chain().await;
    assert_eq!(found(&session, &assets).await, Vec::<String>::new());
    for (fault, audits) in FAULTS {
        session.batch_execute("begin").await.expect("a transaction");
        session.batch_execute(fault).await.unwrap_or_else(|error| panic!("{fault}: {error}"));
        assert_eq!(found(&session, &assets).await, *audits, "{fault}");
        session.batch_execute("rollback").await.expect("the chain as it was");
    }
}

#[tokio::test]
async fn a_reference_to_a_year_that_nobody_delivered_is_missing_and_not_dangling() {
    let (_database, session, assets) = chain().await;
    let faults = "
        delete from core.fact_utredning;
        delete from core.dim_load where dataset = 'utredningar'";
    session.batch_execute(faults).await.expect("no investigations");
    assert_eq!(found(&session, &assets).await, Vec::<String>::new());
}
