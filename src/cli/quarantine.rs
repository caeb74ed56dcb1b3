//! The open quarantine by rule: how much, where first (deliverer/period:line), of what class, and what the rule says. Never a value.

use std::collections::BTreeMap;

use super::table::{table, thousands};
use crate::{
    error::Result,
    history::{self, QuarantineGroup},
    model::LoadId,
    pipeline::Declarations,
    warehouse::Session,
};

struct ByRule {
    severity: String,
    files: i64,
    rows: i64,
    /// The first entry, as an example.
    first: QuarantineGroup,
}

/// One line per rule, rows that were not taken before warnings.
pub async fn by_rule(session: &Session, declarations: &Declarations) -> Result<String> {
    let mut rules: BTreeMap<(bool, String), ByRule> = BTreeMap::new();
    for group in history::quarantine(session).await? {
        let key = (group.severity == "warn", group.rule.clone());
        let rule = rules.entry(key).or_insert_with(|| ByRule {
            severity: group.severity.clone(),
            files: 0,
            rows: 0,
            first: group.clone(),
        });
        rule.files += 1;
        rule.rows += group.records;
    }
    let mut rows = Vec::with_capacity(rules.len());
    for ((_, name), rule) in rules {
        let first = &rule.first;
        let entries = history::quarantine_of(session, LoadId(first.delivery_id)).await?;
        let class = entries.into_iter().find(|entry| entry.rule == name).map(|entry| entry.class).unwrap_or_default();
        rows.push(vec![
            rule.severity.clone(),
            name.clone(),
            thousands(rule.files),
            thousands(rule.rows),
            format!("{}/{}:{}", first.deliverer, first.period, first.first_line),
            message(declarations, &name).unwrap_or(class),
        ]);
    }
    Ok(table(&["", "rule", "files", "rows", "first at", "class or message"], rows))
}

/// What a declared rule says; the others are named by column and constraint.
fn message(declarations: &Declarations, rule: &str) -> Option<String> {
    let mut rules = declarations.pipelines.iter().flat_map(|pipeline| &pipeline.rules);
    rules.find(|declared| declared.id == rule).map(|declared| declared.message.clone())
}
