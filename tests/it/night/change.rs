//! What a second night changes.

use buss::model::Outcome;

use crate::bench::Bench;

pub const SKARHOLMEN: &str = r#"
[coverage]
utredningar = "none"
insatser = "none"
personal = "none"
anmalningar = "2007..2007"
befolkning = "2007..2007"
ekonomi = "2007..2007"
granskning = "2022..2022"

[[deliverers]]
code = "24"
name = "Skärholmen"
kind = "district"
base_url = "file://{dir}/24"
"#;

/// Ten reports of official test numbers; `changed` gives other decisions to the first, `left` of them stand there.
pub fn reports(changed: usize, left: usize) -> String {
    const CHILDREN: [&str; 10] = [
        "200002292399",
        "200001012384",
        "200001022391",
        "200001032382",
        "200001042399",
        "200001052380",
        "200001062397",
        "200001072388",
        "200001082395",
        "200001092386",
    ];
    let mut csv =
        "Anmälan-id;Personnummer;Ofött barn;Kön;Skyddad identitet;Inkom;Typ;Anmälare;Orsak;Skyddsbedömning;Beslut;\
                   Beslutsdatum;Lagrum;Utredning-id;Stadsdel\n"
            .to_owned();
    for (number, child) in CHILDREN.iter().enumerate().take(left) {
        let decision = if number < changed { "Utredning inleds ej" } else { "Utredning inleds" };
        csv += &format!(
            "A{number};{child};;;Nej;2007-03-{:02};Anmälan;Skola;VINR;2007-04-01;{decision};2007-04-02;11:1;U{number};24\n",
            number + 1
        );
    }
    csv
}

const INTAKES: &str =
    "select sum(r.intakes) from mart.anmalan_rate as r where r.level = 'city' and r.org_generation = 14";
const OPENED: &str = "
    select count(*) from asof.fact_anmalan as f
    join asof.dim_decision_outcome as d on d.decision_outcome_key = f.decision_outcome_key
    where d.code = 'Utredning inleds'";

#[tokio::test(flavor = "multi_thread")]
async fn three_changed_rows_and_one_vanished_are_four_closings_and_three_versions() {
    let mut night = Bench::new(SKARHOLMEN).await;
    night.extract("24/anmalningar_2007.csv", reports(0, 10));
    let first = night.run().await;
    let loaded = &first.slices[0];
    assert_eq!((loaded.outcome, loaded.tally.rows_loaded), (Outcome::Loaded, 10), "{first:#?}");

    night.extract("24/anmalningar_2007.csv", reports(3, 9));
    let second = night.run().await;
    let changed = &second.slices[0];
    assert_eq!((changed.tally.rows_loaded, changed.tally.rows_unchanged, changed.tally.rows_closed), (3, 6, 4));
    assert_eq!(night.figure("select count(*) from core.fact_anmalan where known_to is null").await, "9");
    assert_eq!(night.figure("select count(*) from core.fact_anmalan where known_to is not null").await, "4");

    let before = Some(first.known_at);
    assert_eq!((night.seen(INTAKES, before).await, night.seen(INTAKES, None).await), ("10".into(), "9".into()));
    assert_eq!((night.seen(OPENED, before).await, night.seen(OPENED, None).await), ("10".into(), "6".into()));
}
