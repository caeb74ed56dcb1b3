//! What a warehouse that has loaded the sample must show (`expected.json`), counted from the made-up world while the files are
//! made, not from what any of them says.

mod cases;
mod flow;
mod intakes;
mod staff;

use std::collections::BTreeMap;

use serde::Serialize;

use super::{chain::Year, children::Children, costs::Line, offices::Office, staff::Employment};

/// Counted from the rows that must be loaded.
#[derive(Default)]
pub(super) struct Expected {
    intakes: BTreeMap<(i32, Unit), intakes::Counted>,
    groups: BTreeMap<(i32, Unit, intakes::Group), intakes::Distinct>,
    decisions: BTreeMap<(i32, Unit, &'static str), cases::Decisions>,
    flow: BTreeMap<Unit, flow::Flow>,
    interventions: BTreeMap<(i32, Unit, &'static str), cases::Decided>,
    staff: BTreeMap<(i32, Unit, &'static str), staff::Listed>,
    costs: BTreeMap<(i32, Unit), Money>,
    population: BTreeMap<(i32, Unit), u64>,
}

/// A district as it was, as it is in the organisation of 2007, or the city.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    AsItWas(String),
    Of2007(String),
    City,
}

#[derive(Default, Clone, Copy)]
struct Money {
    budget: i128,
    outcome: i128,
}

#[derive(Serialize)]
struct Figures<T> {
    year: i32,
    level: &'static str,
    /// `as_it_was` or `2007`; none for the city.
    organisation: Option<&'static str>,
    district_code: Option<String>,
    #[serde(flatten)]
    content: T,
}

#[derive(Serialize)]
struct Costs {
    budget_ore: i64,
    outcome_ore: i64,
}

#[derive(Serialize)]
struct Population {
    persons_0_17: u64,
}

/// In every list but the last two, protected children count at city level only.
#[derive(Serialize)]
pub(super) struct Document {
    intakes: Vec<Figures<intakes::Intakes>>,
    unique_children: Vec<Figures<intakes::UniqueChildren>>,
    anmalan_to_utredning: Vec<Figures<cases::AnmalanToUtredning>>,
    /// Stocks begin with the first delivered year.
    utredning_flow: Vec<Figures<flow::UtredningFlow>>,
    insats_decided: Vec<Figures<cases::InsatsDecided>>,
    staff_density: Vec<Figures<staff::StaffDensity>>,
    /// Area `ifo_barn_unga` without income.
    costs: Vec<Figures<Costs>>,
    population: Vec<Figures<Population>>,
}

impl Expected {
    /// What an office delivers of a year; what is not loaded has been taken out.
    pub fn year(&mut self, office: &Office, year: i32, delivered: &Year, children: &Children) {
        for intake in &delivered.intakes {
            for unit in shown(office, intake.child) {
                self.intakes.entry((year, unit.clone())).or_default().count(intake, office, year, children);
                let group = intakes::Group::of(intake.child, year, children);
                self.groups.entry((year, unit.clone(), group)).or_default().count(intake, office);
                self.decisions.entry((year, unit, intake.reporter)).or_default().count(intake.decision);
            }
        }
        for investigation in &delivered.investigations {
            for unit in shown(office, investigation.child) {
                self.flow.entry(unit).or_default().count(investigation);
            }
        }
        for intervention in &delivered.interventions {
            for unit in shown(office, Some(intervention.child)) {
                self.interventions.entry((year, unit, intervention.category)).or_default().count(intervention);
            }
        }
    }

    pub fn staff(&mut self, office: &Office, year: i32, listed: &[Employment]) {
        for employment in listed {
            for unit in units(office) {
                for group in staff::groups(employment) {
                    self.staff.entry((year, unit.clone(), group)).or_default().count(employment);
                }
            }
        }
    }

    pub fn costs(&mut self, office: &Office, year: i32, lines: &[Line]) {
        for line in lines.iter().filter(|line| line.child_care && line.account != "3010") {
            for unit in units(office) {
                let money = self.costs.entry((year, unit)).or_default();
                money.budget += line.budget.iter().sum::<i128>();
                money.outcome += line.outcome.iter().sum::<i128>();
            }
        }
    }

    pub fn population(&mut self, office: &Office, year: i32, children: u64) {
        for unit in units(office) {
            *self.population.entry((year, unit)).or_default() += children;
        }
    }

    pub fn document(self) -> Document {
        let ore = |amount: i128| i64::try_from(amount).unwrap_or(i64::MAX);
        let costs = |money: Money| Costs { budget_ore: ore(money.budget), outcome_ore: ore(money.outcome) };
        Document {
            staff_density: staff::density(&self.staff, &self.population),
            intakes: lines(self.intakes, intakes::Counted::figures),
            unique_children: lines_by(self.groups, |group, children| children.figures(group)),
            anmalan_to_utredning: lines_by(self.decisions, |reporter, decisions| decisions.figures(reporter)),
            utredning_flow: flow::figures(self.flow),
            insats_decided: lines_by(self.interventions, |category, decided| decided.figures(category)),
            costs: lines(self.costs, costs),
            population: lines(self.population, |persons_0_17| Population { persons_0_17 }),
        }
    }
}

fn units(office: &Office) -> [Unit; 3] {
    [Unit::AsItWas(office.code.clone()), Unit::Of2007(office.home.clone()), Unit::City]
}

/// A protected child's rows count for the city only.
fn shown(office: &Office, child: Option<usize>) -> impl Iterator<Item = Unit> {
    let protected = child.is_some_and(Children::is_protected);
    units(office).into_iter().filter(move |unit| !protected || *unit == Unit::City)
}

fn line<F>(year: i32, unit: Unit, content: F) -> Figures<F> {
    let (level, organisation, district_code) = match unit {
        Unit::AsItWas(code) => ("district", Some("as_it_was"), Some(code)),
        Unit::Of2007(code) => ("district", Some("2007"), Some(code)),
        Unit::City => ("city", None, None),
    };
    Figures { year, level, organisation, district_code, content }
}

fn lines<T, F>(of: BTreeMap<(i32, Unit), T>, figures: impl Fn(T) -> F) -> Vec<Figures<F>> {
    of.into_iter().map(|((year, unit), value)| line(year, unit, figures(value))).collect()
}

fn lines_by<K, T, F>(of: BTreeMap<(i32, Unit, K), T>, figures: impl Fn(K, T) -> F) -> Vec<Figures<F>> {
    of.into_iter().map(|((year, unit, by), value)| line(year, unit, figures(by, value))).collect()
}
