//! The review of 2022: every cell, and every published percentage that is a count over one of the mart's bases.

use std::fmt::Write as _;

use super::{city, lines};

fn records(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv_core::Reader::new();
    let (mut input, mut out, mut ends) = (text.as_bytes(), vec![0; text.len()], vec![0; 64]);
    let mut records = Vec::new();
    loop {
        let (mut written, mut ended) = (0, 0);
        loop {
            let (result, read, wrote, fields) = reader.read_record(input, &mut out[written..], &mut ends[ended..]);
            input = &input[read..];
            written += wrote;
            ended += fields;
            match result {
                csv_core::ReadRecordResult::Record => break,
                csv_core::ReadRecordResult::End => return records,
                _ => {}
            }
        }
        let starts = std::iter::once(0).chain(ends[..ended].iter().copied());
        let cells = starts.zip(&ends[..ended]).map(|(from, &to)| String::from_utf8(out[from..to].to_vec()).unwrap());
        records.push(cells.collect());
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The statements a load would leave: dimensions by table and category, facts without the totals.
fn load() -> String {
    let mut sql = String::from("delete from core.dim_review_variable; delete from core.dim_review_category;");
    let cells = records(include_str!("review2022.csv"));
    for cell in &cells[1..] {
        let [table, title, category, district, count, n] = &cell[..] else { panic!("six columns") };
        if district == "Total" || category == "Total" {
            continue;
        }
        let base_rule = match table.as_str() {
            "T08" | "T09" | "T10" | "T11" | "T13" | "T16" | "T17" | "T18" | "T19" | "T20" | "T21" | "T22" => "ja_nej",
            "T12" | "T14" => "attends",
            _ => "all",
        };
        let (table, title, code) = (quoted(table), quoted(title), quoted(&format!("{table}/{category}")));
        let _ = write!(
            sql,
            "insert into core.dim_review_variable (code, label, table_id, title, kind, base_rule)
             values ({table}, {title}, {table}, {title}, null, '{base_rule}') on conflict do nothing;
             insert into core.dim_review_category (code, label) values ({code}, {code}) on conflict do nothing;
             insert into core.fact_review (campaign, district_key, review_variable_key, review_category_key, count, n,
                 slice_id, period_year, load_id, known_from, row_hash)
             select '2022', d.district_key, v.review_variable_key, c.review_category_key, {count}, {n},
                 s.slice_id, 2022, 1, '2026-01-01 00:00:00+00', '\\x00'
             from core.dim_district as d, core.dim_review_variable as v, core.dim_review_category as c, ops.slice as s
             where d.name = {} and v.code = {table} and c.code = {code} and s.dataset = 'granskning';",
            quoted(district)
        );
    }
    sql
}

#[tokio::test]
async fn cells_and_percentages_are_those_published() {
    let (_database, session, _) = city().await;
    session.batch_execute(&load()).await.expect("the review");
    let rows = lines(
        &session,
        "select table_id || '|' || category || '|' || coalesce(district, 'Total') || '|' || count || '|' || n || '|' || base || '|'
            || share || '|' || share_of_all
         from mart.review where org_generation = 14",
    )
    .await;
    let figures: Vec<Vec<&str>> = rows.iter().map(|row| row.split('|').collect()).collect();
    let find = |table: &str, category: &dyn Fn(&str) -> bool, place: &str| {
        figures.iter().find(|row| row[0] == table && category(row[1]) && row[2] == place)
    };

    let cells = records(include_str!("review2022.csv"));
    let mut compared = 0;
    for cell in cells[1..].iter().filter(|cell| cell[2] != "Total") {
        let row = find(&cell[0], &|category| category == cell[2], &cell[3]).expect("a row");
        assert_eq!((row[3], row[4]), (cell[4].as_str(), cell[5].as_str()), "{cell:?}");
        compared += 1;
    }
    assert_eq!(compared, 308);
    assert_eq!(figures.len(), 308);

    let mut proven = 0;
    for claim in &records(include_str!("percentages.csv"))[1..] {
        let (numerator, base, place) = (&claim[3], &claim[4], &claim[5]);
        let Some((table, words)) = numerator.split_once(' ') else { continue };
        let named = |category: &str| {
            category == words || (words.len() > 4 && category.to_lowercase().contains(&words.to_lowercase()))
        };
        let (share, over) = match base.as_str() {
            "all cases" => (7, 4),
            base if base.starts_with("Ja") || base.starts_with("attends") || base.starts_with("T13 Ja+Nej") => (6, 5),
            "has BUP contact" | "current at another unit" | "suspected violence against child (35)" => (6, 5),
            _ => continue,
        };
        let Some(row) = find(table, &named, place) else { continue };
        let fraction: f64 = row[share].parse().unwrap();
        assert_eq!((row[3], row[over]), (claim[6].as_str(), claim[7].as_str()), "{claim:?}");
        assert!((fraction * 100.0 - claim[8].parse::<f64>().unwrap()).abs() <= 0.0051, "{claim:?} {fraction}");
        proven += 1;
    }
    assert!(proven >= 150, "only {proven} claims were compared");
}
