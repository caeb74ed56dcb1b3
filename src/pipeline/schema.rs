//! The keys of a pipeline file and what each accepts.

use super::parse_years;
use crate::settings::{
    separator,
    shape::{Key, NAME, Shape, key, must},
};

/// A whole pipeline file.
pub const PIPELINE: &[Key] = &[
    must("name", Shape::Text(identifier)),
    must("title", NAME),
    must("grain", NAME),
    must("deliverers", Shape::Word(&["district", "central"])),
    must("extension", Shape::Text(identifier)),
    must("format", Shape::Word(&["csv", "json_stat", "sie", "xlsx"])),
    key("csv", Shape::Table(&[key("separator", Shape::Text(separator))])),
    key("xlsx", Shape::Table(&[key("sheet", NAME), key("header_rows", Shape::Integer(1, 16)), key("end_row", NAME)])),
    key("proof", Shape::Word(&["optional", "required"])),
    must("coverage", Shape::Text(years)),
    must("schedule", Shape::Text(schedule)),
    key("enabled", Shape::Flag),
    key("max_bytes", Shape::Integer(1, i64::MAX)),
    key("period_date", NAME),
    key("key", Shape::List(&NAME)),
    key("protected", NAME),
    key("control_when", NAME),
    key("amount", NAME),
    must("columns", Shape::List(&Shape::Table(COLUMN))),
    key("rules", Shape::List(&Shape::Table(RULE))),
    must(
        "target",
        Shape::Table(&[
            must("table", Shape::Text(identifier)),
            must("conform", Shape::Text(identifier)),
            key("merge", Shape::Word(&["within_slice", "across_slices"])),
            must("columns", Shape::List(&Shape::Table(TARGET_COLUMN))),
        ]),
    ),
];

const SCOPES: Shape =
    Shape::Word(&["child", "staff", "case", "decision", "placement", "visit", "invoice", "private_provider"]);

const COLUMN: &[Key] = &[
    must("name", Shape::Text(identifier)),
    must("field", NAME),
    must(
        "type",
        Shape::Word(&[
            "string",
            "code",
            "codes",
            "integer",
            "decimal",
            "boolean",
            "date",
            "month",
            "year",
            "district",
            "identity",
            "personnummer",
        ]),
    ),
    key("required", Shape::Flag),
    key("required_when", NAME),
    key("enum", Shape::List(&NAME)),
    key("dimension", NAME),
    key("code_list", NAME),
    key("pattern", Shape::Text(pattern)),
    key("minimum", Shape::Number(f64::NEG_INFINITY, f64::INFINITY)),
    key("maximum", Shape::Number(f64::NEG_INFINITY, f64::INFINITY)),
    key("unique", Shape::Flag),
    key("scope", SCOPES),
    key("event_date", NAME),
    key("unborn", NAME),
    key("unborn_case", Shape::List(&NAME)),
    key("sex", NAME),
    key("may_be_future", Shape::Flag),
    key("keep_when", Shape::Table(&[must("column", Shape::Text(identifier)), must("is", Shape::List(&NAME))])),
];

const RULE: &[Key] = &[
    must("id", NAME),
    must("severity", Shape::Word(&["warn", "reject", "refuse"])),
    must("message", NAME),
    key("columns", Shape::List(&NAME)),
    key("check", NAME),
    key("query", NAME),
    key("valid_from", Shape::Date),
    key("valid_to", Shape::Date),
    key("heals", Shape::Flag),
    key("catalogue", NAME),
];

const TARGET_COLUMN: &[Key] = &[
    must("name", Shape::Text(identifier)),
    key("source", Shape::Text(identifier)),
    must("kind", Shape::Word(&["value", "identity", "dimension"])),
    key("key", Shape::Flag),
    key("earliest", Shape::Flag),
    key("scope", SCOPES),
    key("dimension", Shape::Text(identifier)),
    key("attributes", Shape::List(&Shape::Text(identifier))),
    key("group", Shape::Text(identifier)),
];

/// Names become names of Arrow and of PostgreSQL, which are then never quoted.
fn identifier(text: &str) -> Result<(), String> {
    let mut letters = text.chars();
    let first = letters.next().is_some_and(|c| c.is_ascii_lowercase());
    let rest = letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if first && rest && text.len() <= 63 {
        Ok(())
    } else {
        Err("a name of a–z, 0–9 and `_` that begins with a letter".into())
    }
}

fn years(text: &str) -> Result<(), String> {
    parse_years(text).map(drop).ok_or_else(|| "a year or years, as in 2006..2008 (both included), or none".into())
}

/// Seconds, minutes, hours, day of month, month, day of week, and perhaps year; read in full by the scheduler.
fn schedule(text: &str) -> Result<(), String> {
    let fields = text.split_ascii_whitespace().count();
    if (6..=7).contains(&fields) { Ok(()) } else { Err("a cron expression of six fields, as in 0 0 2 * * *".into()) }
}

fn pattern(text: &str) -> Result<(), String> {
    regex::Regex::new(text).map(drop).map_err(|_| "a regular expression".into())
}
