//! A server that is slow holds nobody but itself, and can be interrupted.

use std::{
    io::{Read, Write},
    sync::{Mutex, mpsc},
};

use buss::model::Outcome;
use tokio::sync::watch;

use super::{FILE, city, ours, reports, run, slice};

/// Head and half of a body.
pub fn begun() -> Vec<u8> {
    let body = reports(0, 10);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    [head.as_bytes(), &body.as_bytes()[..body.len() / 2]].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_others_are_loaded_while_one_office_holds_its_answer() {
    let (office, mut night) = city().await;
    let (go_on, wait) = mpsc::channel();
    let wait = Mutex::new(wait);
    office.script(FILE, move |_, stream| {
        stream.write_all(&begun())?;
        // Until the test has seen what the others came to.
        wait.lock().expect("one at a time").recv().map_err(std::io::Error::other)?;
        let body = reports(0, 10);
        stream.write_all(&body.as_bytes()[body.len() / 2..])
    });
    let session = night.database.loader().await;
    let watched = tokio::spawn(async move {
        const LOADED: &str = "
            select count(*) from ops.delivery as d
            join ops.slice as s on s.slice_id = d.slice_id
            where d.is_current and s.deliverer = 'stad'";
        while session.query_one(LOADED, &[]).await.expect("a count").get::<_, i64>(0) < 2 {
            tokio::task::yield_now().await;
        }
        let none: i64 = session
            .query_one("select count(*) from ops.delivery as d join ops.slice as s on s.slice_id = d.slice_id where s.deliverer = '24'", &[])
            .await
            .expect("a count")
            .get(0);
        go_on.send(()).expect("somebody waits");
        none
    });
    let report = run(&mut night).await;
    assert_eq!(watched.await.expect("it looked"), 0, "the slow office had nothing yet");
    assert!(report.slices.iter().all(|slice| slice.outcome == Outcome::Loaded), "{report:#?}");
    assert_eq!(slice(&report, "24/anmalningar_2007").tally.rows_loaded, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_interrupted_in_the_middle_of_a_pull_and_leaves_nothing_half_made() {
    let (office, mut night) = city().await;
    let (ask, asked) = watch::channel(false);
    office.script(FILE, move |_, stream| {
        stream.write_all(&begun())?;
        ask.send_replace(true);
        // Until the client goes away.
        stream.read(&mut [0]).map(drop)
    });
    let stopped = night.try_run(|options| {
        ours(options);
        options.stop = asked;
    });
    assert_eq!(stopped.await.expect_err("it was asked to stop").code().id, "RUN-001");
    let half_made: Vec<_> =
        night.landed().into_iter().filter(|(file, _)| file.to_string_lossy().contains("partial")).collect();
    assert_eq!(half_made, []);
    assert_eq!(night.figure("select status from ops.run").await, "interrupted");

    office.offer(FILE, reports(0, 10));
    let next = run(&mut night).await;
    assert_eq!(slice(&next, "24/anmalningar_2007").outcome, Outcome::Loaded);
    assert_eq!(next.exit_code, 0, "{next:#?}");
}
