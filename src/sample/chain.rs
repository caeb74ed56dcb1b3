//! How one thing leads to another: an intake opens an investigation, which ends in interventions, perhaps in a later year and
//! then in the district that the old one has become part of.

use std::mem;

use chrono::{Datelike, Months, NaiveDate};

use super::{
    children::Children,
    dice::Dice,
    intakes::{ALREADY_OPEN, Intake, OPENED, family},
    interventions::Intervention,
    investigations::{Course, Investigation, LEADS_ON},
    offices::Office,
};

/// Years that are delivered. The one before is lived through but not delivered, so that the first year begins with cases under way.
pub(super) const FIRST_YEAR: i32 = 2006;
pub(super) const LAST_YEAR: i32 = 2008;

/// Per mille of the intakes of 2006, by year: more every year, as the seeds say.
const GROWTH: [(i32, u64); 4] = [(2005, 940), (2006, 1000), (2007, 1080), (2008, 1140)];

/// The extracts are made when the last year has ended: nothing later is known.
pub(super) fn known(date: NaiveDate) -> Option<NaiveDate> {
    Some(date).filter(|date| date.year() <= LAST_YEAR)
}

/// True when an investigation that began then stands in a file.
pub(super) fn is_delivered(start: NaiveDate) -> bool {
    start.year() >= FIRST_YEAR
}

/// One office in one year.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub office: &'a Office,
    pub year: i32,
    pub scale: f64,
    pub children: &'a Children,
}

impl Scene<'_> {
    fn wanted(&self) -> usize {
        let growth = GROWTH.iter().find(|(of, _)| *of == self.year).map_or(1000, |(_, growth)| *growth);
        let expected = (self.office.children * self.office.intakes_per_1000 * growth) as f64 / 1_000_000.0 * self.scale;
        // Few enough to count exactly: the largest scale gives millions.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and far below 2^52")]
        let wanted = expected.round() as usize;
        wanted.max(3)
    }

    fn id(&self, kind: &str, case: usize) -> String {
        format!("{kind}-{:02}-{}-{case:05}", self.year % 100, self.office.code)
    }
}

/// What an office delivers of one year.
#[derive(Default)]
pub(super) struct Year {
    /// In order of receipt.
    pub intakes: Vec<Intake>,
    /// Those that began in the year.
    pub investigations: Vec<Investigation>,
    /// Those that were decided in the year.
    pub interventions: Vec<Intervention>,
}

/// An investigation that intakes may fall into.
struct Ongoing {
    id: String,
    children: Vec<Option<usize>>,
    course: Course,
}

impl Ongoing {
    fn runs_on(&self, date: NaiveDate) -> bool {
        self.course.start <= date && !self.is_over(date)
    }

    /// What nobody has closed for three quarters of a year takes no new intakes: its children grow up.
    fn is_over(&self, date: NaiveDate) -> bool {
        self.course.end.is_some_and(|end| end <= date) || self.course.start + Months::new(9) <= date
    }
}

/// What an office carries from year to year.
#[derive(Default)]
pub(super) struct Chain {
    ongoing: Vec<Ongoing>,
    /// Length of `ongoing` at which those that are over are thrown out, so that it stays short at little cost.
    crowded: usize,
    /// Not yet delivered, because they begin or are decided in a later year.
    later: Year,
}

impl Chain {
    /// Two districts become one: what is under way goes on there.
    pub fn join(&mut self, other: Self) {
        self.ongoing.extend(other.ongoing);
        self.later.investigations.extend(other.later.investigations);
        self.later.interventions.extend(other.later.interventions);
    }

    /// Lives through a year and delivers it.
    pub fn year(&mut self, scene: &Scene<'_>, dice: &mut Dice) -> Year {
        let wanted = scene.wanted();
        let days = if NaiveDate::from_ymd_opt(scene.year, 2, 29).is_some() { 366 } else { 365 };
        let mut intakes = Vec::with_capacity(wanted + 3);
        let mut case = 0;
        while intakes.len() < wanted {
            case += 1;
            let day = u32::try_from(intakes.len() * days / wanted + 1).unwrap_or(1);
            let Some(received) = NaiveDate::from_yo_opt(scene.year, day) else { break };
            self.case(scene, case, received, dice, &mut intakes);
        }
        let (mut investigations, later) =
            mem::take(&mut self.later.investigations).into_iter().partition::<Vec<_>, _>(|one| one.is_of(scene.year));
        self.later.investigations = later;
        let (mut interventions, later) =
            mem::take(&mut self.later.interventions).into_iter().partition::<Vec<_>, _>(|one| one.is_of(scene.year));
        self.later.interventions = later;
        investigations.sort_by_key(|one| one.start);
        interventions.sort_by_key(|one| one.decided);
        Year { intakes, investigations, interventions }
    }

    fn case(
        &mut self,
        scene: &Scene<'_>,
        case: usize,
        received: NaiveDate,
        dice: &mut Dice,
        intakes: &mut Vec<Intake>,
    ) {
        let mut intake = Intake::drawn(scene, scene.id("ANM", case), received, dice);
        let ongoing = (intake.decision == ALREADY_OPEN).then(|| self.ongoing(received, dice)).flatten();
        let children = match ongoing {
            Some(ongoing) => {
                let names_it = is_delivered(ongoing.course.start) && dice.chance(700);
                intake.investigation = names_it.then(|| ongoing.id.clone());
                ongoing.children.clone()
            }
            None => family(scene, received, scene.children, dice),
        };
        if let (OPENED, Some(start)) = (intake.decision, intake.decided) {
            let id = scene.id("UTR", case);
            intake.investigation = Some(id.clone());
            self.open(
                scene,
                Ongoing { id, children: children.clone(), course: Course::drawn(scene, start, dice) },
                intake.basis,
                dice,
            );
        }
        intakes.extend(children.into_iter().map(|child| intake.about(child)));
    }

    /// Opens an investigation of each of the siblings and follows it to its end.
    fn open(&mut self, scene: &Scene<'_>, opened: Ongoing, basis: &'static str, dice: &mut Dice) {
        for &child in &opened.children {
            let one = Investigation::drawn(scene, &opened.id, child, opened.course, basis, dice);
            if one.result == LEADS_ON {
                self.later.interventions.extend(Intervention::of(&one, scene, dice));
            }
            self.later.investigations.push(one);
        }
        self.ongoing.push(opened);
    }

    /// Some investigation that runs on a date.
    fn ongoing(&mut self, date: NaiveDate, dice: &mut Dice) -> Option<&Ongoing> {
        if self.ongoing.len() > self.crowded {
            self.ongoing.retain(|ongoing| !ongoing.is_over(date));
            self.crowded = 2 * self.ongoing.len() + 20;
        }
        if self.ongoing.is_empty() {
            return None;
        }
        let tries: Vec<usize> = (0..8).map(|_| dice.below(self.ongoing.len())).collect();
        tries.into_iter().map(|number| &self.ongoing[number]).find(|ongoing| ongoing.runs_on(date))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::sample::offices::Offices;

    /// Rinkeby and Kista in 2006, Rinkeby-Kista after.
    fn merged() -> Vec<Year> {
        let offices = Offices::of_the_demo();
        let children = Children::shared_out(7, offices.of_year(2007));
        let mut carried = Chain::default();
        let mut years = Vec::new();
        for year in FIRST_YEAR..=LAST_YEAR {
            let mut before = mem::take(&mut carried);
            for office in offices.of_year(year).filter(|office| office.home == "01") {
                let mut chain = mem::take(&mut before);
                let scene = Scene { office, year, scale: 3.0, children: &children };
                years.push(chain.year(&scene, &mut Dice::new(7, &format!("{} {year}", office.name))));
                carried.join(chain);
            }
        }
        years
    }

    #[test]
    fn what_intakes_and_interventions_name_is_delivered_and_about_the_same_children() {
        let years = merged();
        let mut investigations: BTreeMap<&str, BTreeSet<Option<usize>>> = BTreeMap::new();
        for one in years.iter().flat_map(|year| &year.investigations) {
            assert!(investigations.entry(&one.id).or_default().insert(one.child), "twice the same child");
        }
        let mut shared = 0;
        for intake in years.iter().flat_map(|year| &year.intakes) {
            let Some(named) = &intake.investigation else { continue };
            assert!(investigations[named.as_str()].contains(&intake.child));
            shared += usize::from(intake.decision == ALREADY_OPEN);
        }
        assert!(shared > 50, "{shared}");
        let mut later = 0;
        for (year, delivered) in years.iter().enumerate() {
            for one in &delivered.interventions {
                let Some(named) = &one.investigation else { continue };
                assert!(investigations[named.as_str()].contains(&Some(one.child)));
                later += usize::from(year > 1 && named.starts_with("UTR-06"));
            }
        }
        assert!(later > 20, "{later} go on over the new year into the merged district");
    }

    #[test]
    fn nothing_is_known_that_happens_after_the_last_year() {
        let years = merged();
        let last = NaiveDate::from_ymd_opt(LAST_YEAR, 12, 31).unwrap();
        let all = years.iter().flat_map(|year| &year.investigations);
        let ends: Vec<Option<NaiveDate>> = all.map(|one| one.end).collect();
        assert!(ends.iter().flatten().all(|end| *end <= last) && ends.iter().any(Option::is_none));
        assert!(
            years.iter().flat_map(|year| &year.intakes).filter_map(|intake| intake.decided).all(|date| date <= last)
        );
    }
}
