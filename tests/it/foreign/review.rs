//! The real review in the bundle, and the quality of what was delivered.

use super::{
    figures::{assert_equal, ratio, rows},
    separated,
};
use crate::bench::Bench;

/// The published review, as it lies beside the test of its percentages.
pub const PUBLISHED: &str = include_str!("../marts/review2022.csv");

/// The review cell by cell: districts as published, the city as its own totals say, shares over the bases of the tables.
pub async fn check_review(night: &Bench) {
    let session = night.database.analyst().await;
    let cells: Vec<Vec<String>> = PUBLISHED.lines().skip(1).map(separated).collect();
    let find = |table: &str, category: &str, district: &str| -> i128 {
        let cell = cells.iter().filter(|it| it[3] == district || district == "∅" && it[3] != "Total");
        cell.filter(|it| it[0] == table && it[2] == category).map(|it| it[4].parse::<i128>().expect("a count")).sum()
    };
    let mut expected = Vec::new();
    for district in ["∅", "Hässelby-Vällingby", "Norrmalm", "Skärholmen"] {
        let answers = cells.iter().filter(|it| it[3] == "Norrmalm" && it[2] != "Total");
        for cell in answers {
            let (table, category) = (cell[0].as_str(), cell[2].as_str());
            let n = if district == "∅" { 72 } else { 24 };
            let count = find(table, category, district);
            let yes_no = !["T01", "T02", "T03", "T04", "T05", "T06", "T07", "T12", "T14", "T15"].contains(&table);
            let away = "Barnet går ej i förskola/skola";
            let (rule, base) = match category {
                "Ja" | "Nej" if yes_no => ("ja_nej", find(table, "Ja", district) + find(table, "Nej", district)),
                category if ["T12", "T14"].contains(&table) && category != away => {
                    ("attends", n - find("T12", away, district))
                }
                _ => ("all", n),
            };
            let place = match district {
                "∅" => "14|city|∅|∅",
                "Norrmalm" => "14|district|09|Norrmalm",
                "Skärholmen" => "14|district|24|Skärholmen",
                _ => "14|district|04|Hässelby-Vällingby",
            };
            let shares = [ratio(count, base, 6), ratio(count, n, 6)];
            expected.push(format!(
                "{place}|2022|2022|{table}|{}|{category}|{count}|{n}|{base}|{}|{rule}|{}|t",
                cell[1], shares[0], shares[1]
            ));
        }
    }
    let mart =
        "select org_generation, level, district_code, district, year, campaign, table_id, variable, category, count, n,
        base, share, base_rule, share_of_all, complete from mart.review";
    assert_equal("review", &rows(&session, mart).await, expected);
}

/// Rinkeby's seventeen rows have two conflicts and a copy; Kista's codes have five that no list knows.
pub async fn check_quality(night: &Bench) {
    let session = night.database.analyst().await;
    let mart =
        "select org_generation, level, district_code, district, year, dataset, period, field, fill_rate, unmapped,
        rejected_share, complete from mart.data_quality";
    let quality = async |filter: &str| rows(&session, &format!("{mart} where {filter}")).await;
    let line = |district: &str, field: &str, rest: &str| {
        format!("18|district|{district}|2006|anmalningar|2006|{field}|{rest}|t")
    };
    let rinkeby = |field: &str, filled: i128, rejected: i128| {
        line("01|Rinkeby", field, &format!("{}|0|{}", ratio(filled, 14, 6), ratio(rejected, 17, 6)))
    };
    let expected = vec![
        rinkeby("anmalan_id", 14, 2),
        rinkeby("child", 11, 0),
        rinkeby("ofott_barn", 3, 0),
        rinkeby("kon", 3, 0),
        rinkeby("skyddad_identitet", 1, 0),
        rinkeby("inkom", 14, 0),
        rinkeby("typ", 14, 0),
        rinkeby("anmalare", 14, 0),
        rinkeby("orsak", 1, 0),
        rinkeby("skyddsbedomning", 0, 0),
        rinkeby("beslut", 1, 0),
        rinkeby("beslutsdatum", 0, 0),
        rinkeby("lagrum", 0, 0),
        rinkeby("utredning_id", 2, 0),
        rinkeby("stadsdel", 14, 0),
    ];
    assert_equal(
        "data_quality of Rinkeby",
        &quality("district = 'Rinkeby' and dataset = 'anmalningar'").await,
        expected,
    );
    let kista = |field: &str, filled: i128, unmapped: i128| {
        line("02|Kista", field, &format!("{}|{unmapped}|0.000000", ratio(filled, 9, 6)))
    };
    let expected = vec![
        kista("anmalare", 6, 1),
        kista("orsak", 2, 1),
        kista("beslut", 3, 1),
        kista("lagrum", 2, 1),
        kista("typ", 9, 0),
    ];
    let filter =
        "district = 'Kista' and dataset = 'anmalningar' and field in ('anmalare', 'orsak', 'beslut', 'lagrum', 'typ')";
    assert_equal("data_quality of Kista", &quality(filter).await, expected);
    // Nothing accepted, nothing to fill.
    let empty = quality("district = 'Spånga-Tensta' and year = 2006 and field = 'typ'").await;
    assert_equal("data_quality of an empty file", &empty, vec![line("03|Spånga-Tensta", "typ", "∅|0|∅")]);
    let city = "select distinct level, district_code, district, deliverer, dataset, period from mart.data_quality where level = 'city'";
    let stad = ["befolkning|2006", "befolkning|2007", "granskning|2022"].map(|it| format!("city|∅|∅|stad|{it}"));
    assert_equal("files of the city", &rows(&session, city).await, stad.into());
}
