//! Made-up investigations (`utredningar`): how long they take, and how they end.
//!
//! Their length follows the published review of three districts (2022): about 71 of 100 end within four months, all of Norrmalm's,
//! three quarters of Hässelby-Vällingby's and three of eight of Skärholmen's. So does their end: 53 of 100 with an intervention.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::{
    chain::{Scene, known},
    dice::Dice,
    table::{Row, person},
};

pub(super) const HEADERS: [&str; 12] = [
    "Utredning-id",
    "Personnummer",
    "Ofött barn",
    "Kön",
    "Skyddad identitet",
    "Startdatum",
    "Förlängd till",
    "Slutdatum",
    "Lagrum",
    "Resultat",
    "Kvarstående oro",
    "Stadsdel",
];

pub(super) const LEADS_ON: &str = "Insats";
const NOTHING: &str = "Ingen insats";
const DECLINED: &str = "Erbjuden insats avböjd";

/// One investigation of one child.
#[derive(Debug, Clone)]
pub(super) struct Investigation {
    pub id: String,
    /// Position of the child among all, `None` for the unborn.
    pub child: Option<usize>,
    pub start: NaiveDate,
    pub extended: Option<NaiveDate>,
    /// None: it goes on, as far as the extract knows.
    pub end: Option<NaiveDate>,
    pub basis: &'static str,
    /// Empty: it goes on.
    pub result: &'static str,
    worry: &'static str,
}

/// When an investigation ends, and until when it was extended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course {
    pub start: NaiveDate,
    pub extended: Option<NaiveDate>,
    /// None: it is never closed.
    pub end: Option<NaiveDate>,
}

impl Course {
    pub fn drawn(scene: &Scene<'_>, start: NaiveDate, dice: &mut Dice) -> Self {
        let due = start + Months::new(4);
        if dice.below(100) < scene.office.in_time_percent {
            // Most take their time; some are closed on the very last day.
            let days = 15 + dice.below(104).max(dice.below(104)) as u64;
            let end = if dice.chance(60) { due } else { due.min(start + Days::new(days)) };
            return Self { start, extended: None, end: Some(end) };
        }
        let extension = Days::new([30, 60, 90][dice.below(3)]);
        let extended = dice.chance(450).then(|| due + extension).filter(|_| known(due).is_some());
        let latest = extended.unwrap_or(due);
        let end = match extended {
            Some(_) if dice.chance(700) => due + Days::new(1 + dice.below(30) as u64),
            _ => latest + Days::new(1 + dice.below(110) as u64),
        };
        Self { start, extended, end: (!dice.chance(40)).then_some(end) }
    }
}

impl Investigation {
    pub fn drawn(
        scene: &Scene<'_>,
        id: &str,
        child: Option<usize>,
        course: Course,
        basis: &'static str,
        dice: &mut Dice,
    ) -> Self {
        let end = course.end.and_then(known);
        let may_have = end.is_some_and(|end| scene.children.may_have_at(child, end));
        let result = match dice.below(100) {
            _ if end.is_none() => "",
            0..53 if may_have => LEADS_ON,
            53..61 => DECLINED,
            _ => NOTHING,
        };
        let worry = match result {
            NOTHING | DECLINED if dice.chance(180) => "Ja",
            NOTHING | DECLINED => "Nej",
            LEADS_ON if scene.office.number % 3 == 2 => ".",
            _ => "",
        };
        Self { id: id.to_owned(), child, start: course.start, extended: course.extended, end, basis, result, worry }
    }

    pub fn is_of(&self, year: i32) -> bool {
        self.start.year() == year
    }

    pub fn row(&self, scene: &Scene<'_>) -> Row {
        let [number, unborn, sex, protected] = person(scene, self.child);
        let date = |date: Option<NaiveDate>| date.map_or_else(String::new, |date| date.to_string());
        let cells = vec![
            self.id.clone(),
            number,
            unborn,
            sex,
            protected,
            self.start.to_string(),
            date(self.extended),
            date(self.end),
            self.basis.to_owned(),
            self.result.to_owned(),
            self.worry.to_owned(),
            scene.office.code.clone(),
        ];
        Row { cells, child: self.child }
    }
}
