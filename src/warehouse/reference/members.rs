//! Which members the dimensions have, as told by the lists, the pipelines' codes and the contract itself. Pure.

use chrono::Days;

use super::districts::Versions;
use crate::pipeline::{CodeList, Pipeline, Reference};

/// Members of one dimension, as text that the database casts. The first column is `code`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Members<'a> {
    pub(super) table: String,
    pub(super) columns: Vec<&'a str>,
    pub(super) rows: Vec<Vec<Option<String>>>,
}

/// Bands of children's ages: first and last year.
const BANDS: [(u8, u8); 7] = [(0, 3), (4, 6), (7, 9), (10, 12), (13, 15), (16, 17), (18, 20)];
/// The oldest single year that population figures have; `100+` is 100.
const OLDEST: u8 = 100;

/// Sexes, scenarios, and what an empty `Beslut` or `Resultat` means.
const FIXED: [(&str, &str, &str); 6] = [
    ("dim_sex", "flicka", "flicka"),
    ("dim_sex", "pojke", "pojke"),
    ("dim_scenario", "budget", "budget"),
    ("dim_scenario", "outcome", "utfall"),
    ("dim_decision_outcome", "Ej beslutad", "Ej beslutad"),
    ("dim_utredning_result", "Pågår", "Pågår"),
];

/// How a reference list tells the members of a dimension.
struct Listed {
    list: &'static str,
    table: &'static str,
    columns: &'static [&'static str],
    /// The cells of `columns`; empty ones become null. Nothing where the list lacks a column.
    row: fn(&Reference, &CodeList, &[String]) -> Option<Vec<String>>,
}

const LISTED: [Listed; 6] = [
    Listed {
        list: "reporter_categories",
        table: "dim_reporter_category",
        columns: &["code", "label", "reporter_group", "mandatory_reporter"],
        row: |_, list, row| {
            let (label, mandatory) = (cell(list, row, "label")?, cell(list, row, "mandatory_reporter")?);
            Some(vec![label.clone(), label, cell(list, row, "group")?, truth(&mandatory)])
        },
    },
    Listed {
        list: "intake_reasons",
        table: "dim_intake_reason",
        columns: &["code", "label"],
        row: |_, list, row| Some(vec![cell(list, row, "label")?, cell(list, row, "label")?]),
    },
    Listed {
        list: "accounts",
        table: "dim_account",
        columns: &["code", "label", "account", "activity", "cost_type", "area"],
        row: |_, list, row| {
            let (account, activity) = (cell(list, row, "account")?, cell(list, row, "activity")?);
            let code = format!("{account}/{activity}");
            let (cost_type, area) = (cell(list, row, "cost_type")?, cell(list, row, "area")?);
            Some(vec![code.clone(), code, account, activity, cost_type, area])
        },
    },
    Listed {
        list: "review_tables",
        table: "dim_review_variable",
        columns: &["code", "label", "table_id", "title", "kind", "base_rule"],
        row: |reference, list, row| {
            let (table, title) = (cell(list, row, "table_id")?, cell(list, row, "title")?);
            let base_rule = base_rule(reference, &table);
            Some(vec![table.clone(), title.clone(), table, title, cell(list, row, "kind")?, base_rule])
        },
    },
    Listed {
        list: "review_categories",
        table: "dim_review_category",
        columns: &["code", "label"],
        row: |_, list, row| Some(vec![cell(list, row, "code")?, cell(list, row, "label")?]),
    },
    Listed {
        list: "statutory_limits",
        table: "dim_statutory_limit",
        columns: &["code", "label", "kind", "amount", "unit", "legal_reference", "valid_from", "valid_to"],
        row: |_, list, row| {
            let (kind, valid_from) = (cell(list, row, "code")?, cell(list, row, "valid_from")?);
            // As `sql/conform` names the member.
            let code = if valid_from.is_empty() { kind.clone() } else { format!("{kind}@{valid_from}") };
            // Files say the last day of validity; intervals are half-open.
            let end = list.date(row, "valid_to").and_then(|last| last.checked_add_days(Days::new(1)));
            let valid_to = end.map(|end| end.to_string()).unwrap_or_default();
            let (amount, unit) = (cell(list, row, "amount")?, cell(list, row, "unit")?);
            let (label, legal_reference) = (cell(list, row, "label")?, cell(list, row, "legal_reference")?);
            Some(vec![code, label, kind, amount, unit, legal_reference, valid_from, valid_to])
        },
    },
];

impl Listed {
    /// A city may leave a list out; its members are then inferred.
    fn members<'a>(&self, reference: &Reference) -> Option<Members<'a>> {
        let list = reference.list(self.list)?;
        let rows = list.rows.iter().filter_map(|cells| (self.row)(reference, list, cells));
        let rows = rows.map(|cells| cells.into_iter().map(|cell| Some(cell).filter(|cell| !cell.is_empty())).collect());
        Some(Members { table: self.table.to_owned(), columns: self.columns.to_vec(), rows: rows.collect() })
    }
}

pub(super) fn of<'a>(reference: &'a Reference, pipelines: &'a [Pipeline], versions: &Versions) -> Vec<Members<'a>> {
    let mut all = vec![districts(versions), ages()];
    all.extend(fixed());
    all.extend(declared(reference, pipelines));
    all.extend(LISTED.iter().filter_map(|listed| listed.members(reference)));
    all
}

fn districts(versions: &Versions) -> Members<'static> {
    let rows = versions.all.iter().map(|version| {
        vec![
            Some(version.member()),
            Some(version.name.clone()),
            Some(version.district_code.clone()),
            Some(version.name.clone()),
            Some(version.region.clone()),
            Some(versions.generation(version.valid_from).to_string()),
            Some(version.valid_from.to_string()),
            version.valid_to.map(|to| to.to_string()),
        ]
    });
    let columns = vec!["code", "label", "district_code", "name", "region", "generation", "valid_from", "valid_to"];
    Members { table: "dim_district".to_owned(), columns, rows: rows.collect() }
}

/// Single years, and the unborn. Over 20 there is no band: those are not children of the care.
fn ages() -> Members<'static> {
    let unborn =
        vec![Some("ofodd".to_owned()), Some("ofödd".to_owned()), None, Some("ofödd".to_owned()), Some("0".to_owned())];
    let years = (0..=OLDEST).map(|years| {
        let band = BANDS.iter().zip(1..).find(|((first, last), _)| (*first..=*last).contains(&years));
        vec![
            Some(years.to_string()),
            Some(years.to_string()),
            Some(years.to_string()),
            band.map(|((first, last), _)| format!("{first}-{last}")),
            band.map(|(_, order): (_, u8)| order.to_string()),
        ]
    });
    let columns = vec!["code", "label", "age_years", "band", "band_order"];
    Members { table: "dim_age".to_owned(), columns, rows: std::iter::once(unborn).chain(years).collect() }
}

fn fixed<'a>() -> impl Iterator<Item = Members<'a>> {
    FIXED.iter().map(|&(table, code, label)| named(table, [(code, label)].into_iter()))
}

/// Codes that a pipeline's column lists, itself or by its code list, and says which dimension they are of.
fn declared<'a>(reference: &'a Reference, pipelines: &'a [Pipeline]) -> impl Iterator<Item = Members<'a>> {
    let columns = pipelines.iter().flat_map(|pipeline| &pipeline.columns);
    columns.filter_map(|column| {
        let table = column.dimension.as_deref()?;
        let codes = column.values.iter().map(|code| (code.as_str(), code.as_str()));
        let list = column.code_list.as_deref().and_then(|list| reference.list(list));
        Some(list.map_or_else(|| named(table, codes), |list| whole(table, list)))
    })
}

/// A code list as it stands: its first column is the code, the others are attributes of the same name.
fn whole<'a>(table: &str, list: &'a CodeList) -> Members<'a> {
    let columns = std::iter::once("code").chain(list.header.iter().skip(1).map(String::as_str));
    let rows =
        list.rows.iter().map(|cells| cells.iter().map(|cell| Some(cell.clone()).filter(|cell| !cell.is_empty())));
    Members { table: table.to_owned(), columns: columns.collect(), rows: rows.map(Iterator::collect).collect() }
}

fn named<'a>(table: &str, members: impl Iterator<Item = (&'a str, &'a str)>) -> Members<'a> {
    let rows = members.map(|(code, label)| vec![Some(code.to_owned()), Some(label.to_owned())]);
    Members { table: table.to_owned(), columns: vec!["code", "label"], rows: rows.collect() }
}

fn cell(list: &CodeList, row: &[String], column: &str) -> Option<String> {
    list.column(column).map(|column| row[column].trim().to_owned())
}

fn truth(cell: &str) -> String {
    match cell.to_lowercase().as_str() {
        "ja" | "true" => "true".to_owned(),
        "nej" | "false" => "false".to_owned(),
        _ => String::new(),
    }
}

/// The rule of a review table: its own, else that of `*`.
fn base_rule(reference: &Reference, table: &str) -> String {
    let rule_of = |wanted: &str| {
        let list = reference.list("review_base_rules")?;
        let row = list.rows.iter().find(|row| cell(list, row, "table_id").as_deref() == Some(wanted))?;
        cell(list, row, "base_rule")
    };
    rule_of(table).or_else(|| rule_of("*")).unwrap_or_default()
}
