//! Whether a pipeline's parts fit together: names that exist, types that suit, keys that a type needs.
//!
//! Every finding names the line. What only DataFusion can tell (whether SQL compiles) is `validate`'s.

use std::collections::BTreeSet;

use super::{Column, ColumnType, Files, Merge, Pipeline, Reference, RuleKind, TargetColumn, TargetKind};
use crate::{
    error::{Code, Error, codes},
    settings::{document::Document, shape::nearest},
};

/// The findings of one file, in the making.
pub(super) struct Findings<'a> {
    pipeline: &'a Pipeline,
    document: &'a Document,
    found: Vec<Error>,
}

impl<'a> Findings<'a> {
    pub fn of(
        pipeline: &'a Pipeline,
        path: &str,
        document: &'a Document,
        sql: &Files,
        reference: &Reference,
    ) -> Vec<Error> {
        let mut findings = Self { pipeline, document, found: Vec::new() };
        findings.file_name(path);
        findings.top();
        for (at, column) in pipeline.columns.iter().enumerate() {
            findings.column(at, column, reference);
        }
        findings.rules();
        findings.target(sql);
        findings.found
    }

    fn report(&mut self, code: &'static Code, path: &str, detail: String) {
        self.found.push(Error::new(code).detail(detail).at(self.document.place(path)));
    }

    fn bad(&mut self, path: &str, detail: impl Into<String>) {
        self.report(&codes::settings::BAD_DECLARATION, path, detail.into());
    }

    fn file_name(&mut self, path: &str) {
        let expected = format!("{}.toml", self.pipeline.name);
        if path != expected {
            self.bad("name", format!("`name` {} does not fit the file; expected {expected}", self.pipeline.name));
        }
    }

    /// The column a key names, when it is declared and of one of the types.
    fn names(&mut self, path: &str, name: &str, kinds: &[ColumnType]) {
        let Some(column) = self.pipeline.columns.iter().find(|column| column.name == name) else {
            let near = nearest(name, self.pipeline.columns.iter().map(|column| column.name.as_str()));
            let near = near.map_or_else(String::new, |near| format!("; the nearest is `{near}`"));
            self.bad(path, format!("`{path}` names the column `{name}`, which is not declared{near}"));
            return;
        };
        if !kinds.is_empty() && !kinds.contains(&column.kind) {
            let kinds: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
            let detail = format!(
                "`{path}` names `{name}`, which is {} and must be {}",
                column.kind.as_str(),
                kinds.join(" or ")
            );
            self.bad(path, detail);
        }
    }

    fn top(&mut self) {
        let pipeline = self.pipeline;
        if pipeline.columns.is_empty() {
            self.bad("columns", "`columns` is empty");
        }
        if let Some(name) = &pipeline.period_date {
            self.names("period_date", name, &[ColumnType::Date, ColumnType::Month]);
        }
        if let Some(name) = &pipeline.protected {
            self.names("protected", name, &[ColumnType::Boolean]);
        }
        if let Some(name) = &pipeline.amount {
            self.names("amount", name, &[ColumnType::Decimal]);
        }
        for (at, name) in pipeline.key.iter().enumerate() {
            self.names(&format!("key[{at}]"), name, &[]);
        }
        let districts = pipeline.columns.iter().filter(|column| column.kind == ColumnType::District).count();
        if districts > 1 {
            self.bad("columns", "more than one column of type district");
        }
    }

    fn column(&mut self, at: usize, column: &Column, reference: &Reference) {
        let path = format!("columns[{at}]");
        let earlier = &self.pipeline.columns[..at];
        if earlier.iter().any(|earlier| earlier.name == column.name) {
            self.bad(&format!("{path}.name"), format!("the column `{}` is declared twice", column.name));
        }
        let both_keep = |earlier: &Column| column.keep_when.is_some() && earlier.keep_when.is_some();
        if earlier
            .iter()
            .any(|earlier| earlier.field == column.field && !column.field.is_empty() && !both_keep(earlier))
        {
            self.bad(&format!("{path}.field"), format!("two columns have the field `{}`", column.field));
        }
        self.codes(&path, column, reference);
        self.bounds(&path, column);
        self.identity(&path, column);
        self.keeping(&path, column);
    }

    fn codes(&mut self, path: &str, column: &Column, reference: &Reference) {
        let is_code = matches!(column.kind, ColumnType::Code | ColumnType::Codes);
        let name = &column.name;
        match (&column.code_list, column.values.is_empty()) {
            (Some(_), false) => self.bad(path, format!("`{name}` has both enum and code_list")),
            (None, true) if is_code => {
                self.bad(path, format!("`{name}` is {} and needs enum or code_list", column.kind.as_str()));
            }
            (Some(_), true) | (None, false) if !is_code => {
                self.bad(path, format!("`{name}` is {} and can have neither enum nor code_list", column.kind.as_str()));
            }
            _ => {}
        }
        if let Some((name, list)) = column.code_list.as_deref().and_then(|name| Some((name, reference.list(name)?))) {
            self.found.extend(list.code_findings(name));
        }
        if let Some(list) = column.code_list.as_deref().filter(|list| reference.list(list).is_none()) {
            let near = nearest(list, reference.lists().map(|(name, _)| name));
            let near = near.map_or_else(String::new, |near| format!("; the nearest is `{near}`"));
            self.bad(&format!("{path}.code_list"), format!("no code list `{list}`{near}"));
        }
    }

    fn bounds(&mut self, path: &str, column: &Column) {
        let numeric = matches!(column.kind, ColumnType::Integer | ColumnType::Decimal | ColumnType::Year);
        let name = &column.name;
        if !numeric && (column.minimum.is_some() || column.maximum.is_some()) {
            self.bad(path, format!("`{name}` is {} and can have neither minimum nor maximum", column.kind.as_str()));
        }
        if column.minimum.zip(column.maximum).is_some_and(|(minimum, maximum)| maximum < minimum) {
            self.bad(&format!("{path}.maximum"), format!("the maximum of `{name}` is less than its minimum"));
        }
        if column.pattern.is_some() && !matches!(column.kind, ColumnType::String | ColumnType::Identity) {
            self.bad(
                &format!("{path}.pattern"),
                format!("`{name}` is {} and cannot have a pattern", column.kind.as_str()),
            );
        }
        if column.required && column.required_when.is_some() {
            self.bad(&format!("{path}.required_when"), format!("`{name}` has both required and required_when"));
        }
    }

    fn identity(&mut self, path: &str, column: &Column) {
        let name = &column.name;
        let personal = matches!(column.kind, ColumnType::Identity | ColumnType::Personnummer);
        if personal != column.scope.is_some() {
            let verb = if personal { "needs" } else { "cannot have" };
            self.bad(path, format!("`{name}` is {} and {verb} a scope", column.kind.as_str()));
        }
        if column.kind != ColumnType::Personnummer {
            let alien = column.event_date.is_some()
                || column.unborn.is_some()
                || column.sex.is_some()
                || !column.unborn_case.is_empty();
            if alien {
                self.bad(
                    path,
                    format!(
                        "`{name}` is {}: event_date, unborn, unborn_case and sex belong to personnummer",
                        column.kind.as_str()
                    ),
                );
            }
            return;
        }
        match &column.event_date {
            Some(date) => self.names(&format!("{path}.event_date"), date, &[ColumnType::Date, ColumnType::Month]),
            None => self.bad(path, format!("`{name}` is personnummer and needs event_date")),
        }
        if let Some(unborn) = &column.unborn {
            self.names(&format!("{path}.unborn"), unborn, &[ColumnType::Boolean]);
            if column.unborn_case.is_empty() {
                self.bad(path, format!("`{name}` allows the unborn and needs unborn_case"));
            }
        }
        if let Some(sex) = &column.sex {
            self.names(&format!("{path}.sex"), sex, &[ColumnType::Code]);
        }
        for (at, case) in column.unborn_case.iter().enumerate() {
            self.names(&format!("{path}.unborn_case[{at}]"), case, &[ColumnType::Identity]);
        }
    }

    fn keeping(&mut self, path: &str, column: &Column) {
        let Some(keep) = &column.keep_when else { return };
        let path = format!("{path}.keep_when");
        if column.required || !matches!(column.kind, ColumnType::String | ColumnType::Identity) {
            self.bad(&path, format!("`{}` can have keep_when only as an optional text or identity", column.name));
        }
        self.names(&format!("{path}.column"), &keep.column, &[ColumnType::Code]);
    }

    fn rules(&mut self) {
        let mut ids = BTreeSet::new();
        for (at, rule) in self.pipeline.rules.iter().enumerate() {
            let path = format!("rules[{at}]");
            if !ids.insert(&rule.id) {
                self.bad(&format!("{path}.id"), format!("the rule `{}` is declared twice", rule.id));
            }
            if rule.kind().is_none() {
                self.bad(&path, format!("the rule `{}` needs either check or query", rule.id));
            }
            if let Some(RuleKind::Set(query)) = rule.kind().filter(|_| rule.severity != crate::model::Severity::Refuse)
                && !query.contains("_record")
            {
                self.bad(&format!("{path}.query"), format!("the query of `{}` must return _record", rule.id));
            }
            if rule.valid_from.zip(rule.valid_to).is_some_and(|(from, to)| to < from) {
                self.bad(&format!("{path}.valid_to"), format!("the rule `{}` ends before it begins", rule.id));
            }
            for (index, name) in rule.columns.iter().enumerate() {
                self.names(&format!("{path}.columns[{index}]"), name, &[]);
            }
        }
    }

    fn target(&mut self, sql: &Files) {
        let target = &self.pipeline.target;
        let conform = format!("conform/{}.sql", target.conform);
        if sql.get(&conform).is_none() {
            self.report(&codes::settings::MISSING_SQL, "target.conform", format!("sql/{conform}"));
        }
        if target.columns.is_empty() {
            self.bad("target.columns", "`target.columns` is empty");
        }
        if !target.columns.iter().any(|column| column.key) {
            self.bad("target.columns", "no column of the target is part of its key");
        }
        let mut names = BTreeSet::new();
        for (at, column) in target.columns.iter().enumerate() {
            let path = format!("target.columns[{at}]");
            if !names.insert(&column.name) {
                self.bad(&format!("{path}.name"), format!("the target column `{}` is declared twice", column.name));
            }
            self.target_column(&path, column);
        }
    }

    /// Keys that belong to another kind would be passed over without a word.
    fn target_column(&mut self, path: &str, column: &TargetColumn) {
        if column.earliest && (column.key || self.pipeline.target.merge != Merge::AcrossSlices) {
            self.bad(
                &format!("{path}.earliest"),
                format!("`{}` can have earliest only outside the key and with across_slices", column.name),
            );
        }
        let allowed: &[&str] = match &column.kind {
            TargetKind::Value => &[],
            TargetKind::Identity { dimension: Some(_), .. } => &["scope", "dimension", "attributes"],
            TargetKind::Identity { dimension: None, .. } => &["scope", "dimension"],
            TargetKind::Dimension { .. } => &["dimension", "group"],
        };
        for key in ["scope", "dimension", "attributes", "group"] {
            let inner = format!("{path}.{key}");
            if !allowed.contains(&key) && self.document.stands(&inner) {
                self.bad(&inner, format!("`{}` cannot have {key} with this kind", column.name));
            }
        }
    }
}
