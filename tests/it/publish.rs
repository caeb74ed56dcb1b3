//! Publication: marts and snapshot switch together, `CURRENT` survives a kill, protected children have no district.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt, path::Path, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, Int32Array, Int64Array, RecordBatch, StringArray},
    datatypes::Int64Type,
};
use buss::{
    gate,
    pipeline::Assets,
    publish::{self, Place, Publication, Set},
    warehouse::Session,
};
use parquet::arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder};
use sha2::{Digest, Sha256};

use crate::marts::{city, run};

fn place(dir: &Path) -> Place {
    let place = Place { snapshots: dir.join("snapshots"), slices: dir.join("slices") };
    fs::create_dir_all(&place.slices).expect("a directory");
    place
}

/// Judges and publishes as a new run would.
async fn night(session: &mut Session, assets: &Assets, place: &Place) -> Publication {
    session
        .batch_execute(
            "insert into ops.run (epoch, known_at, business_date, started_at, program_version)
             select max(epoch) + 1, max(known_at) + interval '1 day', '2026-01-02', now(), 'test' from ops.run",
        )
        .await
        .expect("a run");
    let run = run(session).await;
    let verdict = gate::judge(session, &run, &assets.sql, gate::Marts::New).await.expect("a verdict");
    publish::publish(session, &verdict.pass().expect("passed"), place).await.expect("a publication")
}

/// Writes a slice file as a load does, and names it in the ledger.
async fn slice_file(session: &Session, place: &Place, slice: [&str; 2], audience: &str, rows: &[(i64, i32, &str)]) {
    let columns: [(&str, ArrayRef); 3] = [
        ("child_key", Arc::new(rows.iter().map(|row| row.0).collect::<Int64Array>())),
        ("district_key", Arc::new(rows.iter().map(|row| row.1).collect::<Int32Array>())),
        ("district", Arc::new(rows.iter().map(|row| Some(row.2)).collect::<StringArray>())),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("a batch");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("rows");
    writer.close().expect("a file");
    let hash = hex::encode(Sha256::digest(&bytes));
    fs::write(place.slices.join(format!("{hash}.parquet")), &bytes).expect("a file");
    let name = format!(
        "update ops.delivery set files = files || '[{{\"table\": \"fact_anmalan\", \"audience\": \"{audience}\", \"sha256\": \"{hash}\",
            \"rows\": {}, \"bytes\": {}}}]'
         where slice_id = (select slice_id from ops.slice where dataset = 'anmalningar' and period = '{}' and deliverer = '{}')",
        rows.len(),
        bytes.len(),
        slice[0],
        slice[1]
    );
    session.batch_execute(&name).await.expect("the ledger");
}

fn hashes(place: &Place, set: Set, name: &str) -> BTreeMap<String, String> {
    let manifest = publish::manifest(place, set, name).expect("a manifest");
    manifest.tables.into_iter().flat_map(|table| table.files).map(|file| (file.path, file.sha256)).collect()
}

fn batches(path: &Path) -> Vec<RecordBatch> {
    let file = fs::File::open(path).expect("a file");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet").build().expect("a reader");
    reader.map(|batch| batch.expect("a batch")).collect()
}

async fn number(session: &Session, query: &str) -> i64 {
    session.query_one(query, &[]).await.expect("a row").get(0)
}

#[tokio::test]
async fn marts_and_snapshot_switch_together_and_an_unchanged_night_publishes_nothing() {
    let (_database, mut session, assets) = city().await;
    let dir = tempfile::tempdir().expect("a directory");
    let place = place(dir.path());
    let stored = "select count(*) from mart.anmalan_rate where intakes is not null";
    assert_eq!(number(&session, stored).await, 0);

    let first = night(&mut session, &assets, &place).await;
    assert!(first.is_new());
    assert!(number(&session, stored).await > 0);
    for set in Set::ALL {
        assert_eq!(place.current(set).as_deref(), Some(first.snapshot()));
    }
    assert!(publish::verify(&place, None).expect("whole") > 20);
    let mode = fs::metadata(place.snapshots.join("core")).expect("the set").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let manifest = publish::manifest(&place, Set::Mart, first.snapshot()).expect("a manifest");
    assert!(manifest.tables.iter().all(|table| table.name != "dim_child"));
    let missing =
        manifest.completeness.iter().find(|one| one.dataset == "ekonomi" && one.period == "2005").expect("2005");
    assert_eq!((missing.expected, missing.loaded, missing.missing.as_slice()), (3, 2, ["02".to_owned()].as_slice()));

    let second = night(&mut session, &assets, &place).await;
    assert_eq!((second.is_new(), second.snapshot()), (false, first.snapshot()));
    assert_eq!(number(&session, "select count(*) from ops.publication").await, 1);

    // Readers keep the published figures until the next publication; equal tables keep their hashes.
    session
        .batch_execute(
            "update core.fact_anmalan set known_to = '2026-01-02 12:00:00+00' where period_year = 2008;
             update core.dim_load set known_at = '2026-01-02 12:00:00+00' where dataset = 'anmalningar' and period = '2008';
             update ops.delivery as d set rows_read = 0, rows_loaded = 0
             from ops.slice as s where s.slice_id = d.slice_id and s.dataset = 'anmalningar' and s.period = '2008';
             update core.dim_reporter_category set label = 'Skolan' where code = 'Skola'",
        )
        .await
        .expect("a change");
    let in_2008 = "select intakes from mart.anmalan_rate where level = 'city' and year = 2008";
    assert_eq!(number(&session, in_2008).await, 2);
    let third = night(&mut session, &assets, &place).await;
    assert!(third.is_new());
    assert_eq!(number(&session, in_2008).await, 0);
    let (before, after) = (hashes(&place, Set::Mart, first.snapshot()), hashes(&place, Set::Mart, third.snapshot()));
    let changed: Vec<&str> =
        before.iter().filter(|(path, hash)| after.get(*path) != Some(hash)).map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        changed,
        [
            "anmalan_by_reporter/anmalan_by_reporter.parquet",
            "anmalan_rate/anmalan_rate.parquet",
            "anmalan_to_utredning/anmalan_to_utredning.parquet",
            "dim_reporter_category/dim_reporter_category.parquet",
            "unique_children/unique_children.parquet"
        ]
    );
}

#[tokio::test]
async fn protected_children_stand_together_without_district() {
    let (_database, mut session, assets) = city().await;
    let dir = tempfile::tempdir().expect("a directory");
    let place = place(dir.path());
    slice_file(&session, &place, ["2006", "01"], "core", &[(1, 1, "Rinkeby"), (2, 1, "Rinkeby")]).await;
    slice_file(&session, &place, ["2006", "24"], "core", &[(4, 4, "Skärholmen")]).await;
    slice_file(&session, &place, ["2006", "24"], "protected", &[(3, 4, "Skärholmen")]).await;
    slice_file(&session, &place, ["2006", "01"], "protected", &[(9, 1, "Rinkeby")]).await;
    let name = night(&mut session, &assets, &place).await.snapshot().to_owned();
    publish::verify(&place, Some(&name)).expect("whole");

    let fact = place.snapshots.join("core").join(&name).join("fact_anmalan");
    let mut names: Vec<String> =
        fs::read_dir(&fact).expect("files").map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names.len(), 3);
    assert!(names[0].starts_with("2006_01_") && names[1].starts_with("2006_24_"), "{names:?}");
    assert_eq!(names[2], "protected.parquet");

    let rows = batches(&fact.join("protected.parquet")).remove(0);
    let children: Vec<i64> = rows.column(0).as_primitive::<Int64Type>().values().to_vec();
    assert_eq!(children, [3, 9]);
    assert_eq!((rows.column(1).null_count(), rows.column(2).null_count()), (2, 2));
}

#[tokio::test]
async fn a_killed_publication_is_repaired() {
    let (_database, mut session, assets) = city().await;
    let dir = tempfile::tempdir().expect("a directory");
    let place = place(dir.path());
    let name = night(&mut session, &assets, &place).await.snapshot().to_owned();

    // Killed after the commit and before the rename; and another time before the commit.
    for set in Set::ALL {
        let set_dir = place.snapshots.join(set.name());
        fs::write(set_dir.join("CURRENT"), "20200101T000000.000000Z\n").expect("an old CURRENT");
        fs::create_dir(set_dir.join("20990101T000000.000000Z")).expect("an unrecorded snapshot");
        fs::create_dir(set_dir.join(".tmp-20990101T000000.000000Z")).expect("an unfinished snapshot");
    }
    publish::repair(&session, &place).await.expect("repaired");
    for set in Set::ALL {
        assert_eq!(place.current(set).as_deref(), Some(name.as_str()));
    }
    let listed = publish::list(&place).expect("a list");
    assert_eq!(listed.iter().map(|one| (one.name.as_str(), one.current)).collect::<Vec<_>>(), [(name.as_str(), true)]);
    assert_eq!(fs::read_dir(place.snapshots.join("core")).expect("the set").count(), 2);
}

#[tokio::test]
async fn a_changed_file_is_found() {
    let (_database, mut session, assets) = city().await;
    let dir = tempfile::tempdir().expect("a directory");
    let place = place(dir.path());
    let name = night(&mut session, &assets, &place).await.snapshot().to_owned();
    let mart = place.snapshots.join("mart").join(&name);
    fs::write(mart.join("dim_sex/dim_sex.parquet"), b"x").expect("damage");
    fs::write(mart.join("dim_sex/other.parquet"), b"x").expect("a stranger");
    let error = publish::verify(&place, None).expect_err("damage");
    let found: Vec<&str> = error.findings().map(buss::Error::detail_text).collect();
    assert_eq!(found, ["other content", "not in the manifest"]);
}

#[tokio::test]
async fn a_mart_of_ones_own_needs_one_file() {
    let (database, mut session, _) = city().await;
    let overlay = tempfile::tempdir().expect("a directory");
    fs::create_dir(overlay.path().join("mart")).expect("a directory");
    let select = "-- purpose: test\nselect f.period_year as year, count(*) as intakes from asof.fact_anmalan as f group by f.period_year;\n";
    fs::write(overlay.path().join("mart/own.sql"), select).expect("a mart");
    let mut paths = database.settings.paths.clone();
    paths.sql = Some(overlay.path().to_owned());
    let assets = Assets::load(&paths).expect("files");
    assert!(publish::marts::install(&mut session, &assets.sql).await.expect("views"));
    assert!(!publish::marts::install(&mut session, &assets.sql).await.expect("views"));

    let dir = tempfile::tempdir().expect("a directory");
    let place = place(dir.path());
    let name = night(&mut session, &assets, &place).await.snapshot().to_owned();
    assert_eq!(number(&session, "select sum(intakes)::bigint from mart.own").await, 11);
    let rows = batches(&place.snapshots.join("mart").join(name).join("own/own.parquet"));
    assert_eq!(rows.iter().map(RecordBatch::num_rows).sum::<usize>(), 3);

    fs::write(overlay.path().join("mart/own.sql"), "select nothing from nowhere").expect("a mart");
    let broken = Assets::load(&paths).expect("files");
    let error = publish::marts::install(&mut session, &broken.sql).await.expect_err("refused");
    assert_eq!((error.code().id, error.place()), ("PUBL-001", Some("sql/mart/own.sql")));
    assert_eq!(number(&session, "select sum(intakes)::bigint from mart.own").await, 11);
}
