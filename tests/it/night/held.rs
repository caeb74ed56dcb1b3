//! Files that wait for a word: far fewer rows than before, or none.

use buss::{
    history,
    model::{LoadId, Outcome},
    plan::Why,
};

use super::change::SKARHOLMEN;
use crate::bench::Bench;

const FILE: &str = "24/anmalningar_2007.csv";
const CURRENT: &str = "select count(*) from core.fact_anmalan where known_to is null";

/// Reports without a child's number: unborn children, as many as wanted.
fn unborn(rows: usize) -> String {
    let mut csv = super::change::reports(0, 0);
    for number in 0..rows {
        csv += &format!("A{number};;Ja;;Nej;2007-03-01;Anmälan;Skola;VINR;;;;11:1;;24\n");
    }
    csv
}

async fn held(night: &Bench) -> i64 {
    let id = night.figure("select max(delivery_id) from ops.delivery where outcome = 'held'").await;
    id.parse().expect("a held delivery")
}

async fn with_twenty() -> Bench {
    let mut night = Bench::new(SKARHOLMEN).await;
    night.extract(FILE, unborn(20));
    assert_eq!(night.run().await.slices[0].tally.rows_loaded, 20);
    night
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_than_half_the_rows_wait_for_approval() {
    let mut night = with_twenty().await;
    night.extract(FILE, unborn(9));
    let second = night.run().await;
    assert_eq!((second.slices[0].outcome, second.exit_code), (Outcome::Held, 3));
    assert_eq!(second.slices[0].reasons, ["RUN-004"]);
    assert_eq!(night.figure(CURRENT).await, "20");
    let third = night.run().await;
    assert_eq!((third.slices[0].step.why, third.slices[0].outcome), (Why::AlreadyHeld, Outcome::Held));
    assert_eq!(third.slices[0].reasons, ["RUN-004"]);

    history::approve(&night.database.loader().await, LoadId(held(&night).await), "anna").await.expect("held");
    let fourth = night.run().await;
    assert_eq!((fourth.slices[0].step.why, fourth.slices[0].outcome), (Why::Approved, Outcome::Loaded));
    assert_eq!(night.figure(CURRENT).await, "9");
    assert_eq!(night.run().await.slices[0].step.why, Why::Unchanged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_file_stays_out_and_a_better_one_takes_its_place() {
    let mut night = with_twenty().await;
    night.extract(FILE, unborn(0));
    let second = night.run().await;
    assert_eq!((second.slices[0].outcome, &second.slices[0].reasons[..]), (Outcome::Held, &["RUN-005".to_owned()][..]));
    history::reject(&night.database.loader().await, LoadId(held(&night).await), "anna").await.expect("held");
    let third = night.run().await;
    assert_eq!((third.slices[0].step.why, third.slices[0].outcome), (Why::AlreadyRefused, Outcome::Refused));
    assert_eq!(night.figure(CURRENT).await, "20");

    night.extract(FILE, unborn(8));
    assert_eq!(night.run().await.slices[0].outcome, Outcome::Held);
    let waiting = held(&night).await;
    night.extract(FILE, unborn(21));
    assert_eq!(night.run().await.slices[0].outcome, Outcome::Loaded);
    assert_eq!(night.figure(CURRENT).await, "21");
    let late = history::approve(&night.database.loader().await, LoadId(waiting), "anna").await;
    assert!(late.is_err(), "what was superseded can no longer be approved");
}
