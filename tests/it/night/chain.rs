//! One child from intake to intervention: the same key everywhere, protection that reaches back, a private home that leaves
//! no trace.

use std::{fs, path::PathBuf};

use arrow::array::{Array, AsArray, RecordBatch};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::change::SKARHOLMEN;
use crate::bench::Bench;

const NOT_COVERED: &str = "utredningar = \"none\"\ninsatser = \"none\"\n";
const COVERED: &str = "utredningar = \"2007..2007\"\ninsatser = \"2007..2007\"\n";

const INTAKES: &str =
    "Anmälan-id;Personnummer;Ofött barn;Kön;Skyddad identitet;Inkom;Typ;Anmälare;Orsak;Skyddsbedömning;Beslut;\
Beslutsdatum;Lagrum;Utredning-id;Stadsdel
A1;20000101-2384;;;;2007-03-01;Anmälan;Skola;VINR;2007-03-01;Utredning inleds;2007-03-05;11:1;U1;24
A2;;Ja;;;2007-04-01;Anmälan;Polis;VINR;2007-04-01;Utredning inleds;2007-04-02;11:2;U2;24
";
const INVESTIGATIONS: &str =
    "Utredning-id;Personnummer;Ofött barn;Kön;Skyddad identitet;Startdatum;Förlängd till;Slutdatum;Lagrum;\
Resultat;Kvarstående oro;Stadsdel
U1;20000101-2384;;;;2007-03-05;;2007-07-05;11:1;Insats;Ja;24
U2;;Ja;;;2007-04-02;;;11:2;;;24
";
const INTERVENTIONS: &str =
    "Insats-id;Personnummer;Skyddad identitet;Utredning-id;Beslutsdatum;Startdatum;Slutdatum;Insatskategori;\
Lagrum;Utförare;Avtalsform;Stadsdel
I1;20000101-2384;;U1;2007-07-05;2007-08-01;;Kontaktperson/-familj;SoL 4:1;Anna Påhittad;Egen regi;24
I2;20000101-2384;;U1;2007-07-05;2007-08-01;;Programverksamhet;SoL 4:1;Hemmet AB;Ramavtal;24
";

async fn delivered() -> Bench {
    let night = Bench::new(&SKARHOLMEN.replace(NOT_COVERED, COVERED)).await;
    night.extract("24/anmalningar_2007.csv", INTAKES);
    night.extract("24/utredningar_2007.csv", INVESTIGATIONS);
    night.extract("24/insatser_2007.csv", INTERVENTIONS);
    night
}

/// The rows of a fact in the current snapshot of the star, by file.
pub(super) fn snapshot_rows(night: &Bench, table: &str) -> Vec<(String, RecordBatch)> {
    let dir: PathBuf = night.settings.paths.snapshots().join("core").join(night.snapshots().1).join(table);
    let mut files: Vec<PathBuf> = fs::read_dir(dir).expect("files").map(|file| file.expect("a file").path()).collect();
    files.sort();
    let name = |file: &PathBuf| file.file_name().expect("a name").to_string_lossy().into_owned();
    let read = |file: &PathBuf| {
        let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(file).expect("a file")).expect("parquet");
        reader.build().expect("a reader").next().expect("rows").expect("rows")
    };
    files.iter().map(|file| (name(file), read(file))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_born_or_not_is_one_from_intake_to_intervention() {
    let mut night = delivered().await;
    let report = night.run().await;
    assert_eq!(night.figure("select count(*) from ops.control as c where not c.passed").await, "0", "{report:#?}");
    let links = "select string_agg(concat_ws(' ', c.unborn, u.due_date, u.days_open, r.code, i.category), '; ' order by u.start_date)
        from core.fact_anmalan as a
        join core.fact_utredning as u on u.utredning_id = a.utredning_id and u.child_key = a.child_key
        join core.dim_utredning_result as r on r.utredning_result_key = u.utredning_result_key
        join core.dim_child as c on c.child_key = u.child_key
        left join (
            select f.utredning_id, f.child_key, string_agg(k.code, '+' order by k.code) as category
            from core.fact_insats as f join core.dim_insats_category as k on k.insats_category_key = f.insats_category_key
            group by f.utredning_id, f.child_key
        ) as i on i.utredning_id = u.utredning_id and i.child_key = u.child_key";
    assert_eq!(
        night.figure(&format!("select s.* from ({links}) as s")).await,
        "f 2007-07-05 122 Insats Kontaktperson/-familj+Programverksamhet; t 2007-08-02 Pågår"
    );
    let limit = "select l.amount || ' ' || l.unit || ', ' || l.legal_reference from core.fact_utredning as u
        join core.dim_statutory_limit as l on l.statutory_limit_key = u.statutory_limit_key limit 1";
    assert_eq!(night.figure(limit).await, "4 months, 11 kap. 2 § andra stycket SoL");
    let hashed: Vec<String> = night.content().await.into_iter().map(|(table, _)| table).collect();
    for table in ["core.fact_utredning", "core.fact_insats", "core.dim_statutory_limit"] {
        assert!(hashed.iter().any(|hashed| hashed == table), "{table}: {hashed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_home_leaves_no_trace() {
    let mut night = delivered().await;
    night.run().await;
    let providers = "select string_agg(p.code, ' ' order by p.code collate \"C\") from core.fact_insats as f
        join core.dim_provider as p on p.provider_key = f.provider_key";
    assert_eq!(night.figure(providers).await, "Hemmet AB _not_applicable");
    assert_eq!(night.figure("select count(*) from core.dim_provider where provider_key > 0").await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn protection_that_an_intervention_brings_takes_the_district_from_what_came_before() {
    let mut night = delivered().await;
    night.run().await;
    assert!(snapshot_rows(&night, "fact_utredning").iter().all(|(name, _)| name != "protected.parquet"));
    night.extract("24/insatser_2007.csv", INTERVENTIONS.replacen("2384;;", "2384;Ja;", 1));
    night.run().await;
    for (table, held) in [("fact_anmalan", 1), ("fact_utredning", 1), ("fact_insats", 2)] {
        let rows = snapshot_rows(&night, table);
        let (_, protected) = rows.iter().find(|(name, _)| name == "protected.parquet").expect("protected rows");
        assert_eq!(protected.num_rows(), held, "{table}");
        let schema = protected.schema();
        for (field, column) in schema.fields().iter().zip(protected.columns()) {
            if field.name().starts_with("district") || field.name() == "slice_id" {
                assert_eq!(column.null_count(), held, "{table}.{}", field.name());
            }
        }
        let telling =
            |batch: &RecordBatch| {
                batch.columns().iter().filter_map(|column| column.as_string_opt::<i32>()).any(|texts| {
                    texts.iter().flatten().any(|text| text.contains("Skärholmen") || text.starts_with("24@"))
                })
            };
        assert!(!telling(protected), "{table}");
    }
}
