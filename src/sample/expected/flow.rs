//! Investigations begun, concluded and open, month by month.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use super::{Figures, Unit, line};
use crate::sample::{
    chain::{FIRST_YEAR, LAST_YEAR},
    investigations::Investigation,
};

/// By year and month.
#[derive(Default)]
pub(super) struct Flow {
    started: BTreeMap<(i32, u32), u64>,
    concluded: BTreeMap<(i32, u32), u64>,
}

#[derive(Serialize)]
pub(super) struct UtredningFlow {
    month: u32,
    started: u64,
    concluded: u64,
    open_at_end: u64,
}

impl Flow {
    pub fn count(&mut self, investigation: &Investigation) {
        let month = |date: NaiveDate| (date.year(), date.month());
        *self.started.entry(month(investigation.start)).or_default() += 1;
        if let Some(end) = investigation.end {
            *self.concluded.entry(month(end)).or_default() += 1;
        }
    }
}

/// All months of the delivered years; districts of before 2007 only as long as there were such.
pub(super) fn figures(of: BTreeMap<Unit, Flow>) -> Vec<Figures<UtredningFlow>> {
    let mut figures = Vec::new();
    for (unit, flow) in of {
        let mut open_at_end = 0;
        let last = if matches!(unit, Unit::AsItWas(_)) { 2006 } else { LAST_YEAR };
        for month in (FIRST_YEAR..=last).flat_map(|year| (1..=12).map(move |month| (year, month))) {
            let in_month = |of: &BTreeMap<(i32, u32), u64>| of.get(&month).copied().unwrap_or_default();
            let (started, concluded) = (in_month(&flow.started), in_month(&flow.concluded));
            open_at_end = open_at_end + started - concluded;
            figures.push(line(
                month.0,
                unit.clone(),
                UtredningFlow { month: month.1, started, concluded, open_at_end },
            ));
        }
    }
    figures
}
