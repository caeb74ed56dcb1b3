//! Made-up population (`befolkning`) of one year: JSON-stat 2 as PxWeb answers, district × age × sex.

use serde_json::{Map, Value, json};

use super::offices::Office;

const AGES: u64 = 21;

/// Growth per year in per mille, around 2006.
const GROWTH: i64 = 12;

/// Boys (`1`) and girls (`2`) of one age.
fn persons(office: &Office, year: i32, age: u64) -> [u64; 2] {
    let grown = 1000 + i64::from(year - 2006) * GROWTH;
    let children = office.children * grown.unsigned_abs() / 1000;
    // Eighteen year groups, the young ones a little larger; 18 to 20 as the oldest.
    let weight = 1170 - 20 * age.min(17);
    let both = children * weight / (18 * 1000);
    let boys = both * 513 / 1000;
    [boys, both - boys]
}

/// Persons aged 0–17.
pub(super) fn children_0_17(office: &Office, year: i32) -> u64 {
    (0..18).flat_map(|age| persons(office, year, age)).sum()
}

/// The file and its cells. Years take turns in the forms that the standard allows.
pub(super) fn population(offices: &[&Office], year: i32) -> (Vec<u8>, u64) {
    let codes: Vec<&str> = offices.iter().map(|office| office.code.as_str()).collect();
    let ages: Vec<String> = (0..AGES).map(|age| age.to_string()).collect();
    let ages: Vec<&str> = ages.iter().map(String::as_str).collect();
    let time_first = year % 3 == 0;
    let as_array = year % 2 == 0;
    let mut values = Vec::new();
    for office in offices {
        for age in 0..AGES {
            values.extend(persons(office, year, age));
        }
    }
    let mut dimension = Map::new();
    dimension.insert("Region".into(), category("stadsdelsområde", &codes, &names(offices), as_array));
    dimension.insert("Alder".into(), category("ålder", &ages, &ages, as_array));
    dimension.insert("Kon".into(), category("kön", &["1", "2"], &["män", "kvinnor"], as_array));
    dimension
        .insert("ContentsCode".into(), category("tabellinnehåll", &["BE0101N1"], &["Folkmängd 31 december"], false));
    let text = year.to_string();
    dimension.insert("Tid".into(), category("år", &[&text], &[&text], true));
    // Dimensions of one member may stand anywhere without moving a cell.
    let id = if time_first {
        ["Tid", "Region", "Alder", "Kon", "ContentsCode"]
    } else {
        ["Region", "Alder", "Kon", "ContentsCode", "Tid"]
    };
    let size_of = |name: &str| match name {
        "Region" => codes.len(),
        "Alder" => ages.len(),
        "Kon" => 2,
        _ => 1,
    };
    let document = json!({
        "version": "2.0",
        "class": "dataset",
        "label": format!("Folkmängd efter stadsdelsområde, ålder, kön och år {year} (påhittad)"),
        "source": "buss sample",
        "updated": format!("{}-02-15T06:00:00Z", year + 1),
        "note": ["Påhittade uppgifter."],
        "id": id,
        "size": id.map(size_of),
        "role": { "time": ["Tid"], "geo": ["Region"], "metric": ["ContentsCode"] },
        "dimension": dimension,
        "value": if year % 5 == 2 { sparse(&values) } else { json!(values) },
    });
    (format!("{document:#}\n").into_bytes(), values.len() as u64)
}

fn names<'a>(offices: &[&'a Office]) -> Vec<&'a str> {
    offices.iter().map(|office| office.name.as_str()).collect()
}

fn category(label: &str, codes: &[&str], labels: &[&str], as_array: bool) -> Value {
    let positions: Map<String, Value> =
        codes.iter().enumerate().map(|(position, code)| ((*code).to_owned(), json!(position))).collect();
    let labels: Map<String, Value> =
        codes.iter().zip(labels).map(|(code, label)| ((*code).to_owned(), json!(label))).collect();
    let index = if as_array { json!(codes) } else { Value::Object(positions) };
    json!({ "label": label, "category": { "index": index, "label": labels } })
}

fn sparse(values: &[u64]) -> Value {
    values
        .iter()
        .enumerate()
        .map(|(position, value)| (position.to_string(), json!(value)))
        .collect::<Map<_, _>>()
        .into()
}
