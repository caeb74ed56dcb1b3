//! Intakes and the children they are about.

use std::collections::HashSet;

use serde::Serialize;

use crate::sample::{children::Children, intakes::Intake, offices::Office};

#[derive(Default)]
pub(super) struct Counted {
    intakes: u64,
    intakes_0_17: u64,
    children: Distinct,
    children_0_17: Distinct,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names stand in expected.json")]
pub(super) struct Intakes {
    intakes: u64,
    intakes_0_17: u64,
    children: u64,
    children_0_17: u64,
}

/// Different children.
#[derive(Default)]
pub(super) struct Distinct {
    born: HashSet<usize>,
    /// One per case and district of 2007.
    unborn: HashSet<String>,
}

/// Sex and age of a child, as yearly marts group them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Group {
    sex: &'static str,
    age_band: &'static str,
}

#[derive(Serialize)]
pub(super) struct UniqueChildren {
    sex: &'static str,
    age_band: &'static str,
    children: u64,
}

impl Counted {
    pub fn count(&mut self, intake: &Intake, office: &Office, year: i32, children: &Children) {
        self.intakes += 1;
        self.children.count(intake, office);
        if intake.child.is_none_or(|child| year - children.get(child).birth_year <= 17) {
            self.intakes_0_17 += 1;
            self.children_0_17.count(intake, office);
        }
    }

    pub fn figures(self) -> Intakes {
        Intakes {
            intakes: self.intakes,
            intakes_0_17: self.intakes_0_17,
            children: self.children.number(),
            children_0_17: self.children_0_17.number(),
        }
    }
}

impl Distinct {
    pub fn count(&mut self, intake: &Intake, office: &Office) {
        match intake.child {
            Some(child) => self.born.insert(child),
            None => {
                self.unborn.insert(format!("{} {}", office.home, intake.investigation.as_ref().unwrap_or(&intake.id)))
            }
        };
    }

    fn number(&self) -> u64 {
        (self.born.len() + self.unborn.len()) as u64
    }

    pub fn figures(&self, group: Group) -> UniqueChildren {
        UniqueChildren { sex: group.sex, age_band: group.age_band, children: self.number() }
    }
}

impl Group {
    pub fn of(child: Option<usize>, year: i32, children: &Children) -> Self {
        let Some(child) = child.map(|child| children.get(child)) else {
            return Self { sex: "okänd", age_band: "ofödd" };
        };
        let age_band = match year - child.birth_year {
            ..=3 => "0-3",
            4..=6 => "4-6",
            7..=9 => "7-9",
            10..=12 => "10-12",
            13..=15 => "13-15",
            16..=17 => "16-17",
            18.. => "18-20",
        };
        Self { sex: if child.girl { "flicka" } else { "pojke" }, age_band }
    }
}
