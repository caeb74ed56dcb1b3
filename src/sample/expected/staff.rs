//! Posts per 1,000 children, and who holds them.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Serialize;

use super::{Figures, Unit, line};
use crate::sample::staff::{Employment, GROUPS};

/// The three groups together.
const ALL: &str = "alla";

/// Rows of one year, unit and group.
#[derive(Default)]
pub(super) struct Listed {
    percent: u64,
    months: BTreeSet<u32>,
    competent: u64,
    not_competent: u64,
    experience_months: Vec<i32>,
    /// (month, employee).
    heads: HashSet<(u32, u32)>,
}

#[derive(Serialize)]
pub(super) struct StaffDensity {
    staff_group: &'static str,
    months: u64,
    /// Sum over the months; the mean is this by `months`, and posts are this by 100.
    percent_of_posts: u64,
    children_0_17: Option<u64>,
    competent: u64,
    not_competent: u64,
    median_experience_months: Option<f64>,
    /// In the group in December before or during the year, and not in the city's group in December.
    left: u64,
    /// Employee × month; the mean head count is this by `months`.
    head_months: u64,
}

/// The groups that a row counts in.
pub(super) fn groups(employment: &Employment) -> Vec<&'static str> {
    if GROUPS.contains(&employment.group) { vec![employment.group, ALL] } else { vec![employment.group] }
}

impl Listed {
    pub fn count(&mut self, employment: &Employment) {
        self.percent += u64::from(employment.percent);
        self.months.insert(employment.month);
        match employment.competent {
            Some(true) => self.competent += 1,
            Some(false) => self.not_competent += 1,
            None => {}
        }
        self.experience_months.extend(employment.person.since.map(|since| employment.month_number() - since));
        self.heads.insert((employment.month, employment.person.number));
    }

    fn in_december(&self) -> impl Iterator<Item = u32> {
        self.heads.iter().filter(|(month, _)| *month == 12).map(|(_, employee)| *employee)
    }

    fn median_experience_months(&self) -> Option<f64> {
        let mut months = self.experience_months.clone();
        months.sort_unstable();
        let middle = months.len() / 2;
        let upper = f64::from(*months.get(middle)?);
        Some(if months.len() % 2 == 1 { upper } else { f64::midpoint(upper, f64::from(months[middle - 1])) })
    }
}

/// What the lists of a year and of the December before come to.
pub(super) fn density(
    listed: &BTreeMap<(i32, Unit, &'static str), Listed>,
    population: &BTreeMap<(i32, Unit), u64>,
) -> Vec<Figures<StaffDensity>> {
    let mut figures = Vec::new();
    // A district of before 2007 shares its code with one of after.
    let told = listed.iter().filter(|((year, unit, _), _)| *year < 2007 || !matches!(unit, Unit::AsItWas(_)));
    for ((year, unit, group), here) in told {
        let before = listed.get(&(year - 1, unit.clone(), *group));
        let members: BTreeSet<u32> = before
            .into_iter()
            .flat_map(Listed::in_december)
            .chain(here.heads.iter().map(|(_, employee)| *employee))
            .collect();
        let city: BTreeSet<u32> =
            listed.get(&(*year, Unit::City, *group)).into_iter().flat_map(Listed::in_december).collect();
        // A month in which nobody held a post of the group was delivered all the same.
        let of_the_unit = listed.iter().filter(|((of, place, _), _)| of == year && place == unit);
        let months: BTreeSet<u32> = of_the_unit.flat_map(|(_, listed)| listed.months.iter().copied()).collect();
        let content = StaffDensity {
            staff_group: group,
            months: months.len() as u64,
            percent_of_posts: here.percent,
            children_0_17: population.get(&(*year, unit.clone())).copied(),
            competent: here.competent,
            not_competent: here.not_competent,
            median_experience_months: here.median_experience_months(),
            left: members.difference(&city).count() as u64,
            head_months: here.heads.len() as u64,
        };
        figures.push(line(*year, unit.clone(), content));
    }
    figures
}
