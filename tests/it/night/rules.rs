//! Rules and code lists that change: what was landed follows by itself.

use buss::plan::{Action, Origin, Why};

use super::change::{SKARHOLMEN, reports};
use crate::bench::Bench;

const FILE: &str = "24/anmalningar_2007.csv";

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_rule_is_applied_to_what_was_landed() {
    let mut night = Bench::new(SKARHOLMEN).await;
    let without_date =
        "A90;200002292399;;;Nej;2007-05-01;Anmälan;Skola;VINR;2007-05-02;Utredning inleds;;11:1;U90;24\n";
    night.extract(FILE, reports(0, 5) + without_date);
    let first = night.run().await;
    assert_eq!(first.slices[0].tally.rows_loaded, 6, "a missing date is a warning: {first:#?}");

    night.vanish(FILE);
    let own = Bench::own("pipelines/anmalningar.toml");
    let stricter = own.replace("id = \"ANM-004\"\nseverity = \"warn\"", "id = \"ANM-004\"\nseverity = \"reject\"");
    assert_ne!(own, stricter);
    night.overlay("pipelines/anmalningar.toml", &stricter);
    let second = night.run().await;
    let slice = &second.slices[0];
    assert_eq!((slice.step.action, slice.step.why), (Action::Load(Origin::Landing), Why::RulesChanged));
    assert_eq!((slice.tally.rows_closed, slice.tally.rows_unchanged, slice.tally.rows_quarantined), (1, 5, 1));
    assert_eq!(night.run().await.slices[0].step.why, Why::Missing, "once is enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_mapped_later_heals_its_inferred_member() {
    let mut night = Bench::new(SKARHOLMEN).await;
    night.extract(FILE, reports(0, 5).replace(";VINR;", ";NYORSAK;"));
    let first = night.run().await;
    assert_eq!(first.slices[0].tally.rows_loaded, 5, "{first:#?}");
    let member = "select r.inferred::text || ' ' || r.label from core.dim_intake_reason as r where r.code = 'NYORSAK'";
    assert_eq!(night.figure(member).await, "true NYORSAK");

    let list = Bench::own("config/intake_reasons.csv");
    let known = list.lines().find(|line| line.starts_with("VINR")).expect("a code of the list");
    night.overlay(
        "reference/intake_reasons.csv",
        &format!("{}\n{}\n", list.trim_end(), known.replace("VINR", "NYORSAK")),
    );
    let second = night.run().await;
    assert_eq!(second.slices[0].step.why, Why::RulesChanged);
    assert!(night.figure(member).await.starts_with("false "), "{}", night.figure(member).await);
    assert_eq!(night.figure("select count(*) from ops.quarantine where closed_by is null").await, "0");
}
