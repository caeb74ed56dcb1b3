//! The bundle in the ledger and in the star.

use super::{
    Rows,
    figures::{assert_equal, kronor, rows},
    ledgers,
    marts::Bundle,
    places,
    rows::Fate,
};
use crate::bench::Bench;

/// The balance of every file: read, loaded, quarantined, copies, merged, control, out of scope, and money.
pub async fn check_counts(night: &Bench, sent: &Rows) {
    let session = night.database.loader().await;
    let counts = "select s.dataset, s.deliverer, s.period, d.rows_read, d.rows_loaded + d.rows_unchanged, d.rows_quarantined, d.rows_duplicate,
        d.rows_merged, d.rows_control, d.rows_out_of_scope, d.amount_read, d.amount_loaded + d.amount_unchanged, d.amount_control, d.amount_out_of_scope
        from ops.delivery as d join ops.slice as s using (slice_id) where d.is_current";
    let mut expected = vec![
        "befolkning|stad|2006|324|179|1|0|0|144|0|0.00|0.00|0.00|0.00".to_owned(),
        "befolkning|stad|2007|140|140|0|0|0|0|0|0.00|0.00|0.00|0.00".to_owned(),
        "granskning|stad|2022|376|231|0|0|0|145|0|0.00|0.00|0.00|0.00".to_owned(),
    ];
    for (code, year) in places::slices() {
        for (dataset, rows) in sent.by_dataset() {
            let own = |fate: Fate| rows.iter().filter(|it| it.slice == (code, year) && it.fate == fate).count();
            let [loaded, rejected, copies] = [Fate::Loaded, Fate::Rejected, Fate::Copy].map(own);
            let read = loaded + rejected + copies;
            let counts = format!("{read}|{loaded}|{rejected}|{copies}|0|0|0");
            expected.push(format!("{dataset}|{code}|{year}|{counts}|0.00|0.00|0.00|0.00"));
        }
    }
    for ledger in ledgers::all() {
        let ([read, merged, control, out_of_scope], (code, year)) = (ledger.counts, ledger.slice);
        let sum: i128 = ledger.booked.iter().map(|fact| fact.ore).sum();
        let money = [sum + ledger.money[0] + ledger.money[1], sum, ledger.money[0], ledger.money[1]].map(kronor);
        let loaded = ledger.booked.len();
        expected.push(format!(
            "ekonomi|{code}|{year}|{read}|{loaded}|0|0|{merged}|{control}|{out_of_scope}|{}",
            money.join("|")
        ));
    }
    assert_equal("ledger", &rows(&session, counts).await, expected);
}

/// Every reason of every rejected row, at its place.
pub async fn check_reasons(night: &Bench, sent: &Rows) {
    let session = night.database.loader().await;
    let reasons = "select s.dataset, s.deliverer, s.period, q.record, q.rule from ops.quarantine as q
        join ops.delivery as d using (delivery_id) join ops.slice as s using (slice_id)
        where d.is_current and q.severity = 'reject' and s.deliverer <> 'stad'";
    let mut expected = Vec::new();
    for (dataset, rows) in sent.by_dataset() {
        for slice in places::slices() {
            for (row, record) in rows.iter().filter(|row| row.slice == slice).zip(1..) {
                let rule = |reason: &str| match reason.split_once('.') {
                    Some(_) => format!("{dataset}.{reason}"),
                    None => reason.to_owned(),
                };
                let place = format!("{dataset}|{}|{}|{record}", slice.0, slice.1);
                expected.extend(row.reasons.iter().map(|reason| format!("{place}|{}", rule(reason))));
            }
        }
    }
    assert_equal("quarantine", &rows(&session, reasons).await, expected);
    let empty = "select s.dataset, s.deliverer, s.period, q.severity from ops.quarantine as q
        join ops.delivery as d using (delivery_id) join ops.slice as s using (slice_id)
        where d.is_current and q.rule like '%.file.no_rows'";
    let expected = ["anmalningar|03|2006|warn", "insatser|04|2007|warn", "utredningar|03|2007|warn"].map(str::to_owned);
    assert_equal("files with a header only", &rows(&session, empty).await, expected.into());
}

/// What stands in the star: every fact of the ledgers, and every form of a child and a code.
pub async fn check_facts(night: &Bench, bundle: &Bundle<'_>) {
    let session = night.database.analyst().await;
    let cost = "select d.name, f.month, a.code, s.code, f.amount_sek from asof.fact_cost_budget as f
        join asof.dim_district as d using (district_key) join asof.dim_account as a using (account_key)
        join asof.dim_scenario as s using (scenario_key)";
    assert_equal("fact_cost_budget", &rows(&session, cost).await, bundle.facts());
    let areas = "select code, cost_type, area from asof.dim_account where inferred";
    let unknown = ["4990/410", "5010/", "7590/"].map(|code| format!("{code}|unknown|unknown"));
    assert_equal("inferred accounts", &rows(&session, areas).await, unknown.into());
    let people = "select f.persons_status, f.persons, count(*) from asof.fact_population as f
        where f.persons_status is not null group by 1, 2";
    let marked = ["nil|0|1", "suppressed|∅|1", "unknown|∅|1"].map(str::to_owned);
    assert_equal("marks of the population", &rows(&session, people).await, marked.into());

    let intake = "select f.received_date, t.label, c.sex, c.birth_year, c.birth_month, a.label, c.unborn
        from asof.fact_anmalan as f join asof.dim_district as d using (district_key) join asof.dim_child as c using (child_key)
        join asof.dim_age as a using (age_key) join asof.dim_intake_type as t using (intake_type_key) where d.name = 'Rinkeby'";
    let children = [
        "2006-01-01|Anmälan|flicka|2000|1|6|f",
        "2006-01-01|Anmälan|pojke|1996|11|9|f",
        "2006-03-20|Anmälan|pojke|2000|3|5|f",
        "2006-04-02|Anmälan|flicka|1990|4|15|f",
        "2006-05-06|Anmälan|pojke|2005|5|1|f",
        "2006-06-01|Anmälan|pojke|1990|∅|16|f",
        "2006-06-02|Anmälan|pojke|1990|8|16|f",
        "2006-06-04|Anmälan|flicka|1987|1|19|f",
        "2006-07-01|Anmälan|flicka|∅|∅|ofödd|t",
        "2006-07-02|Anmälan|∅|∅|∅|ofödd|t",
        "2006-07-03|Anmälan|flicka|∅|∅|ofödd|t",
        "2006-08-03|Anmälan|pojke|2001|12|4|f",
        "2006-11-30|Anmälan|flicka|1996|11|9|f",
        "2006-12-31|Anmälan|pojke|1986|1|20|f",
    ];
    assert_equal("Rinkeby's children", &rows(&session, intake).await, children.map(str::to_owned).into());
    let codes = "select f.received_date, t.label, r.label, o.label, l.label, g.label, f.protection_assessment_date,
        f.protection_assessment_date_status, f.decision_date, f.decision_date_status, f.utredning_id_status,
        (select string_agg(n.label, '+' order by n.label) from asof.bridge_anmalan_reason as b
         join asof.dim_intake_reason as n using (intake_reason_key) where b.intake_reason_group_key = f.intake_reason_group_key)
        from asof.fact_anmalan as f join asof.dim_district as d using (district_key)
        join asof.dim_intake_type as t using (intake_type_key) join asof.dim_reporter_category as r using (reporter_category_key)
        join asof.dim_decision_outcome as o using (decision_outcome_key) join asof.dim_legal_basis as l using (legal_basis_key)
        join asof.dim_intake_reason_group as g using (intake_reason_group_key) where d.name = 'Kista'";
    let kista = [
        "2006-02-01|Anmälan|Förskola|Utredning inleds ej|11:1|VINR, Våld mot barn|2006-02-01|∅|2006-02-02|∅|unknown|VINR+Våld mot barn",
        "2006-02-02|Ansökan|dold av avsändaren|dold av avsändaren|okänd|dold av avsändaren|∅|unknown|∅|unknown|unknown|dold av avsändaren",
        "2006-02-03|Ansökan|ej tillämpligt|ej tillämpligt|ej tillämpligt|okänd|∅|unknown|∅|unknown|unknown|okänd",
        "2006-02-04|Begäran om yttrande|okänd|Ej beslutad|okänd|okänd|∅|not_applicable|∅|suppressed|unknown|okänd",
        "2006-02-05|Ansökan|Tandvård|Ej beslutad|okänd|okänd|∅|unknown|∅|unknown|unknown|okänd",
        "2006-02-06|Anmälan|Skola|Vilande|14:1|Annat, Skolk|∅|unknown|∅|unknown|unknown|Annat+Skolk",
        "2006-02-07|Anmälan|Skola|Ej beslutad|okänd|okänd|∅|unknown|∅|unknown|∅|okänd",
        "2006-02-08|Anmälan|Skola|Ej beslutad|okänd|okänd|∅|unknown|∅|unknown|unknown|okänd",
        "2006-02-09|Anmälan|Skola|Pågår redan|okänd|okänd|∅|unknown|∅|unknown|unknown|okänd",
    ];
    assert_equal("Kista's codes", &rows(&session, codes).await, kista.map(str::to_owned).into());
    // One unborn child of U-1 in both districts, who became one.
    let unborn = "select count(*), count(distinct f.child_key) from asof.fact_anmalan as f
        join asof.dim_child as c using (child_key) where c.unborn";
    assert_equal("unborn", &rows(&session, unborn).await, vec!["5|2".to_owned()]);
}
