//! Reference lists, districts and the delivery at hand as small in-memory tables.
//!
//! Every list is a table of its file's name with text columns, empty cells null. `district` is `districts` with dates:
//! `district_code`, `member` (`12@2007-01-01`), `name`, `valid_from`, `valid_to` (half-open, null = still valid).
//! `delivery` has one row: `deliverer`, `period`, `period_year` (null when the period is not a year).

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Date32Array, Int16Array, RecordBatch, StringArray},
    datatypes::{DataType, Date32Type, Field, Schema},
};
use chrono::{Days, NaiveDate};
use datafusion::{catalog::TableProvider, datasource::MemTable, error::Result};

use crate::{
    model::SliceKey,
    pipeline::{CodeList, Reference},
};

/// All tables that do not depend on a slice.
pub(super) fn reference(reference: &Reference) -> Result<Vec<(String, Arc<dyn TableProvider>)>> {
    let mut tables = Vec::new();
    for (name, list) in reference.lists() {
        tables.push((name.to_owned(), table(list_rows(list)?)?));
    }
    let districts = reference.list("districts").cloned().unwrap_or_default();
    tables.push(("district".to_owned(), table(district_rows(&districts)?)?));
    Ok(tables)
}

pub(super) fn delivery(slice: &SliceKey) -> Result<Arc<dyn TableProvider>> {
    let year = slice.period.year().and_then(|year| i16::try_from(year).ok());
    table(batch([
        ("deliverer", text([Some(slice.deliverer.as_str())])),
        ("period", text([Some(slice.period.as_str())])),
        ("period_year", Arc::new(Int16Array::from(vec![year]))),
    ])?)
}

fn list_rows(list: &CodeList) -> Result<RecordBatch> {
    let columns = list.header.iter().enumerate();
    batch(columns.map(|(column, name)| {
        let cells = list.rows.iter().map(|row| Some(row[column].as_str()).filter(|cell| !cell.is_empty()));
        (name.as_str(), text(cells))
    }))
}

fn district_rows(list: &CodeList) -> Result<RecordBatch> {
    let cells = |name: &str| {
        let column = list.column(name);
        list.rows.iter().map(move |row| column.map(|column| row[column].as_str()))
    };
    let dates = |name: &'static str| list.rows.iter().map(move |row| list.date(row, name));
    let members: Vec<_> = cells("district_code")
        .zip(dates("valid_from"))
        .map(|(code, from)| Some(format!("{}@{}", code?, from?)))
        .collect();
    // Files say the last day of validity; intervals are half-open.
    let end = dates("valid_to").map(|last| last.and_then(|last| last.checked_add_days(Days::new(1))));
    batch([
        ("district_code", text(cells("district_code"))),
        ("member", text(members.iter().map(Option::as_deref))),
        ("name", text(cells("name"))),
        ("valid_from", days(dates("valid_from"))),
        ("valid_to", days(end)),
    ])
}

fn text<'a>(cells: impl IntoIterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(cells.into_iter().collect::<StringArray>())
}

fn days(dates: impl Iterator<Item = Option<NaiveDate>>) -> ArrayRef {
    Arc::new(dates.map(|date| date.map(Date32Type::from_naive_date)).collect::<Date32Array>())
}

fn batch<'a>(columns: impl IntoIterator<Item = (&'a str, ArrayRef)>) -> Result<RecordBatch> {
    let (fields, arrays): (Vec<_>, Vec<_>) = columns
        .into_iter()
        .map(|(name, array)| (Field::new(name, DataType::clone(array.data_type()), true), array))
        .unzip();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
}

fn table(rows: RecordBatch) -> Result<Arc<dyn TableProvider>> {
    Ok(Arc::new(MemTable::try_new(rows.schema(), vec![vec![rows]])?))
}
