//! Any sequence of versions keeps the invariant: the current rows are those of the newest version, and every instant in the
//! past shows what was known then.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicI32, Ordering},
};

use proptest::{collection, prelude::*, test_runner::TestRunner};

use super::*;

const REPORTERS: [&str; 3] = ["Skola", "Polis", "Barnet självt"];

fn expected(version: &BTreeMap<u8, usize>) -> Vec<(u8, String)> {
    version.iter().map(|(&case, &reporter)| (case, REPORTERS[reporter].to_owned())).collect()
}

async fn play(bench: &Bench, slice: &SliceKey, versions: &[BTreeMap<u8, usize>]) {
    let mut nights = Vec::new();
    let mut before = BTreeMap::new();
    for version in versions {
        let rows: Vec<Intake> = version.iter().map(|(&case, &reporter)| intake(case, REPORTERS[reporter])).collect();
        let (run, loaded) = bench.night(slice, 1, &rows).await;
        let unchanged = version.iter().filter(|row| before.get(row.0) == Some(row.1)).count();
        assert_eq!(usize::try_from(loaded.tally().rows_unchanged).unwrap(), unchanged);
        assert_eq!(usize::try_from(loaded.tally().rows_closed).unwrap(), before.len() - unchanged);
        nights.push((run.known_at, version));
        before.clone_from(version);
    }
    for (known_at, version) in nights {
        assert_eq!(bench.known_at(slice, known_at).await, expected(version));
    }
}

#[test]
fn any_sequence_of_versions_keeps_the_invariant_and_the_history() {
    static YEAR: AtomicI32 = AtomicI32::new(1980);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let bench = runtime.block_on(Bench::new());
    let version = collection::btree_map(1..8_u8, 0..REPORTERS.len(), 0..8);
    let mut runner = TestRunner::new(ProptestConfig { cases: 12, failure_persistence: None, ..Default::default() });
    runner
        .run(&collection::vec(version, 1..6), |versions| {
            let slice = slice("24", YEAR.fetch_add(1, Ordering::Relaxed));
            runtime.block_on(play(&bench, &slice, &versions));
            Ok(())
        })
        .unwrap();
}
