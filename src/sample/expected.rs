//! What a warehouse that has loaded the sample must show (`expected.json`).

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::{children::Children, costs::Line, intakes::Row, offices::Office};

/// Counted while the files are made, from the rows that must be loaded.
#[derive(Default)]
pub(super) struct Expected {
    intakes: BTreeMap<(i32, Unit), Counted>,
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

#[derive(Default)]
struct Counted {
    intakes: u64,
    intakes_0_17: u64,
    unborn: u64,
    children: HashSet<usize>,
    children_0_17: HashSet<usize>,
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
#[expect(clippy::struct_field_names, reason = "the names stand in expected.json")]
struct Intakes {
    intakes: u64,
    intakes_0_17: u64,
    children: u64,
    children_0_17: u64,
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

#[derive(Serialize)]
pub(super) struct Document {
    /// Protected children count at city level only.
    intakes: Vec<Figures<Intakes>>,
    /// Area `ifo_barn_unga` without income.
    costs: Vec<Figures<Costs>>,
    population: Vec<Figures<Population>>,
}

impl Expected {
    pub fn intakes(&mut self, office: &Office, year: i32, rows: &[Row], children: &Children) {
        for row in rows {
            for unit in units(office) {
                let protected = row.child.is_some_and(Children::is_protected);
                if protected && unit != Unit::City {
                    continue;
                }
                self.intakes.entry((year, unit)).or_default().count(row, year, children);
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
            intakes: lines(self.intakes, |counted| counted.figures()),
            costs: lines(self.costs, costs),
            population: lines(self.population, |persons_0_17| Population { persons_0_17 }),
        }
    }
}

impl Counted {
    fn count(&mut self, row: &Row, year: i32, children: &Children) {
        self.intakes += 1;
        let Some(child) = row.child else {
            // One unborn child per case, and each case here has one row.
            self.unborn += 1;
            self.intakes_0_17 += 1;
            return;
        };
        self.children.insert(child);
        if year - children.get(child).birth_year <= 17 {
            self.intakes_0_17 += 1;
            self.children_0_17.insert(child);
        }
    }

    fn figures(&self) -> Intakes {
        Intakes {
            intakes: self.intakes,
            intakes_0_17: self.intakes_0_17,
            children: self.children.len() as u64 + self.unborn,
            children_0_17: self.children_0_17.len() as u64 + self.unborn,
        }
    }
}

fn units(office: &Office) -> [Unit; 3] {
    [Unit::AsItWas(office.code.clone()), Unit::Of2007(office.home.clone()), Unit::City]
}

fn lines<T, F>(of: BTreeMap<(i32, Unit), T>, figures: impl Fn(T) -> F) -> Vec<Figures<F>> {
    let line = |((year, unit), value)| {
        let (level, organisation, district_code) = match unit {
            Unit::AsItWas(code) => ("district", Some("as_it_was"), Some(code)),
            Unit::Of2007(code) => ("district", Some("2007"), Some(code)),
            Unit::City => ("city", None, None),
        };
        Figures { year, level, organisation, district_code, content: figures(value) }
    };
    of.into_iter().map(line).collect()
}
