//! A made-up dataset whose rows may stand in several slices: the newest period wins, and gone is gone everywhere.

use arrow::array::Int32Array;

use super::*;

const DECLARATION: &str = r#"
name = "stays"
title = "Vistelser"
grain = "one stay"
deliverers = "district"
extension = "csv"
format = "csv"
coverage = "2006..2008"
schedule = "0 0 2 * * *"
key = ["stay_id"]
columns = []

[target]
table = "fact_stay"
conform = "fact_stay"
merge = "across_slices"

[[target.columns]]
name = "stay_id"
kind = "identity"
scope = "case"
key = true

[[target.columns]]
name = "sex_key"
source = "sex"
kind = "dimension"
dimension = "dim_sex"

[[target.columns]]
name = "days"
kind = "value"
"#;

const MIGRATION: &str = "
    create table core.fact_stay (
        stay_id bigint not null,
        sex_key integer not null,
        days integer,
        slice_id integer not null,
        period_year smallint not null,
        load_id bigint not null,
        known_from timestamptz not null,
        known_to timestamptz,
        row_hash bytea not null
    ) partition by list (period_year);
    create table core.stays_slice (like core.fact_stay) partition by list (period_year);";

type Stays<'a> = &'a [(u8, i32)];

struct Night<'a> {
    bench: &'a Bench,
    pipeline: Pipeline,
}

impl Night<'_> {
    async fn load(&self, deliverer: &str, year: i32, stays: Stays<'_>) -> RunHandle {
        let (lock, run) = self.bench.begin().await;
        let batch = batch_of(vec![
            ("stay_id", pseudonyms(stays.iter().map(|stay| Some(stay.0)))),
            ("sex", text(stays.iter().map(|_| Some("flicka")))),
            ("days", Arc::new(stays.iter().map(|stay| Some(stay.1)).collect::<Int32Array>())),
        ]);
        let slice = SliceKey { dataset: DatasetName::new("stays"), ..slice(deliverer, year) };
        let loaded =
            self.bench.loader().load(&run, &self.pipeline, &delivery(slice, 1), &conformed(batch)).await.unwrap();
        assert!(loaded.files().is_empty(), "a derived fact has no files per slice");
        lock.release().await;
        run
    }

    async fn fact(&self, instant: DateTime<Utc>) -> Vec<(i32, i32, i16)> {
        const FACT: &str = "
            select get_byte(i.pseudonym, 0), f.days, f.period_year
            from core.fact_stay as f join core.identity as i on i.key = f.stay_id
            where f.known_from <= $1 and (f.known_to is null or f.known_to > $1) order by 1";
        let rows = self.bench.session().await.query(FACT, &[&instant]).await.unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
    }
}

async fn prepared(bench: &Bench) -> Night<'_> {
    bench.session().await.batch_execute(MIGRATION).await.unwrap();
    Night { bench, pipeline: toml::from_str(DECLARATION).unwrap() }
}

#[tokio::test]
async fn the_newest_period_wins_and_a_key_closes_when_it_is_gone_everywhere() {
    let bench = Bench::new().await;
    let night = prepared(&bench).await;
    let first = night.load("12", 2007, &[(1, 30), (2, 5)]).await;
    night.load("12", 2006, &[(1, 10), (3, 7)]).await;
    let both = night.load("24", 2007, &[(4, 1)]).await;
    assert_eq!(night.fact(both.known_at).await, [(1, 30, 2007), (2, 5, 2007), (3, 7, 2006), (4, 1, 2007)]);

    let left_newest = night.load("12", 2007, &[(2, 5)]).await;
    assert_eq!(night.fact(left_newest.known_at).await, [(1, 10, 2006), (2, 5, 2007), (3, 7, 2006), (4, 1, 2007)]);
    let gone = night.load("12", 2006, &[(3, 7)]).await;
    assert_eq!(night.fact(gone.known_at).await, [(2, 5, 2007), (3, 7, 2006), (4, 1, 2007)]);
    assert_eq!(night.fact(first.known_at).await, [(1, 30, 2007), (2, 5, 2007)]);
    let versions = bench.count("select count(*) from core.fact_stay").await;
    assert_eq!(versions, 5, "untouched keys keep their version");
}

#[tokio::test]
async fn the_result_does_not_depend_on_the_order_of_arrival() {
    let slices: [(&str, i32, Stays<'_>); 3] =
        [("12", 2006, &[(1, 10)]), ("12", 2007, &[(1, 20)]), ("24", 2007, &[(1, 30)])];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let bench = Bench::new().await;
        let night = prepared(&bench).await;
        let mut last = None;
        for position in order {
            let (deliverer, year, stays) = slices[position];
            last = Some(night.load(deliverer, year, stays).await);
        }
        assert_eq!(night.fact(last.unwrap().known_at).await, [(1, 20, 2007)], "{order:?}");
    }
}
