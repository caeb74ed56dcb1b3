//! The reader of any dataset.

use std::{fmt::Write, fs, path::Path};

use serde_json::{Value as Json, json};

use super::refusal;
use crate::{
    Result,
    parse::json_stat::{
        cube::Cube,
        document::{Document, Value},
    },
};

fn cube(json: &Json) -> Result<Cube> {
    Cube::of(Document::read(json.to_string().as_bytes())?)
}

fn refused(json: &Json) -> String {
    let error = cube(json).unwrap_err();
    format!("{} {}", error.code().id, error.detail_text())
}

/// Two dimensions, A (x, y) and B (p, q, r).
fn small() -> Json {
    json!({
        "version": "2.0", "class": "dataset", "id": ["A", "B"], "size": [2, 3],
        "dimension": {
            "A": {"category": {"index": {"y": 1, "x": 0}}},
            "B": {"category": {"index": ["p", "q", "r"], "label": {"p": "P"}}},
        },
        "value": [1, 2, null, 4, 5.0, 6.5],
    })
}

fn cells(cube: &Cube) -> Vec<String> {
    let mut at = Vec::new();
    (0..cube.cells())
        .map(|cell| {
            cube.coordinates(cell, &mut at);
            let names = cube.dimensions.iter().zip(&at).map(|(axis, at)| axis.categories[*at].as_str());
            let value = match cube.value(cell).0 {
                Value::Whole(number) => number.to_string(),
                other => format!("{other:?}"),
            };
            format!("{} {value} {}", names.collect::<String>(), cube.status(cell).unwrap_or("")).trim_end().to_owned()
        })
        .collect()
}

#[test]
fn array_and_object_indexes_are_row_major() {
    assert_eq!(cells(&cube(&small()).unwrap()), ["xp 1", "xq 2", "xr Null", "yp 4", "yq 5", "yr Number"]);
}

#[test]
fn sparse_values_and_all_forms_of_status() {
    let mut json = small();
    json["value"] = json!({"0": 1, "5": 6, "2": null});
    json["status"] = json!({"2": "..", "3": "."});
    assert_eq!(cells(&cube(&json).unwrap()), ["xp 1", "xq Null", "xr Null ..", "yp Null .", "yq Null", "yr 6"]);
    json["status"] = json!("p");
    assert_eq!(cells(&cube(&json).unwrap())[0], "xp 1 p");
    json["status"] = json!(["e"]);
    assert_eq!(cells(&cube(&json).unwrap())[5], "yr 6 e");
    json["status"] = json!([null, "..", null, null, null, "x"]);
    assert_eq!(cells(&cube(&json).unwrap())[1], "xq Null ..");
}

#[test]
fn a_single_category_needs_no_index() {
    let mut json = small();
    json["dimension"]["A"] = json!({"category": {"label": {"x": "X"}}});
    json["size"] = json!([1, 3]);
    json["value"] = json!([1, 2, 3]);
    assert_eq!(cells(&cube(&json).unwrap()), ["xp 1", "xq 2", "xr 3"]);
}

#[test]
fn lies_are_refused() {
    let with = |change: fn(&mut Json)| {
        let mut json = small();
        change(&mut json);
        refused(&json)
    };
    assert_eq!(with(|json| json["class"] = json!("collection")), "PARS-202 the class is not dataset");
    assert_eq!(with(|json| json["value"] = json!([1])), "PARS-203 size gives 6 cells, value has 1");
    assert_eq!(with(|json| json["value"] = json!({"6": 1})), "PARS-203 size gives 6 cells, value names one beyond");
    assert_eq!(with(|json| json["value"] = json!({"a": 1})), "PARS-202 ");
    assert_eq!(with(|json| json["status"] = json!([1])), "PARS-202 ");
    assert_eq!(with(|json| json["status"] = json!(["a", "b"])), "PARS-203 size gives 6 cells, status has 2");
    assert_eq!(with(|json| json["status"] = json!({"6": "a"})), "PARS-203 status names no cell");
    assert_eq!(with(|json| json["id"] = json!(["A"])), "PARS-203 id names 1 dimensions, size 2");
    assert_eq!(with(|json| json["id"] = json!(["A", "A"])), "PARS-203 dimension 2 is missing or stands twice");
    let unfilled = "PARS-203 dimension 1: its categories do not fill its size once each";
    assert_eq!(with(|json| json["dimension"]["A"]["category"]["index"] = json!({"x": 0, "y": 0})), unfilled);
    assert_eq!(with(|json| json["dimension"]["A"]["category"]["index"] = json!({"x": 0, "y": 2})), unfilled);
    assert_eq!(with(|json| json["dimension"]["A"]["category"]["index"] = json!(["x", "x"])), unfilled);
    assert_eq!(with(|json| json["size"] = json!([u64::MAX, 3])), "PARS-204 size claims more than 4000000 cells");
    assert_eq!(with(|json| json["size"] = json!([-1, 3])), "PARS-202 ");
}

#[test]
fn texts_that_are_no_dataset_are_refused() {
    assert_eq!(refusal("<html></html>", 2007), "PARS-201  @ line 1");
    assert_eq!(refusal("{\"class\": \"dataset\",\n\"value\": [1,", 2007), "PARS-201  @ line 2");
    assert_eq!(refusal("{} x", 2007), "PARS-201  @ line 1");
    assert_eq!(refusal("[]", 2007), "PARS-202  @ line 1");
    assert_eq!(refusal("{\"error\": {}}", 2007), "PARS-202 the class is not dataset @ -");
    assert_eq!(refusal("{\"class\": \"dataset\"}", 2007), "PARS-202 no values @ -");
}

#[test]
fn recorded_responses() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpora/jsonstat");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut table = String::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|it| it == "json")) {
        let text = fs::read_to_string(path).unwrap();
        let read = Document::read(text.as_bytes()).and_then(Cube::of);
        let generic = match &read {
            Ok(cube) => {
                let shown =
                    |axis: &crate::parse::json_stat::cube::Axis| format!("{}={}", axis.id, axis.categories.len());
                let whole = (0..cube.cells()).filter_map(|cell| match cube.value(cell).0 {
                    Value::Whole(number) => Some(number),
                    _ => None,
                });
                let (count, sum) = whole.fold((0, 0), |(count, sum), number| (count + 1, sum + number));
                let marks = (0..cube.cells()).filter(|cell| cube.status(*cell).is_some()).count();
                let axes: Vec<_> = cube.dimensions.iter().map(shown).collect();
                format!("{} whole={count} sum={sum} marks={marks}", axes.join(" "))
            }
            Err(error) => format!("{}: {} {}", error.code().id, error.code().message, error.detail_text()),
        };
        let name = path.file_name().unwrap().to_string_lossy();
        writeln!(table, "{name}\n  any dataset: {generic}\n  befolkning:  {}", refusal(&text, 2024)).unwrap();
    }
    insta::assert_snapshot!(table);
}

proptest::proptest! {
    #[test]
    fn no_document_makes_it_panic(
        size in proptest::collection::vec(0_u64..4, 0..4),
        values in proptest::collection::vec(proptest::option::of(proptest::prelude::any::<i64>()), 0..30),
    ) {
        let ids: Vec<String> = (0..size.len()).map(|at| format!("D{at}")).collect();
        let dimension: serde_json::Map<String, Json> = ids.iter().zip(&size).map(|(id, size)| {
            let categories: Vec<String> = (0..*size).map(|at| at.to_string()).collect();
            (id.clone(), json!({"category": {"index": categories}}))
        }).collect();
        let json = json!({"class": "dataset", "id": ids, "size": size, "dimension": dimension, "value": values});
        if let Ok(cube) = cube(&json) {
            proptest::prop_assert_eq!(cells(&cube).len(), values.len());
        }
    }
}
