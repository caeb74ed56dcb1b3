//! `buss query`: an analyst's SQL, now or as known at an instant.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::{Context, output::Answer, table::table};
use crate::{
    error::{Error, Result, codes},
    settings::Settings,
    warehouse::{
        Role, Warehouse,
        query::{self, Form, Rows},
    },
};

pub async fn query(context: &Context, sql: &str, as_of: Option<&str>) -> Result<Answer> {
    let settings = context.settings()?;
    let as_of = as_of.map(|text| instant(text, &settings)).transpose()?;
    let warehouse = Warehouse::open(&settings).await?;
    let rows = run(&warehouse, sql, as_of).await;
    warehouse.close().await?;
    let rows = rows?;
    Ok(Answer::raw(as_table(&rows), as_json(&rows)))
}

async fn run(warehouse: &Warehouse, sql: &str, as_of: Option<DateTime<Utc>>) -> Result<Rows> {
    if let Some(asked) = as_of {
        let settled = query::settled(&warehouse.connect(Role::Loader).await?).await?;
        if settled.is_none_or(|settled| asked > settled) {
            let detail = settled.map_or_else(|| "no run has finished".to_owned(), |settled| settled.to_rfc3339());
            return Err(Error::new(&codes::cli::INSTANT_TOO_LATE).detail(detail));
        }
    }
    query::run(&mut warehouse.connect(Role::Analyst).await?, sql, as_of).await
}

/// RFC 3339, or a date: then the last microsecond of it in the zone of the settings.
fn instant(text: &str, settings: &Settings) -> Result<DateTime<Utc>> {
    let bad = || Error::new(&codes::cli::BAD_INSTANT).detail(format!("`{text}`"));
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.to_utc());
    }
    let date: NaiveDate = text.parse().map_err(|_| bad())?;
    let zone: Tz = settings.run.zone.parse().map_err(|_| bad())?;
    let midnight = date.checked_add_days(Days::new(1)).ok_or_else(bad)?.and_time(NaiveTime::MIN);
    let next = zone.from_local_datetime(&midnight).earliest().ok_or_else(bad)?;
    Ok(next.to_utc() - chrono::TimeDelta::microseconds(1))
}

pub fn as_table(rows: &Rows) -> String {
    let header: Vec<&str> = rows.columns.iter().map(|(name, _)| name.as_str()).collect();
    let cells = rows.rows.iter().map(|row| row.iter().map(|cell| cell.clone().unwrap_or_else(|| "–".into())).collect());
    let count = rows.rows.len();
    format!("{}({count} {})", table(&header, cells), if count == 1 { "row" } else { "rows" })
}

/// One list of objects. Numbers keep every digit the database wrote.
pub fn as_json(rows: &Rows) -> String {
    let mut json = String::from("[");
    for (at, row) in rows.rows.iter().enumerate() {
        json.push_str(if at == 0 { "\n  {" } else { ",\n  {" });
        for (column, ((name, form), cell)) in rows.columns.iter().zip(row).enumerate() {
            let comma = if column == 0 { "" } else { ", " };
            json.push_str(&format!("{comma}{}: {}", quoted(name), value(*form, cell.as_deref())));
        }
        json.push('}');
    }
    json.push_str(if rows.rows.is_empty() { "]" } else { "\n]" });
    json
}

fn value(form: Form, cell: Option<&str>) -> String {
    match (form, cell) {
        (_, None) => "null".into(),
        (Form::Boolean, Some(cell)) => (cell == "t").to_string(),
        (Form::Json, Some(cell)) => cell.into(),
        // JSON has no NaN and no infinity.
        (Form::Number, Some(cell)) if cell.ends_with(|last: char| last.is_ascii_digit()) => cell.into(),
        (_, Some(cell)) => quoted(cell),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings::load(None, std::iter::empty()).expect("the defaults are valid")
    }

    #[test]
    fn a_date_means_its_end_in_the_zone() {
        let end = instant("2008-06-30", &settings()).expect("a date");
        assert_eq!(end.to_rfc3339(), "2008-06-30T21:59:59.999999+00:00");
        let exact = instant("2008-06-30T12:00:00+02:00", &settings()).expect("an instant");
        assert_eq!(exact.to_rfc3339(), "2008-06-30T10:00:00+00:00");
        assert_eq!(instant("yesterday", &settings()).expect_err("no instant").code().id, "CLI-004");
    }

    #[test]
    fn json_keeps_digits_and_quotes_the_rest() {
        let columns = [("belopp", Form::Number), ("ok", Form::Boolean), ("namn", Form::Text), ("x", Form::Number)];
        let columns = columns.map(|(name, form)| (name.to_owned(), form)).to_vec();
        let row = [Some("12345678901234567890.10"), Some("t"), Some("Skärholmen \"söder\"\n"), Some("NaN")];
        let rows = Rows { columns, rows: vec![row.map(|cell| cell.map(str::to_owned)).to_vec(), vec![None; 4]] };
        insta::assert_snapshot!(as_json(&rows), @r#"
        [
          {"belopp": 12345678901234567890.10, "ok": true, "namn": "Skärholmen \"söder\"\n", "x": "NaN"},
          {"belopp": null, "ok": null, "namn": null, "x": null}
        ]
        "#);
        assert_eq!(as_json(&Rows::default()), "[]");
    }
}
