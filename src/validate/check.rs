//! The check of a pipeline's rules before anything runs: each must compile against the declared columns.

use std::sync::Arc;

use super::{rules::unfit, set_rules};
use crate::{
    Error,
    engine::{Engine, plan_fault},
    model::{DelivererCode, Period, SliceKey},
    parse,
    pipeline::{Pipeline, RuleKind},
};

/// All findings about rules, conditions and control rows; each names its line.
pub async fn check(engine: &Engine, pipeline: &Pipeline) -> Vec<Error> {
    let schema = parse::schema(pipeline);
    let finding = |what: &str, fault: &str| {
        let place = format!("pipelines/{}.toml", pipeline.name);
        let line = line_of(&pipeline.text, what).map_or(place.clone(), |line| format!("{place}:{line}"));
        unfit(pipeline, what, fault).at(line)
    };
    let condition =
        |what: &str, sql: &str| engine.predicate(&schema, sql).err().map(|error| finding(what, &plan_fault(&error)));
    let mut findings = Vec::new();
    for column in &pipeline.columns {
        findings.extend(column.required_when.as_deref().and_then(|sql| condition(&column.name, sql)));
    }
    findings.extend(pipeline.control_when.as_deref().and_then(|sql| condition("control_when", sql)));
    let example =
        SliceKey { dataset: pipeline.name.clone(), period: Period::from(2000), deliverer: DelivererCode::new("00") };
    let empty =
        engine.spool(schema.clone()).finish().ok().and_then(|rows| engine.session(&example, &Arc::new(rows)).ok());
    for rule in &pipeline.rules {
        findings.extend(match (rule.kind(), &empty) {
            (Some(RuleKind::Row(sql)), _) => condition(&rule.id, sql),
            (Some(RuleKind::Set(sql)), Some(session)) => {
                set_rules::fault(session, sql).await.map(|fault| finding(&rule.id, &fault))
            }
            (Some(RuleKind::Set(_)), None) => Some(finding(&rule.id, "cannot be planned")),
            (None, _) => Some(finding(&rule.id, "needs either `check` or `query`")),
        });
    }
    findings
}

/// The line on which a rule's id, a column's name or a key stands.
fn line_of(text: &str, what: &str) -> Option<usize> {
    let quoted = format!("\"{what}\"");
    let stands = |line: &str| {
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        matches!(key.trim(), "id" | "name") && value.trim().starts_with(&quoted) || key.trim() == what
    };
    text.lines().position(stands).map(|line| line + 1)
}
