//! Made-up costs and budgets, whose city totals for child and youth care grow exactly as published.
//!
//! The city's totals are fixed to the öre; what falls on an office, account and month is cut from them by weights, so that
//! the parts always add up.

use super::{dice::Dice, offices::Office};

/// First year of the published growth.
pub(super) const FIRST_YEAR: i32 = 2004;

/// (year, budget, outcome) of area `ifo_barn_unga` in öre: 10.9 % and 25.2 % from 2004 to 2007, the years between are made up.
const CHILD_CARE: [(i32, i128, i128); 4] = [
    (2004, 110_000_000_000, 110_500_000_000),
    (2005, 113_850_000_000, 119_100_000_000),
    (2006, 117_830_000_000, 128_450_000_000),
    (2007, 121_990_000_000, 138_346_000_000),
];

/// Income of the same area, which grows as the costs do, so that net figures show the same growth.
const CHILD_CARE_INCOME: [(i32, i128, i128); 4] = [
    (2004, -4_000_000_000, -4_000_000_000),
    (2005, -4_140_000_000, -4_310_000_000),
    (2006, -4_280_000_000, -4_650_000_000),
    (2007, -4_436_000_000, -5_008_000_000),
];

/// (account, activity, weight) of child and youth care.
const CHILD_CARE_LINES: [(&str, &str, i128); 10] = [
    ("5010", "410", 300),
    ("5610", "410", 90),
    ("4631", "410", 220),
    ("4632", "410", 40),
    ("4635", "412", 70),
    ("5010", "412", 80),
    ("5071", "410", 90),
    ("5521", "410", 40),
    ("6011", "410", 40),
    ("7590", "410", 30),
];

/// (account, activity, öre a year) of what else an administration books; the empty activity is what nobody has spread.
const OTHER_LINES: [(&str, &str, i128); 5] = [
    ("5010", "420", 21_000_000_000),
    ("4635", "420", 9_000_000_000),
    ("5010", "510", 240_000_000_000),
    ("3010", "510", -18_000_000_000),
    ("6990", "", 700_000_000),
];

/// Amounts of one office, account, activity and cost centre, by month, in öre.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub account: &'static str,
    /// Empty: booked without activity.
    pub activity: &'static str,
    pub cost_centre: u32,
    pub child_care: bool,
    pub outcome: [i128; 12],
    pub budget: [i128; 12],
}

impl Line {
    pub fn months(&self, scenario: Scenario) -> &[i128; 12] {
        match scenario {
            Scenario::Outcome => &self.outcome,
            Scenario::Budget => &self.budget,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scenario {
    Outcome,
    Budget,
}

/// The lines of every office of a year, in the order given. Offices that cannot book by activity (SIE type 2) take no part in
/// child care: their costs have no activity.
pub(super) fn costs(offices: &[(&Office, bool)], year: i32, seed: u64) -> Vec<Vec<Line>> {
    let mut dice = Dice::new(seed, &format!("costs {year}"));
    let mut lines: Vec<Vec<Line>> = offices.iter().map(|_| Vec::new()).collect();
    let mut book = |total: (i128, i128), of: &[(&'static str, &'static str, i128)], child_care: bool| {
        let part = Part { total, of, child_care };
        spread(&part, offices, &mut dice, &mut lines);
    };
    let of_year = |totals: &[(i32, i128, i128); 4]| {
        totals.iter().find(|(of, ..)| *of == year).map_or((0, 0), |&(_, budget, outcome)| (budget, outcome))
    };
    book(of_year(&CHILD_CARE), &CHILD_CARE_LINES, true);
    book(of_year(&CHILD_CARE_INCOME), &[("3010", "410", 1)], true);
    for (account, activity, total) in OTHER_LINES {
        let grown = total + total * i128::from(year - FIRST_YEAR) * 3 / 100;
        book((grown, grown + grown / 50), &[(account, activity, 1)], false);
    }
    for (position, (office, by_activity)) in offices.iter().enumerate() {
        if !by_activity {
            let extra = Part {
                total: share_of(office, offices, of_year(&CHILD_CARE)),
                of: &CHILD_CARE_LINES,
                child_care: false,
            };
            spread(&extra, &[(*office, true)], &mut dice, &mut lines[position..=position]);
            lines[position].iter_mut().for_each(|line| line.activity = "");
        }
    }
    lines
}

/// What an office of this weight would have of a total, beside the total itself.
fn share_of(office: &Office, offices: &[(&Office, bool)], total: (i128, i128)) -> (i128, i128) {
    let all: i128 = offices.iter().map(|(office, _)| office.cost_weight()).sum();
    let part = |total: i128| total * office.cost_weight() / all.max(1);
    (part(total.0), part(total.1))
}

struct Part<'a> {
    /// Budget and outcome.
    total: (i128, i128),
    of: &'a [(&'static str, &'static str, i128)],
    child_care: bool,
}

fn spread(part: &Part<'_>, offices: &[(&Office, bool)], dice: &mut Dice, lines: &mut [Vec<Line>]) {
    let mut weights = Vec::new();
    let mut new = Vec::new();
    for (position, (office, by_activity)) in offices.iter().enumerate() {
        if part.child_care && !by_activity {
            continue;
        }
        for &(account, activity, weight) in part.of {
            // Wages are booked on two cost centres, so that lines must be summed.
            for cost_centre in if account == "5010" { 101..=102 } else { 101..=101 } {
                let months: [i128; 12] = std::array::from_fn(|_| {
                    let jitter = i128::try_from(90 + dice.below(21)).unwrap_or(100);
                    office.cost_weight() * weight * jitter
                });
                weights.extend(months);
                let child_care = part.child_care;
                new.push((
                    position,
                    Line { account, activity, cost_centre, child_care, outcome: [0; 12], budget: [0; 12] },
                ));
            }
        }
    }
    let budget = shares(part.total.0, &even(&weights));
    let outcome = shares(part.total.1, &weights);
    for (number, (position, mut line)) in new.into_iter().enumerate() {
        line.budget.copy_from_slice(&budget[number * 12..][..12]);
        line.outcome.copy_from_slice(&outcome[number * 12..][..12]);
        lines[position].push(line);
    }
}

/// A budget is spread evenly over the months.
fn even(weights: &[i128]) -> Vec<i128> {
    weights.chunks(12).flat_map(|year| [year.iter().sum(); 12]).collect()
}

/// Cuts a total into parts by weight; the parts add up to it exactly.
fn shares(total: i128, weights: &[i128]) -> Vec<i128> {
    let sum = weights.iter().sum::<i128>().max(1);
    let (mut weight_before, mut given) = (0, 0);
    weights
        .iter()
        .map(|weight| {
            weight_before += weight;
            let share = total * weight_before / sum - given;
            given += share;
            share
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample::offices::Offices;

    fn city(year: i32, scenario: Scenario) -> i128 {
        let offices = Offices::of_the_demo();
        let offices: Vec<_> = offices.of_year(year).map(|office| (office, true)).collect();
        let lines = costs(&offices, year, 7);
        let lines = lines.iter().flatten().filter(|line| line.child_care && line.account != "3010");
        lines.flat_map(|line| line.months(scenario)).sum()
    }

    #[test]
    fn the_city_grows_as_published() {
        let growth = |scenario| city(2007, scenario) * 1000 - city(2004, scenario) * 1000;
        assert_eq!(growth(Scenario::Budget), city(2004, Scenario::Budget) * 109);
        assert_eq!(growth(Scenario::Outcome), city(2004, Scenario::Outcome) * 252);
    }

    proptest! {
        #[test]
        fn shares_add_up(total in -1_000_000_000_000i128..1_000_000_000_000, weights in prop::collection::vec(1i128..1_000_000, 1..50)) {
            prop_assert_eq!(shares(total, &weights).iter().sum::<i128>(), total);
        }
    }
}
