//! The declaration of `befolkning` over made responses.

use serde_json::{Value as Json, json};

use super::{parse, refusal};

fn response(regions: &[&str], ages: &[&str], sexes: &[&str], value: &Json) -> Json {
    json!({
        "class": "dataset", "role": {"time": ["Tid"], "metric": ["ContentsCode"]},
        "id": ["Region", "Alder", "Kon", "ContentsCode", "Tid"],
        "size": [regions.len(), ages.len(), sexes.len(), 1, 1],
        "dimension": {
            "Region": {"category": {"index": regions}},
            "Alder": {"category": {"index": ages}},
            "Kon": {"category": {"index": sexes}},
            "ContentsCode": {"category": {"index": {"BE0101N1": 0}}},
            "Tid": {"category": {"index": ["2007"]}},
        },
        "value": value,
    })
}

#[test]
fn single_ages_are_rows_and_totals_are_control() {
    let ages = ["0", "1", "99", "100+", "0-1", "-1", "tot"];
    let values: Vec<i64> = (1..=21).collect();
    let parsed = parse(&response(&["24"], &ages, &["1", "2", "1+2"], &json!(values)).to_string(), 2007).unwrap();
    assert_eq!(
        parsed.rows,
        [
            "1 24/0/1 1 null",
            "2 24/0/2 2 null",
            "4 24/1/1 4 null",
            "5 24/1/2 5 null",
            "7 24/99/1 7 null",
            "8 24/99/2 8 null",
            "10 24/100/1 10 null",
            "11 24/100/2 11 null"
        ]
    );
    assert_eq!((parsed.end.tally.rows_read, parsed.end.tally.rows_control), (21, 13));
    assert!(parsed.reasons.is_empty());
}

#[test]
fn null_cells_are_rows_with_their_status() {
    let mut json = response(&["24"], &["0", "1", "2"], &["1", "2"], &json!([null, null, null, null, null, 0]));
    json["status"] = json!({"0": "..", "1": ".", "2": "-", "3": "x"});
    let parsed = parse(&json.to_string(), 2007).unwrap();
    assert_eq!(
        parsed.rows,
        [
            "1 24/0/1 null suppressed",
            "2 24/0/2 null not_applicable",
            "3 24/1/1 0 nil",
            "4 24/1/2 null unknown",
            "5 24/2/1 null unknown",
            "6 24/2/2 0 null"
        ]
    );
    assert!(parsed.reasons.is_empty());
}

#[test]
fn cells_that_cannot_be_are_rejected_at_their_line() {
    let value = json!([-1, 2.5, "3", 4]);
    let text = serde_json::to_string_pretty(&response(&["24"], &["0", "101"], &["1", "2"], &value)).unwrap();
    let first = text.lines().position(|line| line.trim() == "-1,").unwrap() + 1;
    let parsed = parse(&text, 2007).unwrap();
    assert_eq!(
        parsed.reasons,
        [
            format!("1:{first} befolkning.persons.minimum below"),
            format!("2:{} befolkning.persons.type not a whole number", first + 1),
            format!("3:{} befolkning.age.maximum above", first + 2),
            format!("3:{} befolkning.persons.type not a number", first + 2),
            format!("4:{} befolkning.age.maximum above", first + 3),
        ]
    );
}

#[test]
fn unknown_regions_ages_and_sexes_are_rejected() {
    let json = response(&["0180", "20"], &["0", "5-9"], &["1", "9"], &json!([1, 2, 3, 4, 5, 6, 7, 8]));
    let parsed = parse(&json.to_string(), 2007).unwrap();
    let about = |rule: &str| parsed.reasons.iter().filter(|reason| reason.contains(rule)).count();
    assert_eq!((about("befolkning.region.code"), about("befolkning.region.type")), (4, 4), "{:?}", parsed.reasons);
    assert_eq!((about("befolkning.age.type"), about("befolkning.sex.code")), (4, 4));
    assert_eq!(parsed.end.tally.rows_control, 0, "5-9 has no single ages beside it");
}

#[test]
fn a_code_of_another_time_is_no_code() {
    let json = |year: &str| {
        let mut json = response(&["20", "12"], &["0"], &["1"], &json!([1, 2]));
        json["dimension"]["Tid"]["category"]["index"] = json!([year]);
        json.to_string()
    };
    assert_eq!(parse(&json("2006"), 2006).unwrap().reasons, Vec::<String>::new());
    let later = parse(&json("2007"), 2007).unwrap();
    assert_eq!(later.reasons, ["1:1 befolkning.region.type code not valid on the last day of the year"]);
}

#[test]
fn dimensions_may_stand_in_any_order_and_spelling() {
    let json = json!({
        "class": "dataset", "role": {"time": ["Tidpunkt"], "geo": ["Område"]},
        "id": ["Tidpunkt", "KÖN", "ålder", "Område"], "size": [1, 2, 2, 1],
        "dimension": {
            "Tidpunkt": {"category": {"index": {"2007": 0}}},
            "KÖN": {"category": {"index": {"2": 0, "1": 1}}},
            "ålder": {"category": {"index": ["0", "1"]}},
            "Område": {"category": {"label": {"24": "Skärholmen"}}},
        },
        "value": [1, 2, 3, 4],
    });
    let parsed = parse(&json.to_string(), 2007).unwrap();
    assert_eq!(parsed.rows, ["1 24/0/2 1 null", "2 24/1/2 2 null", "3 24/0/1 3 null", "4 24/1/1 4 null"]);
}

#[test]
fn another_year_or_shape_is_refused() {
    let json = response(&["24"], &["0"], &["1"], &json!([1]));
    assert_eq!(refusal(&json.to_string(), 2006), "PARS-206 1 time categories @ -");
    let with = |change: fn(&mut Json)| {
        let mut json = json.clone();
        change(&mut json);
        refusal(&json.to_string(), 2007)
    };
    assert_eq!(
        with(|json| {
            json["dimension"]["Tid"]["category"]["index"] = json!(["2006", "2007"]);
            json["size"] = json!([1, 1, 1, 1, 2]);
            json["value"] = json!([1, 2]);
        }),
        "PARS-206 2 time categories @ -"
    );
    assert_eq!(
        with(|json| {
            json["dimension"]["ContentsCode"]["category"]["index"] = json!(["a", "b"]);
            json["size"] = json!([1, 1, 1, 2, 1]);
            json["value"] = json!([1, 2]);
        }),
        "PARS-205 dimension 4: several measures @ -"
    );
    assert_eq!(
        with(|json| {
            json["id"][3] = json!("Civilstand");
            json["dimension"]["Civilstand"] = json!({"category": {"index": ["OG"]}});
        }),
        "PARS-205 dimension 4: not of this dataset @ -"
    );
    assert_eq!(
        with(|json| {
            json["id"][1] = json!("X");
            json["dimension"]["X"] = json!({"category": {"index": ["OG"]}});
        }),
        "PARS-205 no single dimension for `age` @ -"
    );
}
