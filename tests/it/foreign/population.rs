//! The bundle's population, as two programs would write it.

use super::places::{Place, Slice, slices};

/// Single ages of the files; the last is `100+`.
const AGES: [i128; 5] = [0, 9, 17, 18, 100];

/// Persons of one cell. One cell is suppressed, one is nil, one is negative and refused.
fn persons((code, year): Slice, age: i128, sex: i128) -> Option<i128> {
    match (code, year, age, sex) {
        ("06", 2006, 9, 1) | ("08", 2006, 17, 2) | ("15", 2007, 18, 1) => None,
        ("09", 2006, 0, 1) => Some(0),
        _ => Some(code.parse::<i128>().expect("a number") * 3 + age + 40 * sex + i128::from(year - 2006) * 7),
    }
}

/// Inhabitants 0–17 of a place on 31 December, of what is known.
pub fn minors(place: &Place, year: i32) -> i128 {
    let held = slices().filter(|slice| slice.1 == year && place.holds(*slice));
    let cells =
        held.flat_map(|slice| AGES[..3].iter().flat_map(move |age| [1, 2].map(|sex| persons(slice, *age, sex))));
    cells.flatten().sum()
}

fn quoted(texts: impl IntoIterator<Item = impl ToString>) -> String {
    texts.into_iter().map(|text| format!("\"{}\"", text.to_string())).collect::<Vec<_>>().join(",")
}

fn age_code(age: i128) -> String {
    if age == 100 { "100+".to_owned() } else { age.to_string() }
}

/// 2006: objects as indexes, all values, totals of ages and sexes, status by cell.
pub fn dense() -> String {
    let regions: Vec<Slice> = slices().filter(|slice| slice.1 == 2006).collect();
    let (mut values, mut status) = (Vec::new(), Vec::new());
    for region in &regions {
        for age in AGES.map(Some).into_iter().chain([None]) {
            for sex in [Some(1), Some(2), None] {
                let (Some(age), Some(sex)) = (age, sex) else {
                    values.push("1".to_owned());
                    continue;
                };
                if persons(*region, age, sex).is_none() && region.0 == "06" {
                    status.push(format!("\"{}\":\"..\"", values.len()));
                }
                if *region == ("09", 2006) && (age, sex) == (0, 1) {
                    status.push(format!("\"{}\":\"-\"", values.len()));
                    values.push("null".to_owned());
                } else if region.0 == "08" && persons(*region, age, sex).is_none() {
                    values.push("-5".to_owned());
                } else {
                    values.push(persons(*region, age, sex).map_or("null".to_owned(), |it| it.to_string()));
                }
            }
        }
    }
    let index = |codes: Vec<String>| {
        let pairs: Vec<String> = codes.iter().enumerate().rev().map(|(at, code)| format!("\"{code}\":{at}")).collect();
        pairs.join(",")
    };
    let ages = index(AGES.iter().map(|age| age_code(*age)).chain(["tot".to_owned()]).collect());
    format!(
        r#"{{"version":"2.0","class":"dataset","label":"Folkmängd","source":"USK","updated":"2024-01-12T05: 52: 00Z",
"id":["Region","Alder","Kon","ContentsCode","Tid"],"size":[18,6,3,1,1],
"role":{{"time":["Tid"],"geo":["Region"],"metric":["ContentsCode"]}},
"dimension":{{"Region":{{"label":"region","category":{{"index":{{{}}}}}}},
"Alder":{{"category":{{"index":{{{ages}}},"label":{{"0":"0 år"}}}}}},
"Kon":{{"category":{{"index":{{"1":0,"2":1,"1+2":2}}}}}},
"ContentsCode":{{"category":{{"index":{{"BE1":0}},"unit":{{"BE1":{{"base":"antal"}}}}}}}},
"Tid":{{"category":{{"index":{{"2006":0}}}}}}}},
"value":[{}],
"status":{{{}}}}}"#,
        index(regions.iter().map(|it| it.0.to_owned()).collect()),
        values.join(", "),
        status.join(",")
    )
}

/// 2007: arrays as indexes, values by position, another order of dimensions, Swedish names.
pub fn sparse() -> String {
    let regions: Vec<Slice> = slices().filter(|slice| slice.1 == 2007).collect();
    let mut values = Vec::new();
    let mut at = 0;
    for sex in [2, 1] {
        for age in AGES {
            for region in &regions {
                values.extend(persons(*region, age, sex).map(|it| format!("\"{at}\":{it}")));
                at += 1;
            }
        }
    }
    format!(
        r#"{{"class":"dataset","id":["Tid","Kön","Ålder","Stadsdelsområde"],"size":[1,2,5,14],
"role":{{"time":["Tid"],"geo":["Stadsdelsområde"]}},
"value":{{{}}},
"dimension":{{"Tid":{{"category":{{"label":{{"2007":"2007"}}}}}},
"Kön":{{"category":{{"index":["2","1"]}}}},
"Ålder":{{"category":{{"index":[{}]}}}},
"Stadsdelsområde":{{"category":{{"index":[{}]}}}}}}}}"#,
        values.join(","),
        quoted(AGES.map(age_code)),
        quoted(regions.iter().map(|it| it.0)),
    )
}
