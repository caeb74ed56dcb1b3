//! A foreign bundle by the contract: extracts that the product's own sample has no part in, with counts, sums and marts
//! worked out here from the same rows.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::{bench::Bench, night::http::office::Office};
use care::check_care;
use facts::{check_counts, check_facts, check_reasons};
use figures::assert_equal;
use marts::Bundle;
use places::Slice;
use review::{check_quality, check_review};
use rows::{Encoding, PLAIN, Row, Style};
use workbooks::Layout;

mod care;
mod cases;
mod edges;
mod facts;
mod figures;
mod intakes;
mod interventions;
mod investigations;
mod ledgers;
mod marts;
mod places;
mod population;
mod review;
mod rows;
mod served;
mod staff;
mod workbooks;

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

fn layout((code, year): Slice) -> Layout {
    match (code, year) {
        ("01", 2007) | ("24", 2006) => Layout::Typed,
        ("06" | "08", _) => Layout::Kept,
        _ if year == 2007 => Layout::Typed,
        _ => Layout::Text,
    }
}

/// The rows of the four datasets that come row by row.
struct Rows {
    intakes: Vec<Row>,
    investigations: Vec<Row>,
    interventions: Vec<Row>,
    posts: Vec<Row>,
}

impl Rows {
    fn new() -> Self {
        let [investigations, interventions, posts] = [investigations::all(), interventions::all(), staff::all()];
        Self { intakes: every_intake(), investigations, interventions, posts }
    }

    fn by_dataset(&self) -> [(&'static str, &[Row]); 4] {
        [
            ("anmalningar", &self.intakes),
            ("utredningar", &self.investigations),
            ("insatser", &self.interventions),
            ("personal", &self.posts),
        ]
    }
}

fn extracts(rows: &Rows) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for (code, year) in places::slices() {
        let slice = (code, year);
        let of = |rows: &'_ [Row]| rows.iter().filter(|row| row.slice == slice).cloned().collect::<Vec<Row>>();
        let mut text = |dataset: &str, columns: &[&'static str], rows: Vec<Row>| {
            let bytes = rows::file(columns, &rows.iter().collect::<Vec<_>>(), style(slice));
            files.insert(format!("{code}/{dataset}_{year}.csv"), bytes);
        };
        text("anmalningar", &intakes::COLUMNS, of(&rows.intakes));
        text("utredningar", &investigations::COLUMNS, of(&rows.investigations));
        text("insatser", &interventions::COLUMNS, of(&rows.interventions));
        let posts = of(&rows.posts);
        let book = match slice {
            ("01", 2006) => include_bytes!("../../corpora/personal/openpyxl_1904.xlsx").to_vec(),
            ("02", 2006) => include_bytes!("../../corpora/personal/libreoffice.xlsx").to_vec(),
            slice => workbooks::workbook(&posts.iter().collect::<Vec<_>>(), layout(slice)),
        };
        files.insert(format!("{code}/personal_{year}.xlsx"), book);
    }
    let kista = files.get_mut("02/anmalningar_2006.csv").expect("a file");
    *kista = in_other_letters(kista);
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

/// The heading decomposed, with no-break spaces.
fn in_other_letters(bytes: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).expect("text");
    let text = text.replacen("Anmälare", "\u{a0}Anma\u{308}lare ", 1).replacen("Fött", "Fo\u{308}tt", 1);
    text.replacen("Ofött barn", "Ofo\u{308}tt\u{a0}barn", 1).into_bytes()
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
    let rows = Rows::new();
    let booked: Vec<_> = ledgers::all().into_iter().flat_map(|ledger| ledger.booked).collect();
    let whole = Bundle {
        intakes: &rows.intakes,
        investigations: &rows.investigations,
        interventions: &rows.interventions,
        posts: &rows.posts,
        booked: &booked,
        missing: &[],
        populations: &[2006, 2007],
    };
    let files = extracts(&rows);
    let office = Office::open();
    served::offer(&office, &files, &served::FIRST);
    for (name, text) in side_files(&files) {
        office.offer(&name, text);
    }
    let mut night = Bench::new(&places::settings(office.url("").trim_end_matches('/'))).await;
    served::write_tokens(&night, places::deliverers());

    let report = night.run().await;
    assert_equal("what the first night tells", &served::told(&report), served::first_told());
    let missing = served::missing();
    let partly = Bundle { missing: &missing, populations: &[2006], ..whole.clone() };
    assert_eq!(report.gate.findings, partly.findings());
    check_marts(&night, &partly).await;

    served::offer(&office, &files, &[]);
    let report = night.run().await;
    assert_equal("what the second night tells", &served::told(&report), Vec::new());
    assert_eq!(report.gate.findings, whole.findings());
    check_marts(&night, &whole).await;
    check_counts(&night, &rows).await;
    check_reasons(&night, &rows).await;
    check_facts(&night, &whole).await;
    check_care(&night).await;
    check_review(&night).await;
    check_quality(&night).await;
}

async fn check_marts(night: &Bench, bundle: &Bundle<'_>) {
    let session = night.database.analyst().await;
    let place = "org_generation, level, district_code, district, year";
    let mart = async |table: &str, columns: &str, expected: Vec<String>| {
        let query = format!("select {place}, {columns}, complete from mart.{table}");
        assert_equal(table, &figures::rows(&session, &query).await, expected);
    };
    let rate = "intakes, children, intakes_0_17, children_0_17, population_0_17, intakes_per_1000, children_per_1000";
    mart("anmalan_rate", rate, bundle.rate()).await;
    let reporter = "intake_type, reporter_category, intakes, share, intakes_prev_year, change_pct";
    mart("anmalan_by_reporter", reporter, bundle.by_reporter()).await;
    let leads = "reporter_category, intakes, decided, opened, already_open, undecided, share_opened";
    mart("anmalan_to_utredning", leads, bundle.to_utredning()).await;
    mart("unique_children", "sex, age_band, children", bundle.unique_children()).await;
    mart("utredning_flow", "month, started, concluded, open_at_end", bundle.flow()).await;
    mart("insats_decided", "category, decided, children", bundle.decided()).await;
    let density = "staff_group, months, fte, children_0_17, fte_per_1000, competent, competence_known, full_competence_share, \
        median_experience_years, leavers, mean_heads, turnover";
    mart("staff_density", density, bundle.density()).await;
    let cost = "price_basis, cost_type, budget_sek, outcome_sek, deviation_sek, deviation_pct, budget_index, outcome_index, \
        budget_growth_total, outcome_growth_total, budget_growth_pa, outcome_growth_pa, resource_cost_index";
    mart("cost_trend", cost, bundle.cost_trend()).await;
}
