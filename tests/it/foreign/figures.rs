//! Exact ratios as the warehouse prints them, and rows of a table as lines.

use std::collections::BTreeMap;

use buss::warehouse::Session;

/// `numerator / denominator` with so many decimals, half away from zero; nothing where there is nothing to divide by.
pub fn ratio(numerator: i128, denominator: i128, decimals: u32) -> String {
    if denominator == 0 {
        return "∅".to_owned();
    }
    let scale = 10_i128.pow(decimals);
    let (numerator, denominator) = (numerator * denominator.signum() * scale, denominator.abs());
    let magnitude = (2 * numerator.abs() + denominator) / (2 * denominator);
    let sign = if numerator < 0 && magnitude != 0 { "-" } else { "" };
    format!("{sign}{}.{:0width$}", magnitude / scale, magnitude % scale, width = decimals as usize)
}

/// Öre as kronor.
pub fn kronor(ore: i128) -> String {
    ratio(ore, 100, 2)
}

pub fn or_null(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "∅".to_owned(), |value| value.to_string())
}

/// Every row of a query, its columns joined by `|`, in order; `∅` for null.
pub async fn rows(session: &Session, query: &str) -> Vec<String> {
    let messages = session.simple_query(query).await.expect("rows");
    let row = |message: &tokio_postgres::SimpleQueryMessage| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|at| row.get(at).unwrap_or("∅")).collect::<Vec<_>>().join("|"))
        }
        _ => None,
    };
    let mut rows: Vec<String> = messages.iter().filter_map(row).collect();
    rows.sort();
    rows
}

/// Fails with the first lines that stand on one side only.
pub fn assert_equal(what: &str, actual: &[String], mut expected: Vec<String>) {
    expected.sort();
    let mut balance: BTreeMap<&String, i32> = BTreeMap::new();
    for (lines, weight) in [(expected.as_slice(), 1), (actual, -1)] {
        for line in lines {
            *balance.entry(line).or_default() += weight;
        }
    }
    let sides = balance.iter().filter(|(_, count)| **count != 0);
    let told: Vec<String> =
        sides.map(|(line, count)| format!("{} {line}", if *count > 0 { "expected" } else { "found   " })).collect();
    assert!(told.is_empty(), "{what}: {} lines differ\n{}", told.len(), told[..told.len().min(40)].join("\n"));
}
