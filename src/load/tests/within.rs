//! One slice, version after version.

use super::*;
use crate::{error::codes, load::transaction::Effect, model::LoadId};

const A: [(u8, &str); 5] = [(1, "Skola"), (2, "Polis"), (3, "Skola"), (4, "Hälso- och sjukvård"), (5, "Polis")];

fn rows(version: &[(u8, &'static str)]) -> Vec<Intake> {
    version.iter().map(|&(case, reporter)| intake(case, reporter)).collect()
}

fn counts(loaded: &LoadedSlice) -> (i64, i64, i64) {
    (loaded.tally().rows_loaded, loaded.tally().rows_unchanged, loaded.tally().rows_closed)
}

#[tokio::test]
async fn a_first_load_writes_all_and_the_same_again_writes_only_the_ledger() {
    let (bench, slice) = (Bench::new().await, slice("24", 2007));
    let (first_run, first) = bench.night(&slice, 1, &rows(&A)).await;
    assert_eq!(counts(&first), (5, 0, 0));
    let (_, second) = bench.night(&slice, 2, &rows(&A)).await;
    assert_eq!(counts(&second), (0, 5, 0));
    assert_eq!(first.files(), second.files());
    assert_eq!(bench.count("select count(*) from core.fact_anmalan").await, 5);
    let versions = format!("select count(*) from core.fact_anmalan where load_id = {}", first.load_id().0);
    assert_eq!(bench.count(&versions).await, 5);
    assert_eq!(bench.known_at(&slice, first_run.known_at).await.len(), 5);
    let superseded = "select count(*) from ops.delivery where outcome = 'superseded' and not is_current";
    assert_eq!(bench.count(superseded).await, 1);
    assert_eq!(bench.count("select count(*) from ops.delivery where is_current").await, 1);
}

#[tokio::test]
async fn three_changed_and_one_vanished_close_four_and_open_three() {
    let (bench, slice) = (Bench::new().await, slice("24", 2007));
    let (first, _) = bench.night(&slice, 1, &rows(&A)).await;
    let before = bench.known_at(&slice, first.known_at).await;
    let changed = rows(&[(1, "Polis"), (2, "Skola"), (3, "Polis"), (4, "Hälso- och sjukvård")]);
    let (second, loaded) = bench.night(&slice, 2, &changed).await;
    assert_eq!(counts(&loaded), (3, 1, 4));
    assert_eq!(bench.known_at(&slice, first.known_at).await, before, "the past stays as it was known");
    assert_eq!(bench.known_at(&slice, second.known_at).await.len(), 4);
    assert_eq!(bench.count("select count(*) from core.fact_anmalan where known_to is not null").await, 4);
}

#[tokio::test]
async fn a_file_that_returns_is_in_force_again() {
    let (bench, slice) = (Bench::new().await, slice("24", 2007));
    let (first, a) = bench.night(&slice, 1, &rows(&A)).await;
    bench.night(&slice, 2, &rows(&A[..2])).await;
    let (last, again) = bench.night(&slice, 1, &rows(&A)).await;
    assert_eq!(bench.known_at(&slice, last.known_at).await, bench.known_at(&slice, first.known_at).await);
    assert_eq!(a.files(), again.files(), "equal rows make equal files");
}

#[tokio::test]
async fn an_identity_beside_the_key_counts_as_a_change() {
    let (bench, slice) = (Bench::new().await, slice("24", 2007));
    bench.night(&slice, 1, &[intake(1, "Skola")]).await;
    let (_, loaded) = bench.night(&slice, 2, &[Intake { utredning: Some(9), ..intake(1, "Skola") }]).await;
    assert_eq!(counts(&loaded), (1, 0, 1));
}

#[tokio::test]
async fn other_slices_are_left_alone() {
    let bench = Bench::new().await;
    let (_, other) = bench.night(&slice("12", 2007), 1, &rows(&A[..2])).await;
    bench.night(&slice("24", 2007), 1, &rows(&A)).await;
    let (run, _) = bench.night(&slice("24", 2007), 2, &[]).await;
    assert_eq!(bench.known_at(&slice("24", 2007), run.known_at).await, []);
    assert_eq!(bench.known_at(&slice("12", 2007), run.known_at).await.len(), 2);
    assert!(other.files()[0].path(&bench.paths().slices()).is_file());
}

#[tokio::test]
async fn unknown_codes_become_inferred_members_and_null_is_the_unknown_one() {
    let (bench, slice) = (Bench::new().await, slice("24", 2007));
    let unknown = Intake { reasons: None, ..intake(1, "Brevbärare") };
    let several = Intake { reasons: Some("Missbruk|Våld"), ..intake(2, "Brevbärare") };
    bench.night(&slice, 1, &[unknown, several]).await;
    let inferred = "select count(*) from core.dim_reporter_category where code = 'Brevbärare' and inferred";
    assert_eq!(bench.count(inferred).await, 1);
    let weight = "
        select count(*) from core.fact_anmalan as f
        join core.bridge_anmalan_reason as b using (intake_reason_group_key)
        join core.dim_intake_reason as r using (intake_reason_key)
        where (r.code in ('Missbruk', 'Våld') and b.weight = 0.5) or (r.code = '_unknown' and b.weight = 1)";
    assert_eq!(bench.count(weight).await, 3);
    let child = "select count(*) from core.dim_child where sex = 'flicka' and birth_year = 2000 and not unborn";
    assert_eq!(bench.count(child).await, 2);
}

#[tokio::test]
async fn two_rows_of_one_key_load_nothing() {
    let (bench, slice) = (Bench::new().await, slice("24", 2007));
    let (_lock, run) = bench.begin().await;
    let error = bench.load(&run, &slice, 1, &rows(&[(1, "Skola"), (1, "Polis")])).await.unwrap_err();
    assert_eq!(error.code(), &codes::load::DUPLICATE_KEY);
    assert_nothing_loaded(&bench).await;
}

#[tokio::test]
async fn rows_or_money_out_of_balance_load_nothing() {
    let (bench, slice) = (Bench::new().await, slice("24", 2007));
    let (_lock, run) = bench.begin().await;
    for tally in
        [Tally { rows_read: 6, ..Tally::default() }, Tally { rows_read: 5, amount_read: Ore(1), ..Tally::default() }]
    {
        let conformed = conformed_with(intakes(&rows(&A)), Vec::new(), tally);
        let delivery = delivery(slice.clone(), 1);
        let error = bench.loader().load(&run, &bench.pipeline, &delivery, &conformed).await.unwrap_err();
        assert_eq!(error.code(), &codes::load::IMBALANCE);
    }
    assert_nothing_loaded(&bench).await;
}

#[tokio::test]
async fn an_older_epoch_is_refused() {
    let (bench, slice) = (Bench::new().await, slice("24", 2007));
    let (lock, frozen) = bench.begin().await;
    lock.release().await;
    let (_lock, newer) = bench.begin().await;
    assert!(newer.epoch > frozen.epoch && newer.known_at > frozen.known_at);
    let error = bench.load(&frozen, &slice, 1, &rows(&A)).await.unwrap_err();
    assert_eq!(error.code(), &codes::load::FENCED);
    assert_nothing_loaded(&bench).await;
}

#[tokio::test]
async fn a_transaction_cut_off_before_its_commit_leaves_nothing_and_the_load_is_tried_again() {
    let (bench, slice) = (Bench::new().await, slice("24", 2007));
    let (_lock, run) = bench.begin().await;
    // Ends the first backend that writes the ledger row, after it has copied its rows.
    let owner = bench.database.warehouse.connect(crate::warehouse::Role::Owner).await.unwrap();
    owner
        .batch_execute(
            "create sequence ops.cuts;
             grant usage on sequence ops.cuts to buss_loader;
             create function ops.cut() returns trigger language plpgsql security definer as $$ begin
                 if nextval('ops.cuts') = 1 then perform pg_terminate_backend(pg_backend_pid()); end if;
                 return new;
             end $$;
             create trigger cut before insert on ops.delivery for each row execute function ops.cut()",
        )
        .await
        .unwrap();
    let loaded = bench.load(&run, &slice, 1, &rows(&A)).await.unwrap();
    assert_eq!(counts(&loaded), (5, 0, 0));
    assert_eq!(bench.count("select count(*) from core.fact_anmalan").await, 5);
    assert_eq!(bench.count("select count(*) from ops.delivery").await, 1);
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_looked_up_and_not_repeated() {
    let (bench, slice) = (Bench::new().await, slice("24", 2007));
    let (_lock, run) = bench.begin().await;
    let committed = bench.load(&run, &slice, 1, &rows(&A)).await.unwrap().effect;
    let (delivery, conformed) = (delivery(slice.clone(), 1), conformed(intakes(&rows(&A))));
    let mut sent = Some(committed.clone());
    let effect = bench.loader().attempt(&run, &bench.pipeline, &delivery, &conformed, &mut sent).await.unwrap();
    assert_eq!((effect.load_id, effect.tally), (committed.load_id, committed.tally));
    assert_eq!(bench.count("select count(*) from ops.delivery").await, 1);

    // One that the ledger does not know was rolled back, and is done again.
    let mut sent = Some(Effect { load_id: LoadId(4711), ..committed });
    let effect = bench.loader().attempt(&run, &bench.pipeline, &delivery, &conformed, &mut sent).await.unwrap();
    assert_eq!(effect.tally.rows_unchanged, 5);
    assert_eq!(bench.count("select count(*) from ops.delivery").await, 2);
}

async fn assert_nothing_loaded(bench: &Bench) {
    assert_eq!(bench.count("select count(*) from core.fact_anmalan").await, 0);
    assert_eq!(bench.count("select count(*) from ops.delivery").await, 0);
    let left = std::fs::read_dir(bench.paths().slices()).map_or(0, Iterator::count);
    assert_eq!(left, 0, "no unfinished file is left behind");
}
