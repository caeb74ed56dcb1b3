//! A foreign bundle by the contract: extracts that the product's own sample has no part in, with counts, sums and marts
//! worked out here from the same rows.

use std::collections::BTreeMap;

use buss::model::Outcome;
use sha2::{Digest, Sha256};

use crate::bench::Bench;
use facts::{check_counts, check_facts};
use figures::{assert_equal, rows};
use intakes::{Encoding, PLAIN, Row, Style};
use marts::Bundle;
use places::Slice;
use review::{check_quality, check_review};

mod cases;
mod edges;
mod facts;
mod figures;
mod intakes;
mod ledgers;
mod marts;
mod places;
mod population;
mod review;

const LATE: [(&str, Slice); 2] = [("anmalningar", ("09", 2007)), ("ekonomi", ("14", 2007))];

fn every_intake() -> Vec<Row> {
    let particular = [cases::children(), cases::codes(), cases::protected(), cases::faults()];
    particular.into_iter().flatten().chain(intakes::plain()).collect()
}

fn style(slice: Slice) -> Style {
    match slice {
        ("01", 2006) => Style { line_end: "\r\n", encoding: Encoding::Bom, shuffled: true, ..PLAIN },
        ("24", 2006) => Style { separator: '\t', encoding: Encoding::Windows1252, ..PLAIN },
        ("24", 2007) => Style { separator: '\t', shuffled: true, ..PLAIN },
        ("12", 2007) => Style { line_end: "\r\n", encoding: Encoding::Windows1252, ..PLAIN },
        _ => PLAIN,
    }
}

fn extracts(intakes: &[Row]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for (code, year) in places::slices() {
        let own: Vec<&Row> = intakes.iter().filter(|row| row.slice == (code, year)).collect();
        let mut bytes = intakes::file(&own, style((code, year)));
        if (code, year) == ("02", 2006) {
            // The heading in other letters: decomposed, with no-break spaces.
            let text = String::from_utf8(bytes).expect("text");
            let text = text.replacen("Anmälare", "\u{a0}Anma\u{308}lare ", 1).replacen("Fött", "Fo\u{308}tt", 1);
            bytes = text.replacen("Ofött barn", "Ofo\u{308}tt\u{a0}barn", 1).into_bytes();
        }
        files.insert(format!("{code}/anmalningar_{year}.csv"), bytes);
    }
    for ledger in ledgers::all() {
        files.insert(format!("{}/ekonomi_{}.se", ledger.slice.0, ledger.slice.1), ledger.bytes);
    }
    files.insert("stad/befolkning_2006.json".to_owned(), population::dense().into_bytes());
    files.insert("stad/befolkning_2007.json".to_owned(), population::sparse().into_bytes());
    // No cell of the review holds a comma outside quotes or a semicolon.
    let cells: Vec<String> = review::PUBLISHED.lines().map(|line| separated(line).join(";")).collect();
    files.insert("stad/granskning_2022.csv".to_owned(), (cells.join("\r\n") + "\r\n").into_bytes());
    files
}

fn separated(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            letter => cells.last_mut().expect("a cell").push(letter),
        }
    }
    cells
}

/// Side files as `sha256sum` writes them, in text and in binary mode.
fn side_files(files: &BTreeMap<String, Vec<u8>>) -> Vec<(String, String)> {
    let stated = |(name, mark): (&str, &str)| {
        let hash = Sha256::digest(&files[name]);
        let hex = hex::encode(hash);
        let file = name.split_once('/').expect("a folder").1;
        (format!("{name}.sha256"), format!("{hex} {mark}{file}\n"))
    };
    [("01/anmalningar_2006.csv", " "), ("01/ekonomi_2006.se", "*"), ("stad/befolkning_2006.json", " ")]
        .map(stated)
        .into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_bundle_loads_to_its_counts_sums_and_marts() {
    let intakes = every_intake();
    let booked: Vec<_> = ledgers::all().into_iter().flat_map(|ledger| ledger.booked).collect();
    let files = extracts(&intakes);
    let late = |name: &str| {
        LATE.iter().any(|(dataset, (code, year))| name.starts_with(&format!("{code}/{dataset}_{year}.")))
            || name == "stad/befolkning_2007.json"
    };
    let mut night = Bench::new(&places::settings()).await;
    for (name, bytes) in files.iter().filter(|(name, _)| !late(name)) {
        night.extract(name, bytes);
    }
    for (name, text) in side_files(&files) {
        night.extract(&name, text);
    }
    let report = night.run().await;
    assert_eq!(report.gate.findings, Vec::<String>::new());
    let missing: Vec<String> = report
        .slices
        .iter()
        .filter(|slice| !matches!(slice.outcome, Outcome::Loaded | Outcome::LoadedWithQuarantine))
        .map(|slice| format!("{:?} {:?} {:?}", slice.step, slice.outcome, slice.reasons))
        .collect();
    assert_eq!(missing.len(), 3, "{missing:#?}");
    assert!(missing.iter().all(|slice| slice.contains("None")), "{missing:#?}");
    check_marts(&night, &Bundle { intakes: &intakes, booked: &booked, missing: &LATE, populations: &[2006] }).await;

    for (name, bytes) in files.iter().filter(|(name, _)| late(name)) {
        night.extract(name, bytes);
    }
    let report = night.run().await;
    assert_eq!(report.gate.findings, Vec::<String>::new());
    let whole = Bundle { intakes: &intakes, booked: &booked, missing: &[], populations: &[2006, 2007] };
    check_marts(&night, &whole).await;
    check_counts(&night, &intakes).await;
    check_facts(&night, &whole).await;
    check_review(&night).await;
    check_quality(&night).await;
}

async fn check_marts(night: &Bench, bundle: &Bundle<'_>) {
    let session = night.database.analyst().await;
    let place = "org_generation, level, district_code, district, year";
    let mart = async |table: &str, columns: &str| {
        rows(&session, &format!("select {place}, {columns}, complete from mart.{table}")).await
    };
    let rate = "intakes, children, intakes_0_17, children_0_17, population_0_17, intakes_per_1000, children_per_1000";
    assert_equal("anmalan_rate", &mart("anmalan_rate", rate).await, bundle.rate());
    let reporter = "intake_type, reporter_category, intakes, share, intakes_prev_year, change_pct";
    assert_equal("anmalan_by_reporter", &mart("anmalan_by_reporter", reporter).await, bundle.by_reporter());
    let cost = "price_basis, cost_type, budget_sek, outcome_sek, deviation_sek, deviation_pct, budget_index, outcome_index, \
        budget_growth_total, outcome_growth_total, budget_growth_pa, outcome_growth_pa, resource_cost_index";
    assert_equal("cost_trend", &mart("cost_trend", cost).await, bundle.cost_trend());
}
