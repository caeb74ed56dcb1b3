//! The ledger beside the facts: quarantine, decisions, the run lock.

use super::*;
use crate::{
    error::{Error, codes},
    model::{LoadId, Outcome},
    plan::Held,
    telemetry::Event,
};

#[tokio::test]
async fn quarantine_closes_when_the_corrected_file_is_loaded() {
    let (bench, slice) = (Bench::new().await, slice("24", 2007));
    let (lock, run) = bench.begin().await;
    let tally = Tally { rows_read: 3, rows_quarantined: 2, ..Tally::default() };
    let healing = Reason { heals: true, ..rejected(3) };
    let reasons = vec![rejected(2), healing];
    let conformed = conformed_with(intakes(&[intake(1, "Skola")]), reasons, tally);
    let loaded = bench.loader().load(&run, &bench.pipeline, &delivery(slice.clone(), 1), &conformed).await.unwrap();
    assert_eq!(loaded.outcome(), Outcome::LoadedWithQuarantine);
    let session = bench.session().await;
    let state = history::slices(&session, run.business_date.succ_opt().unwrap()).await.unwrap().remove(0);
    assert!(state.known.current.unwrap().heals);
    let today = history::slices(&session, run.business_date).await.unwrap().remove(0);
    assert!(!today.known.current.unwrap().heals, "no time has passed");
    assert_eq!(state.current_rows, Some(3));
    assert_eq!(history::quarantine(&session).await.unwrap()[0].records, 2);
    lock.release().await;

    let (_, corrected) = bench.night(&slice, 2, &[intake(1, "Skola"), intake(2, "Skola")]).await;
    assert!(history::quarantine(&session).await.unwrap().is_empty());
    let entries = history::quarantine_of(&session, loaded.load_id()).await.unwrap();
    assert!(entries.iter().all(|entry| entry.closed_by == Some(corrected.load_id().0)) && entries.len() == 2);
    let status = history::status(&session).await.unwrap();
    assert_eq!((status.deliveries[0].outcome.as_str(), status.deliveries[0].rows), ("loaded", Some(2)));
    assert_eq!(status.last_run.unwrap().status, "done");
}

#[tokio::test]
async fn a_held_delivery_waits_for_one_word() {
    let (bench, slice) = (Bench::new().await, slice("24", 2007));
    let (_lock, run) = bench.begin().await;
    let mut session = bench.session().await;
    let error = Error::new(&codes::load::IMBALANCE);
    let waiting = delivery(slice.clone(), 7);
    let held = history::hold(&mut session, &run, &waiting, &error, &[], &Tally::default()).await.unwrap();
    let known = history::slices(&session, run.business_date).await.unwrap().remove(0).known;
    assert_eq!(known.held.as_ref().unwrap().1, Held::Undecided);
    assert_eq!(known.held.unwrap().0.content_hash, waiting.content_hash);
    history::approve(&session, held, "anna").await.unwrap();
    assert_eq!(
        history::slices(&session, run.business_date).await.unwrap()[0].known.held.as_ref().unwrap().1,
        Held::Approved
    );
    let twice = history::reject(&session, held, "anna").await.unwrap_err();
    assert_eq!(twice.code(), &codes::history::NOT_HELD);
    let unknown = history::reject(&session, LoadId(4711), "anna").await.unwrap_err();
    assert_eq!(unknown.code(), &codes::history::DELIVERY_UNKNOWN);

    bench.load(&run, &slice, 7, &[intake(1, "Skola")]).await.unwrap();
    let known = history::slices(&session, run.business_date).await.unwrap().remove(0).known;
    assert!(known.held.is_none() && known.current.is_some());
    let refused =
        history::refuse(&mut session, &run, &waiting, &error, &[rejected(1)], &Tally::default()).await.unwrap();
    let known = history::slices(&session, run.business_date).await.unwrap().remove(0).known;
    assert!(known.refused.is_some() && known.current.is_some());
    let listed = history::deliveries(&session, false).await.unwrap();
    assert_eq!(listed[0].delivery_id, refused.0);
    assert_eq!(listed[0].reasons, [codes::load::IMBALANCE.id, "ANM-001"]);
}

#[tokio::test]
async fn a_second_run_is_turned_away_and_changes_nothing() {
    let bench = Bench::new().await;
    let (lock, run) = bench.begin().await;
    let error = history::begin_run(&bench.database.warehouse, midnight(), run.business_date).await.unwrap_err();
    assert_eq!((error.code(), error.code().exit), (&codes::history::LOCKED, 5));
    assert_eq!(bench.count("select count(*) from ops.run").await, 1);
    lock.release().await;
    let (_lock, next) = bench.begin().await;
    assert_eq!(next.known_at, run.known_at + TimeDelta::microseconds(1), "later, though the clock stood still");
    assert_eq!(bench.count("select count(*) from ops.run where status = 'interrupted'").await, 1);
}

#[tokio::test]
async fn the_lock_of_a_process_that_is_gone_is_taken_over() {
    let bench = Bench::new().await;
    let mut child = std::process::Command::new("true").spawn().unwrap();
    let pid = child.id();
    child.wait().unwrap();
    let (mut lock, _) = bench.begin().await;
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    // The session is that of a killed process that the server has not yet noticed.
    let name = format!("buss run {pid}@{}", host.trim().chars().take(40).collect::<String>());
    lock.session().execute("select set_config('application_name', $1, false)", &[&name]).await.unwrap();
    let (_taken, run) = bench.begin().await;
    assert_eq!(run.epoch, 2);
    assert!(lock.session().query_one("select 1", &[]).await.is_err(), "its session was ended");
}

#[tokio::test]
async fn events_are_recorded_in_order() {
    let bench = Bench::new().await;
    let (mut lock, run) = bench.begin().await;
    let event = |name: &str| Event {
        stage: "plan",
        slice: Some("24/anmalningar_2007".into()),
        event: name.into(),
        detail: serde_json::json!({ "rows": 1 }),
    };
    history::record_events(lock.session(), &run, &[event("decided"), event("started")]).await.unwrap();
    history::record_events(lock.session(), &run, &[event("done")]).await.unwrap();
    let detail = history::run(lock.session(), run.run_id).await.unwrap().unwrap();
    let events: Vec<(i32, &str)> = detail.events.iter().map(|event| (event.seq, event.event.as_str())).collect();
    assert_eq!(events, [(1, "decided"), (2, "started"), (3, "done")]);
}
