//! What is decided on intakes, and which interventions are decided.

use std::collections::HashSet;

use serde::Serialize;

use crate::sample::{
    intakes::{ALREADY_OPEN, NOT_OPENED, OPENED},
    interventions::Intervention,
};

#[derive(Default)]
pub(super) struct Decisions {
    opened: u64,
    not_opened: u64,
    already_open: u64,
    undecided: u64,
}

#[derive(Serialize)]
pub(super) struct AnmalanToUtredning {
    /// Empty for applications and requests, which nobody has reported.
    reporter_category: &'static str,
    decided: u64,
    opened: u64,
    already_open: u64,
    undecided: u64,
}

impl Decisions {
    pub fn count(&mut self, decision: &str) {
        match decision {
            OPENED => self.opened += 1,
            NOT_OPENED => self.not_opened += 1,
            ALREADY_OPEN => self.already_open += 1,
            _ => self.undecided += 1,
        }
    }

    pub fn figures(&self, reporter_category: &'static str) -> AnmalanToUtredning {
        AnmalanToUtredning {
            reporter_category,
            decided: self.opened + self.not_opened,
            opened: self.opened,
            already_open: self.already_open,
            undecided: self.undecided,
        }
    }
}

#[derive(Default)]
pub(super) struct Decided {
    decided: u64,
    children: HashSet<usize>,
}

#[derive(Serialize)]
pub(super) struct InsatsDecided {
    category: &'static str,
    decided: u64,
    children: u64,
}

impl Decided {
    pub fn count(&mut self, intervention: &Intervention) {
        self.decided += 1;
        self.children.insert(intervention.child);
    }

    pub fn figures(&self, category: &'static str) -> InsatsDecided {
        InsatsDecided { category, decided: self.decided, children: self.children.len() as u64 }
    }
}
