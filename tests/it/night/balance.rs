//! Rejected rows: every reason with its place and no value; rows and money balance; corrections close what was open.

use super::change::{SKARHOLMEN, reports};
use crate::bench::Bench;

const FILE: &str = "24/anmalningar_2007.csv";

/// Rows read are all accounted for, in every delivery and for money too.
const UNBALANCED: &str = "
    select count(*) from ops.delivery as d
    where d.outcome not in ('held', 'refused') and (
        d.rows_read <> d.rows_loaded + d.rows_unchanged + d.rows_quarantined + d.rows_duplicate + d.rows_merged
            + d.rows_control + d.rows_out_of_scope
        or d.amount_read <> d.amount_loaded + d.amount_unchanged + d.amount_quarantined + d.amount_duplicate
            + d.amount_control + d.amount_out_of_scope)";

/// Three good rows of which the second spans two lines, then a row with every kind of fault.
fn faulty() -> String {
    let good = reports(0, 3).replace("A1;", "\"A\n1\";");
    let typed = "F1;200002292399;Kanske;;Nej;2007-13-01;Rykte;Skola;VINR;igår;Utredning inleds;2007-04-02;11:1;U1;24\n";
    let ordered = "F2;200001012384;;;Nej;2007-05-10;Anmälan;;VINR;2007-05-09;Utredning inleds;2007-05-01;11:1;U2;24\n";
    let ragged = "F3;200001022391;;;Nej\n";
    let number = "F4;200001032383;;;Nej;2008-05-10;Anmälan;Skola;VINR;;;;11:1;;24\n";
    format!("{good}{typed}{ordered}{ragged}{number}")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reason_of_a_row_is_told_with_its_place_and_no_value() {
    let mut night = Bench::new(SKARHOLMEN).await;
    night.extract(FILE, faulty());
    let report = night.run().await;
    let slice = &report.slices[0];
    assert_eq!(
        (slice.tally.rows_read, slice.tally.rows_loaded, slice.tally.rows_quarantined),
        (7, 3, 4),
        "{report:#?}"
    );
    let reasons = night
        .figure(
            "select string_agg(format('%s:%s %s %s [%s]', q.record, q.line, q.rule, q.column_name, q.class), E'\\n'
                 order by q.record, q.rule, q.column_name)
             from ops.quarantine as q where q.severity = 'reject'",
        )
        .await;
    insta::assert_snapshot!(reasons);
    assert_eq!(night.figure(UNBALANCED).await, "0");
    assert_eq!(night.figure("select count(*) from ops.control where not passed").await, "0");
    assert_ne!(
        night.figure("select count(*) from ops.control where name in ('rows_balance', 'money_balance')").await,
        "0"
    );

    night.extract(FILE, reports(0, 7));
    let corrected = night.run().await;
    assert_eq!(corrected.slices[0].tally.rows_quarantined, 0);
    assert_eq!(night.figure("select count(*) from ops.quarantine where closed_by is null").await, "0");
    assert_eq!(night.figure(UNBALANCED).await, "0");
}
