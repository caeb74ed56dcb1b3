//! The check of a pipeline's conform query before anything runs: it must be there, plan, and give every target column.

use std::sync::Arc;

use super::{file, query::outputs};
use crate::{
    Error,
    engine::{Engine, Session, plan_fault, plan_line},
    error::codes::settings::{BAD_DECLARATION, MISSING_SQL},
    model::{DelivererCode, Period, SliceKey},
    pipeline::Pipeline,
    validate,
};

/// All findings about the query; `sql` is its text, if the file exists.
pub async fn check(engine: &Engine, pipeline: &Pipeline, sql: Option<&str>) -> Vec<Error> {
    let Some(sql) = sql else {
        return vec![
            Error::new(&MISSING_SQL).detail(file(pipeline)).at(format_args!("pipelines/{}.toml", pipeline.name)),
        ];
    };
    let finding = |fault: &str, line: usize| {
        Error::new(&BAD_DECLARATION)
            .detail(format_args!("the query {fault}"))
            .at(format_args!("{}:{line}", file(pipeline)))
    };
    let start = plan_line(None, sql);
    let Some(session) = empty_session(engine, pipeline) else { return vec![finding("cannot be planned", start)] };
    match session.query(sql).await {
        Err(error) => vec![finding(&plan_fault(&error), plan_line(Some(&error), sql))],
        Ok(plan) => {
            let given = |name: &str| plan.schema().has_column_with_unqualified_name(name);
            let missing = outputs(pipeline).into_iter().filter(|name| !given(name));
            missing.map(|name| finding(&format!("does not give the column `{name}`"), start)).collect()
        }
    }
}

/// The query's tables, with a slice that has no rows.
pub(super) fn empty_session(engine: &Engine, pipeline: &Pipeline) -> Option<Session> {
    let rows = engine.spool(validate::accepted_schema(pipeline)).finish().ok()?;
    let example =
        SliceKey { dataset: pipeline.name.clone(), period: Period::from(2000), deliverer: DelivererCode::new("00") };
    engine.session(&example, &Arc::new(rows)).ok()
}
