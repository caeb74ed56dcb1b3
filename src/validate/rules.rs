//! The rules of one pipeline, compiled against the schema of its parsed batches.

use std::sync::Arc;

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{Date32Type, Int64Type, SchemaRef},
};
use chrono::NaiveDate;

use crate::{
    engine::{Engine, Predicate, plan_fault},
    error::{Error, Result, codes},
    model::{Reason, Severity},
    pipeline::{ColumnType, Pipeline, Rule, RuleKind},
};

/// Everything of a declaration that rows are held against.
pub(super) struct Rules {
    pub row: Vec<RowRule>,
    pub set: Vec<SetRule>,
    pub required: Vec<Required>,
    pub control: Option<Predicate>,
}

/// What a declared rule says of a row that breaks it.
pub(super) struct Verdict {
    pub id: Arc<str>,
    pub severity: Severity,
    column: Option<Arc<str>>,
    class: String,
    heals: bool,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
}

pub(super) struct RowRule {
    pub verdict: Verdict,
    pub check: Predicate,
}

pub(super) struct SetRule {
    pub verdict: Verdict,
    pub query: String,
}

/// A column that is required while a condition holds.
pub(super) struct Required {
    pub column: Arc<str>,
    pub position: usize,
    pub is_code: bool,
    pub condition: Predicate,
    /// `<dataset>.<column>.required`
    pub missing: Arc<str>,
    /// `<dataset>.<column>.code`: the parser's warning that becomes a reject here.
    pub unknown_code: Arc<str>,
}

impl Rules {
    pub fn compile(engine: &Engine, pipeline: &Pipeline, schema: &SchemaRef) -> Result<Self> {
        let compile = |what: &str, sql: &str| {
            engine.predicate(schema, sql).map_err(|error| unfit(pipeline, what, &plan_fault(&error)))
        };
        let mut rules = Self { row: Vec::new(), set: Vec::new(), required: Vec::new(), control: None };
        for rule in &pipeline.rules {
            let verdict = Verdict::of(rule);
            match rule.kind() {
                Some(RuleKind::Row(sql)) => rules.row.push(RowRule { verdict, check: compile(&rule.id, sql)? }),
                Some(RuleKind::Set(sql)) => rules.set.push(SetRule { verdict, query: sql.to_owned() }),
                None => return Err(unfit(pipeline, &rule.id, "needs either `check` or `query`")),
            }
        }
        for column in &pipeline.columns {
            let Some(sql) = &column.required_when else { continue };
            let name = &column.name;
            rules.required.push(Required {
                column: name.as_str().into(),
                position: schema.index_of(name).map_err(|_| Error::new(&codes::validate::UNEXPECTED_ROWS))?,
                is_code: matches!(column.kind, ColumnType::Code | ColumnType::Codes),
                condition: compile(name, sql)?,
                missing: format!("{}.{name}.required", pipeline.name).into(),
                unknown_code: format!("{}.{name}.code", pipeline.name).into(),
            });
        }
        rules.control = pipeline.control_when.as_deref().map(|sql| compile("control_when", sql)).transpose()?;
        Ok(rules)
    }
}

/// A finding about a piece of SQL in the pipeline file.
pub(super) fn unfit(pipeline: &Pipeline, what: &str, fault: &str) -> Error {
    Error::new(&codes::settings::BAD_DECLARATION)
        .detail(format_args!("`{what}` {fault}"))
        .at(format_args!("pipelines/{}.toml", pipeline.name))
}

impl Verdict {
    fn of(rule: &Rule) -> Self {
        let (first, others) = rule.columns.split_first().map_or((None, &[][..]), |(first, rest)| (Some(first), rest));
        Self {
            id: rule.id.as_str().into(),
            severity: rule.severity,
            column: first.map(|column| column.as_str().into()),
            class: if others.is_empty() { String::new() } else { format!("with {}", others.join(", ")) },
            heals: rule.heals,
            valid_from: rule.valid_from,
            valid_to: rule.valid_to,
        }
    }

    /// Whether the rule holds on a day; a row without a day is held against every rule.
    pub fn holds_on(&self, day: Option<NaiveDate>) -> bool {
        day.is_none_or(|day| self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to))
    }

    pub fn reason(&self, record: i64, line: i64) -> Reason {
        Reason {
            record,
            line,
            rule: self.id.clone(),
            column: self.column.clone(),
            class: self.class.clone(),
            severity: self.severity,
            heals: self.heals,
        }
    }
}

/// The places of a batch's rows, and the day on which each is judged.
pub(super) struct Places<'a> {
    records: &'a [i64],
    lines: &'a [i64],
    dates: Option<&'a arrow::array::Date32Array>,
    /// The period's first day, for rows without a period date.
    default: Option<NaiveDate>,
}

impl<'a> Places<'a> {
    /// The first two columns of a batch are `_record` and `_line`.
    pub fn of(rows: &'a RecordBatch, period_date: Option<usize>, default: Option<NaiveDate>) -> Self {
        Self {
            records: rows.column(0).as_primitive::<Int64Type>().values(),
            lines: rows.column(1).as_primitive::<Int64Type>().values(),
            dates: period_date.and_then(|column| rows.column(column).as_primitive_opt::<Date32Type>()),
            default,
        }
    }

    pub fn record(&self, row: usize) -> i64 {
        self.records[row]
    }

    pub fn line(&self, row: usize) -> i64 {
        self.lines[row]
    }

    pub fn day(&self, row: usize) -> Option<NaiveDate> {
        let dates = self.dates.filter(|dates| dates.is_valid(row));
        dates.and_then(|dates| Date32Type::to_naive_date_opt(dates.value(row))).or(self.default)
    }
}

impl Required {
    /// Why the cell is no value; `None` when it is one. Codes say it themselves.
    pub fn missing_class(&self, rows: &RecordBatch, row: usize) -> Option<&'static str> {
        let cells = rows.column(self.position);
        if cells.is_null(row) {
            return Some("empty");
        }
        match cells.as_string_opt::<i32>().filter(|_| self.is_code).map(|cells| cells.value(row)) {
            Some("_suppressed") => Some("suppressed"),
            Some("_not_applicable") => Some("not_applicable"),
            _ => None,
        }
    }
}
