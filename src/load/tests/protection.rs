//! Rows of protected children stand apart, also those written before the child was protected.

use std::fs::File;

use parquet::file::reader::{FileReader, SerializedFileReader};

use super::*;
use crate::load::{Audience, protect, sweep};

fn held(files: &[crate::load::SliceFile]) -> Vec<(Audience, u64)> {
    files.iter().map(|file| (file.audience, file.rows)).collect()
}

async fn files_of(bench: &Bench, slice: &SliceKey) -> Vec<crate::load::SliceFile> {
    const FILES: &str = "
        select files from ops.delivery join ops.slice using (slice_id) where is_current and deliverer = $1 and period = $2";
    let session = bench.session().await;
    let row = session.query_one(FILES, &[&slice.deliverer.as_str(), &slice.period.as_str()]).await.unwrap();
    serde_json::from_value(row.get(0)).unwrap()
}

#[tokio::test]
async fn a_child_protected_later_leaves_the_open_files_of_every_slice() {
    let bench = Bench::new().await;
    let (old, new) = (slice("24", 2006), slice("24", 2007));
    bench.night(&old, 1, &[intake(1, "Skola"), intake(2, "Polis"), intake(3, "Polis")]).await;
    let (lock, run) = bench.begin().await;
    let later = Intake { child: 2, protected: true, ..intake(7, "Skola") };
    let loaded = bench.load(&run, &new, 1, &[intake(1, "Skola"), later]).await.unwrap();
    assert_eq!(loaded.newly_protected(), 1);
    assert_eq!(held(loaded.files()), [(Audience::Core, 1), (Audience::Protected, 1)]);
    assert_eq!(held(&files_of(&bench, &old).await), [(Audience::Core, 3)]);

    let (mut session, slices) = (bench.session().await, bench.paths().slices());
    let pipelines = [bench.pipeline.clone()];
    assert_eq!(protect(&mut session, &run, &pipelines, &slices).await.unwrap(), 1);
    let moved = files_of(&bench, &old).await;
    assert_eq!(held(&moved), [(Audience::Core, 2), (Audience::Protected, 1)]);
    assert_eq!(protect(&mut session, &run, &pipelines, &slices).await.unwrap(), 0, "a second look finds nothing to do");
    assert_eq!(sweep(&session, &slices).await.unwrap(), 1, "the file with the child's open row goes");
    lock.release().await;

    // Loaded today, with the child protected from the start, the slice would have the same files.
    let (_, again) = bench.night(&old, 2, &[intake(1, "Skola"), intake(3, "Polis")]).await;
    assert_eq!(again.files()[0], moved[0]);
}

#[tokio::test]
async fn slice_files_hold_attributes_and_no_source_ids() {
    let (bench, slice) = (Bench::new().await, slice("24", 2007));
    let (_, loaded) = bench.night(&slice, 1, &[intake(1, "Skola")]).await;
    let file = &loaded.files()[0];
    let reader = SerializedFileReader::new(File::open(file.path(&bench.paths().slices())).unwrap()).unwrap();
    let schema = reader.metadata().file_metadata().schema_descr();
    let names: Vec<&str> = schema.columns().iter().map(|column| column.name()).collect();
    for wanted in ["child_key", "child_sex", "district_key", "district", "reporter_category", "period_year"] {
        assert!(names.contains(&wanted), "{wanted}");
    }
    for unwanted in ["anmalan_id", "utredning_id", "slice_id", "load_id", "known_from", "row_hash", "child_protected"] {
        assert!(!names.contains(&unwanted), "{unwanted}");
    }
}

#[tokio::test]
async fn what_no_current_delivery_names_is_swept() {
    let (bench, slice) = (Bench::new().await, slice("24", 2007));
    let (_, first) = bench.night(&slice, 1, &[intake(1, "Skola")]).await;
    let (_, second) = bench.night(&slice, 2, &[intake(1, "Polis")]).await;
    let slices = bench.paths().slices();
    std::fs::write(slices.join(".unfinished-1-1"), "x").unwrap();
    assert_eq!(sweep(&bench.session().await, &slices).await.unwrap(), 2);
    assert!(!first.files()[0].path(&slices).exists());
    assert!(second.files()[0].path(&slices).exists());
}
