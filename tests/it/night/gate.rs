//! A night that the gate refuses: readers keep what they had, and the next good night publishes.

use super::change::{SKARHOLMEN, reports};
use crate::bench::Bench;

const FILE: &str = "24/anmalningar_2007.csv";
const INTAKES: &str =
    "select sum(r.intakes) from mart.anmalan_rate as r where r.level = 'city' and r.org_generation = 14";

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_night_leaves_what_was_published() {
    let mut night = Bench::new(SKARHOLMEN).await;
    night.extract(FILE, reports(0, 10));
    night.run().await;
    let published = night.snapshots();

    let audit = |limit: u8| {
        format!(
            "-- purpose: a limit that some night breaks\n-- severity: stop\n-- grain:   night\n-- inputs:  asof.fact_anmalan\n\
             select count(*) from asof.fact_anmalan as f having count(*) < {limit}\n"
        )
    };
    night.overlay("sql/audit/too_few.sql", &audit(10));
    night.extract(FILE, reports(0, 7));
    let refused = night.run().await;
    assert_eq!((refused.exit_code, refused.gate.passed), (4, false));
    assert!(refused.publication.is_none());
    assert!(
        refused.gate.findings.iter().any(|finding| finding.contains("audit.too_few")),
        "{:?}",
        refused.gate.findings
    );
    assert_eq!(night.snapshots(), published);
    assert_eq!(night.seen(INTAKES, None).await, "10", "stale beats wrong");
    assert_eq!(night.figure("select count(*) from asof.fact_anmalan").await, "7", "core runs ahead of the gate");
    assert_eq!(night.run().await.exit_code, 4, "nothing has changed, and it still does not hold");

    night.overlay("sql/audit/too_few.sql", &audit(3));
    let good = night.run().await;
    assert!(good.publication.is_some_and(|publication| publication.is_new));
    assert_eq!(night.seen(INTAKES, None).await, "7");
    assert_eq!(night.snapshots().0.len(), 2);
}
