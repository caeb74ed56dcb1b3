//! The next night: what the server has not changed is not pulled, and "not modified" means "use that landed file".

use std::fs;

use buss::{
    history,
    model::{LoadId, Outcome, Timeliness},
    plan::{Action, Origin, Why},
    run::{RunReport, SliceReport},
    settings::SecretSource,
};

use super::{
    FILE, city, extracts,
    office::{Asked, Office, whole},
    ours, pulling, reports, run, run_with, slice,
};
use crate::bench::Bench;

const INTAKES: &str = "24/anmalningar_2007";
const FROM_LANDING: Action = Action::Load(Origin::Landing);

/// Where every row of the tables of facts, dimensions and marts stands and who wrote it: a row that is written again differs.
async fn rows(night: &Bench) -> String {
    let tables = night
        .figure(
            "select string_agg(format('select %L as t, ctid, xmin, xmax from %s', c.oid::regclass, c.oid::regclass), ' union all ')
             from pg_class as c where c.relkind = 'r' and c.relnamespace in ('core'::regnamespace, 'mart_store'::regnamespace)",
        )
        .await;
    night.figure(&format!("select md5(string_agg(r::text, ',' order by r::text)) from ({tables}) as r")).await
}

fn decided(report: &RunReport) -> Vec<(Action, Why)> {
    report.slices.iter().map(|slice| (slice.step.action, slice.step.why)).collect()
}

fn conditional(asked: &[Asked]) -> Vec<bool> {
    asked.iter().map(Asked::is_conditional).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_over_http_is_the_night_from_files_and_the_next_one_writes_the_ledger_alone() {
    let mut files = Bench::new(&super::CITY.replace("{base}", "file://{dir}")).await;
    for (name, content) in extracts() {
        files.extract(name, content);
    }
    let from_files = run(&mut files).await;
    let (office, mut night) = city().await;
    // Pseudonyms are made with it.
    let key = files.settings.paths.data_dir.join("keys/pseudonym.key");
    night.settings.secrets.pseudonym_key = Some(SecretSource::File(key));
    let planned = night.plan(ours).await;
    assert!(planned.steps.iter().all(|step| step.why == Why::New), "{planned:#?}");
    assert_eq!(night.landed(), [], "a plan keeps nothing");
    assert_eq!(conditional(&office.asked()), [false; 4]);
    let first = run(&mut night).await;
    assert_eq!(first.exit_code, 0, "{first:#?}");
    assert_eq!(first.exit_code, from_files.exit_code);
    assert_eq!(night.content().await, files.content().await);
    assert_eq!(conditional(&office.asked()), [false; 4]);

    let before = (night.landed(), night.snapshots(), rows(&night).await, night.content().await);
    assert_eq!(before.0.len(), 4);
    assert!(night.plan(ours).await.steps.iter().all(|step| step.why == Why::Unchanged));
    assert_eq!(conditional(&office.asked()), [true; 4]);
    let second = run(&mut night).await;
    assert_eq!(decided(&second), [(Action::Keep, Why::Unchanged); 4]);
    assert!(second.slices.iter().all(|slice| slice.timeliness == Timeliness::OnTime && slice.tally.rows_read == 0));
    assert_eq!(conditional(&office.asked()), [true; 4]);
    assert_eq!((night.landed(), night.snapshots(), rows(&night).await, night.content().await), before);
    assert_eq!(night.figure("select count(*) from ops.delivery").await, "4");
    assert_eq!(night.figure("select count(*) from ops.arrival").await, "8");
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_rules_and_reload_take_the_landed_file_when_the_server_has_nothing_new() {
    let (office, mut night) = city().await;
    run(&mut night).await;
    let own = Bench::own("pipelines/anmalningar.toml");
    let stricter = own.replacen("severity = \"reject\"", "severity = \"warn\"", 1);
    assert_ne!(own, stricter);
    night.overlay("pipelines/anmalningar.toml", &stricter);
    office.asked();
    let second = run(&mut night).await;
    let intakes = slice(&second, INTAKES);
    assert_eq!((intakes.step.action, intakes.step.why), (FROM_LANDING, Why::RulesChanged));
    assert_eq!((intakes.outcome, intakes.tally.rows_unchanged), (Outcome::Loaded, 10));
    assert_eq!(conditional(&office.asked()), [true; 4]);

    let reloaded = run_with(&mut night, |options| options.reload = true).await;
    assert_eq!(decided(&reloaded), [(FROM_LANDING, Why::Reload); 4]);
    assert!(reloaded.slices.iter().all(|slice| slice.outcome == Outcome::Loaded && slice.tally.rows_loaded == 0));
    assert_eq!(conditional(&office.asked()), [true; 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn back_to_the_first_version_is_back_to_its_content() {
    let (office, mut night) = city().await;
    run(&mut night).await;
    let (marts, landed) = (night.marts_hash().await, night.landed());
    office.offer(FILE, reports(3, 9));
    assert_eq!(slice(&run(&mut night).await, INTAKES).step.why, Why::Changed);
    assert_ne!(night.marts_hash().await, marts);
    office.offer(FILE, reports(0, 10));
    let back = run(&mut night).await;
    let intakes = slice(&back, INTAKES);
    assert_eq!((intakes.step.why, intakes.tally.rows_loaded, intakes.tally.rows_closed), (Why::Changed, 4, 3));
    assert_eq!(night.marts_hash().await, marts);
    assert!(landed.iter().all(|file| night.landed().contains(file)), "what was landed before is used again");
    assert_eq!(slice(&run(&mut night).await, INTAKES).step.why, Why::Unchanged);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_validators_landed_file_or_the_same_address_a_resource_is_pulled_anew() {
    let (office, mut night) = city().await;
    run(&mut night).await;
    let landed = night.landed();
    office.asked();

    night.database.loader().await.execute("delete from ops.http_validator", &[]).await.expect("deleted");
    assert_eq!(decided(&run(&mut night).await), [(Action::Keep, Why::Unchanged); 4]);
    assert_eq!(conditional(&office.asked()), [false; 4]);
    assert_eq!(night.landed(), landed, "the same content is not landed twice");

    for (file, _) in &landed {
        let sealed = fs::read(file).expect("a landed file");
        fs::write(file, &sealed[..sealed.len() / 2]).expect("damaged");
    }
    fs::remove_file(&landed[0].0).expect("removed");
    assert_eq!(decided(&run(&mut night).await), [(Action::Keep, Why::Unchanged); 4]);
    assert_eq!(conditional(&office.asked()), [false; 4], "what is not whole cannot be used");
    let reloaded = run_with(&mut night, |options| options.reload = true).await;
    let nothing_new = |slice: &SliceReport| slice.tally.rows_loaded == 0 && slice.tally.rows_closed == 0;
    assert!(
        reloaded.slices.iter().all(|slice| slice.outcome == Outcome::Loaded && nothing_new(slice)),
        "{reloaded:#?}"
    );
    assert_eq!(conditional(&office.asked()), [true; 4]);

    let moved = Office::open();
    for (name, content) in extracts() {
        moved.offer(name, content);
    }
    for deliverer in &mut night.settings.deliverers {
        deliverer.base_url = moved.url(deliverer.code.as_str());
    }
    assert_eq!(decided(&run(&mut night).await), [(Action::Keep, Why::Unchanged); 4]);
    assert_eq!((conditional(&moved.asked()), office.asked().len()), (vec![false; 4], 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_not_modified_whatever_it_is_asked_is_not_believed() {
    let office = Office::open();
    office.answer(FILE, "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
    let mut night = Bench::new(&pulling(&office)).await;
    let first = run(&mut night).await;
    let intakes = slice(&first, INTAKES);
    assert_eq!((intakes.step.action, intakes.outcome), (Action::Fail, Outcome::None), "{intakes:#?}");
    assert_eq!(night.landed(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_side_file_binds_what_the_server_says_has_not_changed() {
    let (office, mut night) = city().await;
    run(&mut night).await;
    office.asked();
    office.answer(&format!("{FILE}.sha256"), whole("200 OK", "", "0".repeat(64).as_bytes()));
    let second = run(&mut night).await;
    let intakes = slice(&second, INTAKES);
    assert_eq!((intakes.outcome, &intakes.reasons[..]), (Outcome::Refused, &["EXTR-013".to_owned()][..]));
    let asked = office.asked();
    let asked: Vec<_> = asked.into_iter().filter(|asked| asked.path == format!("/{FILE}")).collect();
    // The third time, because the file may have been replaced between the two questions.
    assert_eq!(conditional(&asked), [true, false, false]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_an_end_waits_for_a_word_and_is_loaded_from_landing() {
    let (office, mut night) = city().await;
    office.answer(FILE, ["HTTP/1.0 200 OK\r\nETag: \"a\"\r\n\r\n", &reports(0, 10)].concat());
    let first = run(&mut night).await;
    let intakes = slice(&first, INTAKES);
    assert_eq!((intakes.step.action, intakes.step.why, intakes.outcome), (Action::Hold, Why::Unproven, Outcome::Held));
    assert_eq!((intakes.timeliness, intakes.reasons.len()), (Timeliness::OnTime, 1), "{intakes:#?}");
    let reason = intakes.reasons.clone();
    let second = run(&mut night).await;
    let intakes = slice(&second, INTAKES);
    assert_eq!((intakes.step.why, intakes.outcome, &intakes.reasons), (Why::AlreadyHeld, Outcome::Held, &reason));
    assert!(
        office.asked().iter().filter(|asked| asked.path.ends_with("_2007.csv")).all(|asked| !asked.is_conditional())
    );

    let held = night.figure("select delivery_id from ops.delivery where outcome = 'held'").await;
    let session = night.database.loader().await;
    history::approve(&session, LoadId(held.parse().expect("one is held")), "anna").await.expect("held");
    office.withdraw(FILE);
    let third = run(&mut night).await;
    let intakes = slice(&third, INTAKES);
    assert_eq!((intakes.step.action, intakes.step.why), (FROM_LANDING, Why::Approved));
    assert_eq!((intakes.outcome, intakes.tally.rows_loaded), (Outcome::Loaded, 10));
}
