//! The first pass over a SIE file: is it whole, whose year is it, and what do its sums say.
//!
//! In: the lines. Out: a [`Survey`]: sums per account, month and kind of row, from which `reading` is chosen. A file with a
//! wrong `#KSUMMA`, an unbalanced voucher or open braces is refused here. Memory is bounded by accounts × months.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::BufRead,
};

use chrono::NaiveDate;

use super::{
    activity::{Activities, shape},
    checksum::Checksum,
    codepage::Evidence,
    entry::{Class, Entry, Movement, account_text, class},
    lines::Lines,
    token::Line,
    voucher::Vouchers,
};
use crate::{Error, Result, error::codes::parse as codes, model::Ore};

/// Outcome or budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scenario {
    Outcome,
    Budget,
}

/// What the file says of itself.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) evidence: Evidence,
    is_sie: bool,
    /// `#SIETYP`, which may be missing (then the standard says 1).
    pub(super) file_type: Option<Vec<u8>>,
    /// `#RAR` by year index.
    pub(super) years: BTreeMap<i32, (NaiveDate, NaiveDate)>,
    /// `#RES` of year 0, result accounts.
    pub(super) results: BTreeMap<String, Ore>,
    /// `#PSALDO` and `#PBUDGET` of year 0, result accounts.
    pub(super) accounts: BTreeMap<(Scenario, String), Sums>,
    /// `#TRANS`, result accounts.
    pub(super) booked: BTreeMap<String, Ore>,
    /// Accounts of which an outcome row cannot be read: they cannot be compared with `#RES`.
    pub(super) unreadable: BTreeSet<String>,
    /// A `#PSALDO` of year 0 stands in the file.
    pub(super) has_outcome: bool,
    pub(super) has_transactions: bool,
}

/// Sums of one account and scenario.
#[derive(Debug, Default)]
pub(super) struct Sums {
    pub(super) months: BTreeMap<NaiveDate, Month>,
    /// Shapes of the rows with objects but without activity.
    pub(super) other_shapes: BTreeSet<Vec<u32>>,
    /// Sums of the rows that carry an activity, by the shape of their objects.
    pub(super) carrying_shapes: BTreeMap<Vec<u32>, Ore>,
    pub(super) bare_rows: u64,
    pub(super) carrying_rows: u64,
}

/// Sums of one account, scenario and month.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Month {
    /// Rows without object.
    pub(super) bare: Ore,
    pub(super) bare_rows: u64,
    /// Rows that carry an activity.
    pub(super) carrying: Ore,
    pub(super) carrying_rows: u64,
    /// Rows with objects, but without activity.
    pub(super) other: Ore,
}

impl Scenario {
    /// The code in the column.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Outcome => "outcome",
            Self::Budget => "budget",
        }
    }
}

impl Survey {
    /// Reads the file to its end.
    pub(super) fn of(source: impl BufRead, activity_dimension: Option<u32>) -> Result<Self> {
        let mut survey = Self::default();
        let mut activities = Activities::new(activity_dimension);
        let mut checksum = Checksum::default();
        let mut vouchers = Vouchers::default();
        let mut lines = Lines::new(source);
        while let Some((place, line)) = lines.next()? {
            let row = match &line {
                Line::Row(row) => row,
                Line::Open => {
                    vouchers.open(place)?;
                    continue;
                }
                Line::Close => {
                    vouchers.close(place)?;
                    continue;
                }
                Line::Blank => continue,
            };
            row.summed().for_each(|field| survey.evidence.see(field));
            let entry = Entry::of(row);
            checksum.see(&entry, row)?;
            activities.declare(&entry);
            vouchers.see(&entry, row, place)?;
            survey.take(&entry, &activities)?;
        }
        checksum.finish()?;
        vouchers.finish()?;
        if !survey.is_sie {
            return Err(Error::new(&codes::SIE_NOT_SIE).detail("no #FLAGGA"));
        }
        Ok(survey)
    }

    fn take(&mut self, entry: &Entry<'_>, activities: &Activities) -> Result<()> {
        match entry {
            Entry::Flag => self.is_sie = true,
            Entry::FileType(text) => self.file_type = Some(text.to_vec()),
            Entry::Year { index: Some(index), first: Some(first), last: Some(last) } => {
                self.years.insert(*index, (*first, *last));
            }
            Entry::YearResult { year: Some(0), account, amount } if class(account) == Class::Result => {
                let amount = amount.as_ref().map_err(|class| Error::new(&codes::SIE_CONTROL).detail(class))?;
                *self.results.entry(account_text(account)).or_default() += *amount;
            }
            Entry::Outcome(movement) => {
                self.has_outcome |= movement.year == Some(0);
                self.add(Scenario::Outcome, movement, activities);
            }
            Entry::Budget(movement) => {
                self.add(Scenario::Budget, movement, activities);
            }
            Entry::Transaction(movement) => {
                self.has_transactions = true;
                if let (Class::Result, Ok(amount)) = (movement.class(), &movement.amount) {
                    *self.booked.entry(account_text(movement.account)).or_default() += *amount;
                } else if movement.class() == Class::Result {
                    self.unreadable.insert(account_text(movement.account));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn add(&mut self, scenario: Scenario, movement: &Movement<'_>, activities: &Activities) {
        if movement.out_of_scope() {
            return;
        }
        let Some((account, month, amount)) = movement.sound() else {
            if scenario == Scenario::Outcome && movement.class() == Class::Result {
                self.unreadable.insert(account_text(movement.account));
            }
            return;
        };
        let sums = self.accounts.entry((scenario, account)).or_default();
        let cell = sums.months.entry(month).or_default();
        if movement.objects.is_empty() {
            cell.bare += amount;
            cell.bare_rows += 1;
            sums.bare_rows += 1;
        } else if activities.of(movement.objects).is_some() {
            cell.carrying += amount;
            cell.carrying_rows += 1;
            sums.carrying_rows += 1;
            *sums.carrying_shapes.entry(shape(movement.objects)).or_default() += amount;
        } else {
            cell.other += amount;
            sums.other_shapes.insert(shape(movement.objects));
        }
    }
}
