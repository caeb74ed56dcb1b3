//! The reasons of the batch at hand, each with its place and rule.

use std::{mem, sync::Arc};

use crate::model::{Reason, Severity};

/// Collects reasons; knows which row is being read.
pub(super) struct Notes {
    row: Subject,
    record: i64,
    line: i64,
    reasons: Vec<Reason>,
}

/// What a reason is about: a column, or the row as such. Holds the ids of its rules once they are used.
pub(super) struct Subject {
    /// `anmalningar.inkom`
    prefix: String,
    column: Option<Arc<str>>,
    rules: Vec<(&'static str, Arc<str>)>,
}

impl Subject {
    pub fn column(dataset: &str, column: &str) -> Self {
        Self { prefix: format!("{dataset}.{column}"), column: Some(column.into()), rules: Vec::new() }
    }

    fn rule(&mut self, constraint: &'static str) -> Arc<str> {
        if let Some((_, rule)) = self.rules.iter().find(|(known, _)| *known == constraint) {
            return rule.clone();
        }
        let rule: Arc<str> = format!("{}.{constraint}", self.prefix).into();
        self.rules.push((constraint, rule.clone()));
        rule
    }
}

impl Notes {
    pub fn new(dataset: &str) -> Self {
        let row = Subject { prefix: format!("{dataset}.row"), column: None, rules: Vec::new() };
        Self { row, record: 0, line: 0, reasons: Vec::new() }
    }

    pub fn at(&mut self, record: i64, line: i64) {
        (self.record, self.line) = (record, line);
    }

    /// The physical line of the row at hand.
    pub fn line(&self) -> i64 {
        self.line
    }

    pub fn reject(&mut self, subject: &mut Subject, constraint: &'static str, class: String) {
        self.add(subject.rule(constraint), subject.column.clone(), class, Severity::Reject, false);
    }

    pub fn warn(&mut self, subject: &mut Subject, constraint: &'static str, class: String) {
        self.add(subject.rule(constraint), subject.column.clone(), class, Severity::Warn, false);
    }

    /// Rejects what will be right when time has passed.
    pub fn reject_for_now(&mut self, subject: &mut Subject, constraint: &'static str, class: String) {
        self.add(subject.rule(constraint), subject.column.clone(), class, Severity::Reject, true);
    }

    /// Rejects by a rule of the row, `<dataset>.row.<constraint>`.
    pub fn reject_row(&mut self, constraint: &'static str, subject: Option<&Subject>, class: String) {
        let column = subject.and_then(|subject| subject.column.clone());
        let rule = self.row.rule(constraint);
        self.add(rule, column, class, Severity::Reject, false);
    }

    pub fn take(&mut self) -> Vec<Reason> {
        mem::take(&mut self.reasons)
    }

    fn add(&mut self, rule: Arc<str>, column: Option<Arc<str>>, class: String, severity: Severity, heals: bool) {
        self.reasons.push(Reason { record: self.record, line: self.line, rule, column, class, severity, heals });
    }
}
