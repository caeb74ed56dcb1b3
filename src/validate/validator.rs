//! Takes the batches of one slice as they are parsed, and says at the end which rows are accepted.

use std::{collections::HashSet, sync::Arc};

use arrow::{
    array::{Array, AsArray, BooleanArray, RecordBatch},
    compute::filter_record_batch,
    datatypes::{Decimal128Type, SchemaRef},
};
use chrono::NaiveDate;

use super::{
    AcceptedSlice, Validated, fields, keys,
    records::Records,
    rules::{Places, Required, Rules},
    set_rules,
};
use crate::{
    engine::{Engine, Spool, Spooled, rows_where},
    error::{Error, Result, codes},
    model::{Ore, Reason, Severity, SliceKey, Tally},
    parse::{self, ParseEnd, ParsedBatch},
    pipeline::Pipeline,
    settings::Run,
};

/// The validation of one slice.
pub struct Validator {
    engine: Engine,
    rules: Rules,
    slice: SliceKey,
    schema: SchemaRef,
    period_date: Option<usize>,
    first_day: Option<NaiveDate>,
    amount: Option<usize>,
    /// Taken when the last batch is in.
    keys: Option<keys::Keys>,
    refuse_rows: i64,
    refuse_share: f64,
    spool: Spool,
    found: Found,
}

/// What is known of the rows so far.
#[derive(Default)]
pub(super) struct Found {
    pub reasons: Vec<Reason>,
    pub rejected: Records,
    pub duplicates: Records,
    control: Records,
}

/// A file that is in order and holds nothing: it loads, and somebody should look.
fn no_rows(slice: &SliceKey) -> Reason {
    Reason {
        record: 0,
        line: 1,
        rule: format!("{}.file.no_rows", slice.dataset).into(),
        column: None,
        class: "rows=0".to_owned(),
        severity: Severity::Warn,
        heals: false,
    }
}

impl Found {
    pub fn add(&mut self, reason: Reason) {
        if reason.severity == Severity::Reject {
            self.rejected.insert(reason.record);
        }
        self.reasons.push(reason);
    }
}

impl Validator {
    pub fn new(engine: &Engine, pipeline: &Pipeline, limits: &Run, slice: &SliceKey) -> Result<Self> {
        let schema = parse::schema(pipeline);
        let position = |name: &Option<String>| name.as_ref().and_then(|name| schema.index_of(name).ok());
        Ok(Self {
            engine: engine.clone(),
            rules: Rules::compile(engine, pipeline, &schema)?,
            slice: slice.clone(),
            period_date: position(&pipeline.period_date),
            first_day: slice.period.year().and_then(|year| NaiveDate::from_ymd_opt(year, 1, 1)),
            amount: position(&pipeline.amount),
            keys: Some(keys::Keys::of(pipeline, &schema, engine.scratch())),
            refuse_rows: limits.refuse_rows,
            refuse_share: limits.refuse_share,
            spool: engine.spool(schema.clone()),
            schema,
            found: Found::default(),
        })
    }

    /// Holds a batch against the row rules and keeps it.
    pub fn push(&mut self, parsed: ParsedBatch) -> Result<()> {
        let (rows, reasons) = parsed.into_parts();
        self.take(rows, reasons)
    }

    pub(super) fn take(&mut self, rows: RecordBatch, mut reasons: Vec<Reason>) -> Result<()> {
        if !same_columns(&rows, &self.schema) {
            return Err(Error::new(&codes::validate::UNEXPECTED_ROWS).at(&self.slice));
        }
        let places = Places::of(&rows, self.period_date, self.first_day);
        for required in &self.rules.required {
            require(required, &rows, &places, &mut reasons).ok_or_else(|| self.failed(&required.missing))?;
        }
        for rule in &self.rules.row {
            let passed = rule.check.evaluate(&rows).ok_or_else(|| self.failed(&rule.verdict.id))?;
            let broken = rows_where(&passed, false).filter(|&row| rule.verdict.holds_on(places.day(row)));
            reasons.extend(broken.map(|row| rule.verdict.reason(places.record(row), places.line(row))));
        }
        if let Some(control) = &self.rules.control {
            let is_control = control.evaluate(&rows).ok_or_else(|| self.failed("control_when"))?;
            for row in rows_where(&is_control, true) {
                self.found.control.insert(places.record(row));
            }
        }
        for reason in reasons {
            self.found.add(reason);
        }
        if let Some(keys) = &mut self.keys {
            keys.take(&rows, &places).map_err(|keys::Failed| Error::new(&codes::validate::SPOOL).at(&self.slice))?;
        }
        self.spool.push(rows).map_err(|_| self.lost())
    }

    /// Holds the whole slice against keys, set rules and limits. Set rules see the slice without identical copies, so that
    /// a row sent twice does not double a sum.
    pub async fn finish(mut self, end: ParseEnd) -> Result<Validated> {
        let spool = std::mem::replace(&mut self.spool, self.engine.spool(self.schema.clone()));
        let rows = spool.finish().map_err(|_| self.lost())?;
        for reason in end.file_reasons {
            self.found.add(reason);
        }
        let mut tally = end.tally;
        if tally.rows_read == 0 {
            self.found.add(no_rows(&self.slice));
        }
        let rows = self.without_copies(rows, &mut tally)?;
        let rows = self.hold_against_set_rules(rows).await?;
        let accepted = self.accepted(rows, &mut tally).ok_or_else(|| self.lost())?;
        let fields = fields::count(&accepted).ok_or_else(|| self.lost())?;
        let refusal = self.refusal(&tally);
        let mut reasons = self.found.reasons;
        reasons.sort_by_key(|reason| reason.record);
        Ok(match refusal {
            Some(error) => Validated::Refused { error, reasons, tally },
            None => Validated::Accepted(AcceptedSlice { rows: accepted, reasons, tally, fields }),
        })
    }

    fn without_copies(&mut self, rows: Spooled, tally: &mut Tally) -> Result<Spooled> {
        if let Some(keys) = self.keys.take() {
            keys.check(&mut self.found).map_err(|keys::Failed| self.lost())?;
        }
        let Found { duplicates, rejected, .. } = &self.found;
        if duplicates.count() == 0 {
            return Ok(rows);
        }
        let kept = self.filtered(&rows, |record, amount| {
            // A copy of a row that is rejected is quarantined with it.
            let copy = duplicates.contains(record) && !rejected.contains(record);
            tally.rows_duplicate += i64::from(copy);
            tally.amount_duplicate += if copy { amount } else { Ore(0) };
            !copy
        });
        kept.ok_or_else(|| self.lost())
    }

    async fn hold_against_set_rules(&mut self, rows: Spooled) -> Result<Spooled> {
        if self.rules.set.is_empty() {
            return Ok(rows);
        }
        let rows = Arc::new(rows);
        let session = self.engine.session(&self.slice, &rows).map_err(|_| self.failed("slice"))?;
        let period_date = self.period_date.map(|column| self.schema.field(column).name().as_str());
        for rule in &self.rules.set {
            let broken = set_rules::broken(&session, rule, period_date, self.first_day).await;
            for reason in broken.ok_or_else(|| self.failed(&rule.verdict.id))? {
                self.found.add(reason);
            }
        }
        drop(session);
        Arc::try_unwrap(rows).map_err(|_| self.lost())
    }

    /// The rows that are neither rejected nor control rows. Rejected rows are counted by record, because one that could not
    /// be read is in no batch.
    fn accepted(&self, rows: Spooled, tally: &mut Tally) -> Option<Spooled> {
        let Found { rejected, control, .. } = &self.found;
        tally.rows_quarantined += rejected.count();
        if rejected.count() + control.count() == 0 {
            return Some(rows);
        }
        self.filtered(&rows, |record, amount| {
            if rejected.contains(record) {
                tally.amount_quarantined += amount;
                return false;
            }
            let total = control.contains(record);
            tally.rows_control += i64::from(total);
            tally.amount_control += if total { amount } else { Ore(0) };
            !total
        })
    }

    /// The rows for which `keep` is true, by record and amount. `None` when they cannot be read or written.
    fn filtered(&self, rows: &Spooled, mut keep: impl FnMut(i64, Ore) -> bool) -> Option<Spooled> {
        let mut kept = self.engine.spool(self.schema.clone());
        for batch in rows.batches().ok()? {
            let batch = batch.ok()?;
            let places = Places::of(&batch, None, None);
            let amounts = self.amount.and_then(|column| batch.column(column).as_primitive_opt::<Decimal128Type>());
            let amount = |row: usize| amounts.filter(|cells| cells.is_valid(row)).map_or(0, |cells| cells.value(row));
            let mask: BooleanArray =
                (0..batch.num_rows()).map(|row| Some(keep(places.record(row), Ore(amount(row))))).collect();
            if mask.true_count() > 0 {
                kept.push(filter_record_batch(&batch, &mask).ok()?).ok()?;
            }
        }
        kept.finish().ok()
    }

    /// Whether the file is refused whole.
    fn refusal(&self, tally: &Tally) -> Option<Error> {
        let refused = self.found.reasons.iter().find(|reason| reason.severity == Severity::Refuse);
        if let Some(reason) = refused {
            let error = Error::new(&codes::validate::REFUSED_BY_RULE).detail(format_args!("rule {}", reason.rule));
            return Some(error.at(format_args!("{} line {}", self.slice, reason.line)));
        }
        let (rejected, read) = (tally.rows_quarantined, tally.rows_read);
        let too_many = rejected > self.refuse_rows && rejected as f64 > self.refuse_share * read as f64;
        too_many.then(|| {
            let detail = format!("{rejected} of {read} rows");
            Error::new(&codes::validate::TOO_MANY_REJECTS).detail(detail).at(&self.slice)
        })
    }

    fn failed(&self, rule: &str) -> Error {
        Error::new(&codes::validate::RULE_FAILED).detail(format_args!("rule {rule}")).at(&self.slice)
    }

    fn lost(&self) -> Error {
        Error::new(&codes::validate::SPOOL).at(&self.slice)
    }
}

/// Columns by name and type; whether they may be null is the writer's to say.
fn same_columns(rows: &RecordBatch, schema: &SchemaRef) -> bool {
    let given = rows.schema();
    given.fields().len() == schema.fields().len()
        && given
            .fields()
            .iter()
            .zip(schema.fields())
            .all(|(given, declared)| given.name() == declared.name() && given.data_type() == declared.data_type())
}

/// A conditionally required cell: missing is a reject, and so is a code that was only warned of. `None` when the
/// condition fails on these rows.
fn require(required: &Required, rows: &RecordBatch, places: &Places<'_>, reasons: &mut Vec<Reason>) -> Option<()> {
    let holds = required.condition.evaluate(rows)?;
    let concerned: HashSet<i64> = rows_where(&holds, true).map(|row| places.record(row)).collect();
    let mut explained = HashSet::new();
    for reason in reasons.iter_mut().filter(|reason| concerned.contains(&reason.record)) {
        if reason.rule == required.unknown_code {
            reason.severity = reason.severity.max(Severity::Reject);
        }
        if reason.severity >= Severity::Reject && reason.column.as_deref() == Some(&*required.column) {
            explained.insert(reason.record);
        }
    }
    // A cell that broke its declaration is null in the batch; it is not missing as well.
    for row in rows_where(&holds, true).filter(|&row| !explained.contains(&places.record(row))) {
        if let Some(class) = required.missing_class(rows, row) {
            reasons.push(Reason {
                record: places.record(row),
                line: places.line(row),
                rule: required.missing.clone(),
                column: Some(required.column.clone()),
                class: class.to_owned(),
                severity: Severity::Reject,
                heals: false,
            });
        }
    }
    Some(())
}
