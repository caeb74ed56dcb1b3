//! Whole SIE files through the parser: made ones for every reading, and those that vendors gave.

mod corpus;
mod faults;
mod readings;

use std::collections::BTreeMap;

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{Date32Type, Decimal128Type, Int64Type},
};
use chrono::NaiveDate;

use super::read;
use crate::{
    Result,
    land::Encoding,
    model::{DelivererCode, Ore, Period, Reason, SliceKey, Tally},
    parse::Context,
    pipeline::{Pipeline, Reference},
    privacy::Pseudonyms,
    settings::Deliverer,
};

/// What a file gave.
#[derive(Debug)]
struct Parsed {
    rows: Vec<Given>,
    reasons: Vec<Reason>,
    tally: Tally,
    file_reasons: Vec<Reason>,
}

/// One row given.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Given {
    record: i64,
    line: i64,
    account: Option<String>,
    activity: Option<String>,
    month: Option<NaiveDate>,
    scenario: String,
    amount: Option<Ore>,
}

fn parse(bytes: &[u8], year: i32, dimension: Option<u32>) -> Result<Parsed> {
    let pipeline: Pipeline = toml::from_str(include_str!("../../../../pipelines/ekonomi.toml")).unwrap();
    let mut deliverer: Deliverer =
        toml::from_str("code = '24'\nname = 'Skärholmen'\nkind = 'district'\nbase_url = 'file:///data'").unwrap();
    deliverer.sie.activity_dimension = dimension;
    let slice =
        SliceKey { dataset: pipeline.name.clone(), period: Period::from(year), deliverer: DelivererCode::new("24") };
    let context = Context {
        pipeline: &pipeline,
        deliverer: &deliverer,
        slice: &slice,
        business_date: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
        reference: &Reference::default(),
        pseudonyms: &Pseudonyms::new([7; 32]),
        batch_rows: 3,
        program: None,
    };
    let encoding = match std::str::from_utf8(bytes) {
        Ok(text) if text.starts_with('\u{feff}') => Encoding::Utf8Bom,
        Ok(_) => Encoding::Utf8,
        Err(_) => Encoding::NotUtf8,
    };
    let (mut rows, mut reasons) = (Vec::new(), Vec::new());
    let mut sink = |batch: crate::parse::ParsedBatch| {
        let (batch, found) = batch.into_parts();
        rows.extend(given(&batch));
        reasons.extend(found);
        Ok(())
    };
    let end = read(|| Ok(bytes), encoding, &context, &mut sink)?;
    let parsed = Parsed { rows, reasons, tally: end.tally, file_reasons: end.file_reasons };
    parsed.assert_balance();
    Ok(parsed)
}

fn given(batch: &RecordBatch) -> Vec<Given> {
    let text = |name: &str, row: usize| {
        let column = batch.column_by_name(name).unwrap().as_string::<i32>();
        column.is_valid(row).then(|| column.value(row).to_owned())
    };
    let number = |name: &str, row: usize| batch.column_by_name(name).unwrap().as_primitive::<Int64Type>().value(row);
    let months = batch.column_by_name("month").unwrap().as_primitive::<Date32Type>();
    let amounts = batch.column_by_name("amount").unwrap().as_primitive::<Decimal128Type>();
    (0..batch.num_rows())
        .map(|row| {
            if let Some(district) = text("stadsdel", row) {
                assert_eq!(district, "24");
            }
            Given {
                record: number("_record", row),
                line: number("_line", row),
                account: text("account", row),
                activity: text("activity", row),
                month: months.is_valid(row).then(|| months.value_as_date(row).unwrap()),
                scenario: text("scenario", row).unwrap_or_default(),
                amount: amounts.is_valid(row).then(|| Ore(amounts.value(row))),
            }
        })
        .collect()
}

impl Parsed {
    /// Every row and every öre read is accounted for.
    fn assert_balance(&self) {
        let rows = i64::try_from(self.rows.len()).unwrap();
        let amount: Ore = self.rows.iter().filter_map(|row| row.amount).sum();
        let tally = &self.tally;
        assert_eq!(tally.rows_read, rows + tally.rows_control + tally.rows_out_of_scope);
        let accounted = amount.0 + tally.amount_control.0 + tally.amount_out_of_scope.0;
        assert_eq!(tally.amount_read, Ore(accounted));
    }

    /// `outcome 5010/410 2007-03 → 12.50`, summed as the conform query does, zero sums left out.
    fn sums(&self) -> Vec<String> {
        let mut sums: BTreeMap<String, Ore> = BTreeMap::new();
        for row in &self.rows {
            let (account, activity) = (row.account.as_deref().unwrap_or("?"), row.activity.as_deref().unwrap_or(""));
            let month = row.month.map_or_else(|| "?".to_owned(), |month| month.format("%m").to_string());
            *sums.entry(format!("{} {account}/{activity} {month}", row.scenario)).or_default() +=
                row.amount.unwrap_or_default();
        }
        sums.into_iter().filter(|(_, sum)| sum.0 != 0).map(|(key, sum)| format!("{key} {sum}")).collect()
    }

    fn sum(&self, scenario: &str) -> Ore {
        self.rows.iter().filter(|row| row.scenario == scenario).filter_map(|row| row.amount).sum()
    }
}

/// A file of year 2007 with these rows.
fn file(file_type: &str, rows: &str) -> String {
    format!("#FLAGGA 0\n#FORMAT PC8\n#SIETYP {file_type}\n#RAR 0 20070101 20071231\n#RAR -1 20060101 20061231\n{rows}")
}

fn refusal(bytes: &[u8], year: i32, dimension: Option<u32>) -> String {
    let error = parse(bytes, year, dimension).unwrap_err();
    format!("{} {} @ {}", error.code().id, error.detail_text(), error.place().unwrap_or("-"))
}
