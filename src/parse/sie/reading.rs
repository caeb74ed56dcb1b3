//! Which rows of a SIE file are its amounts: the reading that closes against `#RES`.
//!
//! Producers differ in what a row without object means: the account's total (as the standard says; rows with objects repeat
//! it) or only the remainder that no object has. The sums per result account decide; where none closes, the file is refused,
//! because every guess would make wrong money.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::survey::{Month, Scenario, Sums, Survey};
use crate::{Error, Result, error::codes::parse as codes, model::Ore};

/// How the rows of year 0 are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Rows without object are totals. Rows with an activity divide them; what they leave is the remainder without activity.
    Totals,
    /// Rows without object are the remainder: all rows together are the total.
    Remainder,
    /// As `Remainder`, over the rows with an activity; those with other objects only are a second view of the same amounts.
    RemainderOfActivity,
    /// No `#PSALDO`: `#TRANS` is the outcome, and budget rows without object are remainder.
    Transactions,
}

impl Reading {
    pub(super) fn of(survey: &Survey, period_year: i32) -> Result<Self> {
        if !survey.has_outcome && !survey.has_transactions && survey.accounts.is_empty() && is_type_1(survey) {
            return Err(Error::new(&codes::SIE_YEAR_BALANCES));
        }
        check_type(survey)?;
        check_year(survey, period_year)?;
        if survey.has_outcome || !survey.has_transactions {
            let reading = Self::balances(survey)?;
            check_lone_budgets(survey, reading)?;
            check_repeated_activities(survey, reading)?;
            Ok(reading)
        } else {
            Self::transactions(survey)
        }
    }

    fn balances(survey: &Survey) -> Result<Self> {
        let open = [Self::Totals, Self::Remainder, Self::RemainderOfActivity].map(|reading| {
            let total = |sums: &Sums| sums.months.values().map(|month| reading.total(month)).sum();
            (reading, open_accounts(survey, |account| survey.accounts.get(&outcome(account)).map(total)))
        });
        let ambiguous = survey.accounts.values().any(Sums::is_ambiguous);
        // Where no account has both kinds of rows, each row counts once, and a file without any #RES does no harm.
        if survey.results.is_empty() && !ambiguous {
            return Ok(Self::Remainder);
        }
        let proven = survey.has_outcome || !ambiguous;
        if let Some((reading, _)) = open.iter().find(|(_, accounts)| *accounts == 0 && proven) {
            return Ok(*reading);
        }
        let [totals, remainder, _] = open.map(|(_, accounts)| accounts);
        Err(Error::new(&codes::SIE_NO_READING)
            .detail(format!("accounts that differ from #RES: {totals} as totals, {remainder} as remainder")))
    }

    /// What a month's rows say the account's total is.
    fn total(self, month: &Month) -> Ore {
        match self {
            Self::Totals => month.bare,
            Self::Remainder | Self::Transactions => Ore(month.bare.0 + month.carrying.0 + month.other.0),
            Self::RemainderOfActivity => Ore(month.bare.0 + month.carrying.0),
        }
    }

    fn transactions(survey: &Survey) -> Result<Self> {
        let open = open_accounts(survey, |account| survey.booked.get(account).copied());
        if open > 0 && !survey.results.is_empty() {
            return Err(Error::new(&codes::SIE_NO_READING)
                .detail(format!("accounts whose transactions differ from #RES: {open}")));
        }
        Ok(Self::Transactions)
    }
}

impl Sums {
    /// True when rows with and without object stand beside one another, or objects of several shapes.
    fn is_ambiguous(&self) -> bool {
        let with_objects = self.carrying_rows > 0 || !self.other_shapes.is_empty();
        let views = usize::from(self.carrying_rows > 0) + self.other_shapes.len();
        with_objects && self.bare_rows > 0 || views > 1
    }

    /// Activities in several shapes, of which one alone is the total: the others say the same amounts again.
    fn repeats_activities(&self) -> bool {
        let total: Ore = self.months.values().map(|month| month.bare).sum();
        let carrying: Ore = self.carrying_shapes.values().copied().sum();
        total != Ore::default()
            && self.carrying_shapes.len() > 1
            && carrying != total
            && self.carrying_shapes.values().any(|sum| *sum == total)
    }

    /// A budget given per object only: its rows stand for the account, whatever the reading.
    pub(super) fn stands_alone(&self, scenario: Scenario) -> bool {
        scenario == Scenario::Budget && self.bare_rows == 0
    }
}

fn outcome(account: &str) -> (Scenario, String) {
    (Scenario::Outcome, account.to_owned())
}

/// Result accounts whose sum is not that of `#RES`; what is missing on either side is zero.
fn open_accounts(survey: &Survey, total: impl Fn(&str) -> Option<Ore>) -> usize {
    let with_outcome = survey.accounts.keys().filter(|(scenario, _)| *scenario == Scenario::Outcome).map(|(_, it)| it);
    let accounts: BTreeSet<&String> = survey.results.keys().chain(with_outcome).chain(survey.booked.keys()).collect();
    accounts
        .into_iter()
        .filter(|account| !survey.unreadable.contains(*account))
        .filter(|account| {
            total(account).unwrap_or_default() != survey.results.get(*account).copied().unwrap_or_default()
        })
        .count()
}

/// A missing `#SIETYP` means type 1.
fn is_type_1(survey: &Survey) -> bool {
    survey.file_type.as_deref().is_none_or(|text| text == b"1")
}

/// A declared type must be one of the contract's. One that is not declared is told by what the file holds.
fn check_type(survey: &Survey) -> Result<()> {
    let ours = |text: &[u8]| [&b"2"[..], b"3", b"4", b"4E"].iter().any(|known| known.eq_ignore_ascii_case(text));
    match survey.file_type.as_deref() {
        Some(text) if !ours(text) => Err(Error::new(&codes::SIE_TYPE)),
        _ => Ok(()),
    }
}

/// Year 0 must lie in the calendar year that the resource is named for: the file is that period's complete slice.
fn check_year(survey: &Survey, period_year: i32) -> Result<()> {
    let (first, last) = survey.years.get(&0).ok_or_else(|| Error::new(&codes::SIE_NO_YEAR))?;
    let in_period = |date: &NaiveDate| date.year() == period_year;
    match (in_period(first), in_period(last)) {
        (true, true) if first <= last => Ok(()),
        _ if first.year() != last.year() => Err(Error::new(&codes::SIE_BROKEN_YEAR)),
        _ => Err(Error::new(&codes::SIE_OTHER_YEAR)),
    }
}

/// A budget per object only, without activity and over unlike shapes of objects, may repeat itself.
fn check_lone_budgets(survey: &Survey, reading: Reading) -> Result<()> {
    let doubtful = survey.accounts.iter().filter(|((scenario, _), sums)| {
        reading == Reading::Totals
            && sums.stands_alone(*scenario)
            && sums.carrying_rows == 0
            && sums.other_shapes.len() > 1
    });
    match doubtful.count() {
        0 => Ok(()),
        count => Err(Error::new(&codes::SIE_NO_READING)
            .detail(format!("accounts whose budget stands per object only, in several dimensions: {count}"))),
    }
}

/// Rows per activity beside rows per activity and cost centre would count one amount twice, and the total would hide it in a
/// negative remainder.
fn check_repeated_activities(survey: &Survey, reading: Reading) -> Result<()> {
    let repeated = survey.accounts.values().filter(|sums| reading == Reading::Totals && sums.repeats_activities());
    match repeated.count() {
        0 => Ok(()),
        count => Err(Error::new(&codes::SIE_NO_READING)
            .detail(format!("accounts whose activities stand in several dimensions and repeat the total: {count}"))),
    }
}
