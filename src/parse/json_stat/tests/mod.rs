//! JSON-stat responses through the generic reader and through the declaration of `befolkning`.

mod generic;
mod population;

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::Int64Type,
};
use chrono::NaiveDate;

use super::read;
use crate::{
    Result,
    model::{DelivererCode, Period, SliceKey},
    parse::{Context, ParseEnd},
    pipeline::{Assets, Pipeline, Reference},
    privacy::Pseudonyms,
    settings::Deliverer,
};

/// What a file gave: rows as text, reasons as text, and the end.
struct Parsed {
    rows: Vec<String>,
    reasons: Vec<String>,
    end: ParseEnd,
}

fn parse(text: &str, year: i32) -> Result<Parsed> {
    let assets = Assets::load(&toml::from_str("data_dir = 'var'").unwrap()).unwrap();
    let reference = Reference::load(&assets.reference).unwrap();
    let pipeline: Pipeline = toml::from_str(include_str!("../../../../pipelines/befolkning.toml")).unwrap();
    let deliverer: Deliverer =
        toml::from_str("code = 'stad'\nname = 'Staden'\nkind = 'central'\nbase_url = 'file:///data'").unwrap();
    let slice =
        SliceKey { dataset: pipeline.name.clone(), period: Period::from(year), deliverer: DelivererCode::new("stad") };
    let context = Context {
        pipeline: &pipeline,
        deliverer: &deliverer,
        slice: &slice,
        business_date: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
        reference: &reference,
        pseudonyms: &Pseudonyms::new([7; 32]),
        batch_rows: 5,
        program: None,
    };
    let (mut rows, mut reasons) = (Vec::new(), Vec::new());
    let mut sink = |batch: crate::parse::ParsedBatch| {
        let (batch, found) = batch.into_parts();
        rows.extend((0..batch.num_rows()).map(|row| given(&batch, row)));
        reasons.extend(found.iter().map(|it| format!("{}:{} {} {}", it.record, it.line, it.rule, it.class)));
        Ok(())
    };
    let end = read(text.as_bytes(), &context, &mut sink)?;
    let accounted = i64::try_from(rows.len()).unwrap() + end.tally.rows_control;
    assert_eq!(end.tally.rows_read, accounted);
    Ok(Parsed { rows, reasons, end })
}

/// `record region/age/sex persons status`
fn given(batch: &RecordBatch, row: usize) -> String {
    let text = |name: &str| {
        let column = batch.column_by_name(name).unwrap().as_string::<i32>();
        if column.is_valid(row) { column.value(row).to_owned() } else { "null".to_owned() }
    };
    let number = |name: &str| {
        let column = batch.column_by_name(name).unwrap().as_primitive::<Int64Type>();
        if column.is_valid(row) { column.value(row).to_string() } else { "null".to_owned() }
    };
    let key = format!("{}/{}/{}", text("region"), number("age"), text("sex"));
    format!("{} {key} {} {}", number("_record"), number("persons"), text("persons_status"))
}

fn refusal(text: &str, year: i32) -> String {
    let error = parse(text, year).err().unwrap();
    format!("{} {} @ {}", error.code().id, error.detail_text(), error.place().unwrap_or("-"))
}
