//! Set rules: a query over the one slice returns the records that break the rule.

use arrow::{array::RecordBatch, datatypes::DataType};
use chrono::NaiveDate;
use futures::TryStreamExt;

use super::rules::{Places, SetRule};
use crate::{engine::Session, model::Reason};

/// The rule's reasons; `None` when the query fails. The day of each row decides whether the rule holds for it.
pub(super) async fn broken(
    session: &Session,
    rule: &SetRule,
    period_date: Option<&str>,
    first_day: Option<NaiveDate>,
) -> Option<Vec<Reason>> {
    let query = session.query(&with_places(&rule.query, period_date)).await.ok()?;
    let batches: Vec<RecordBatch> = query.execute_stream().await.ok()?.try_collect().await.ok()?;
    let mut reasons = Vec::new();
    for rows in &batches {
        let places = Places::of(rows, period_date.map(|_| 2), first_day);
        let held = (0..rows.num_rows()).filter(|&row| rule.verdict.holds_on(places.day(row)));
        reasons.extend(held.map(|row| rule.verdict.reason(places.record(row), places.line(row))));
    }
    Some(reasons)
}

/// The rule's query with the line and the day of each record it names. The query ends with a line break, because it may
/// end with a comment. The few broken rows are the side of the join that is held in memory.
fn with_places(query: &str, period_date: Option<&str>) -> String {
    let query = query.trim().trim_end_matches(';');
    let day = period_date.map(|column| format!(", s.\"{column}\"")).unwrap_or_default();
    format!(
        "select s._record, s._line{day} from ({query}\n) as broken right semi join slice as s on s._record = broken._record order by s._record"
    )
}

/// Why a rule's query cannot be used, if it cannot: it must plan and return `_record`.
pub(super) async fn fault(session: &Session, query: &str) -> Option<String> {
    match session.query(query).await {
        Err(error) => Some(crate::engine::plan_fault(&error)),
        Ok(plan) => match plan.schema().field_with_unqualified_name("_record") {
            Ok(field) if field.data_type() == &DataType::Int64 => None,
            _ => Some("does not return `_record` of the offending rows".to_owned()),
        },
    }
}
