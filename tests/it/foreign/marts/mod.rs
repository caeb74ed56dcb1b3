//! What every row of the marts must say, worked out from the bundle's rows and nothing else.

use std::collections::BTreeSet;

use super::{
    ledgers::Booked,
    places::{Place, Slice, slices},
    rows::{Fate, Row},
};

mod cases;
mod costs;
mod findings;
mod intakes;
mod staff;

/// The bundle as far as it has come: files that are `missing`, and years with a population.
#[derive(Clone)]
pub struct Bundle<'a> {
    pub intakes: &'a [Row],
    pub investigations: &'a [Row],
    pub interventions: &'a [Row],
    pub posts: &'a [Row],
    pub booked: &'a [Booked],
    pub missing: &'a [(&'static str, Slice)],
    pub populations: &'a [i32],
}

/// How much of what stands behind a row has come.
#[derive(Debug, Clone, Copy)]
pub struct Behind {
    pub any: bool,
    pub whole: bool,
}

impl Bundle<'_> {
    fn missing(&self, dataset: &str) -> BTreeSet<Slice> {
        self.missing.iter().filter(|it| it.0 == dataset).map(|it| it.1).collect()
    }

    /// The files of one dataset and some years that a place is made of.
    fn behind(&self, dataset: &str, place: &Place, years: impl Fn(i32) -> bool) -> Behind {
        let missing = self.missing(dataset);
        let held: Vec<Slice> = slices().filter(|slice| years(slice.1) && place.holds(*slice)).collect();
        let there = held.iter().filter(|slice| !missing.contains(slice)).count();
        Behind { any: there > 0, whole: there == held.len() }
    }

    /// Accepted rows of the files that have come.
    fn loaded(&self, dataset: &str) -> impl Iterator<Item = &Row> {
        let rows = match dataset {
            "anmalningar" => self.intakes,
            "utredningar" => self.investigations,
            "insatser" => self.interventions,
            _ => self.posts,
        };
        let missing = self.missing(dataset);
        rows.iter().filter(move |row| row.fate == Fate::Loaded && !missing.contains(&row.slice))
    }

    fn all_rows(&self) -> impl Iterator<Item = &Row> {
        ["anmalningar", "utredningar", "insatser"].into_iter().flat_map(|dataset| self.loaded(dataset))
    }

    /// Children whom any file protects.
    fn protected(&self) -> BTreeSet<&str> {
        self.all_rows().filter(|row| row.protects()).map(|row| row.child.as_str()).collect()
    }

    /// Rows of all years that count for a place: a protected child's in the city only.
    fn counted(&self, dataset: &str, place: &Place) -> Vec<&Row> {
        let protected = self.protected();
        let counts = |row: &&Row| {
            place.holds(row.slice) && (place.district.is_none() || !protected.contains(row.child.as_str()))
        };
        self.loaded(dataset).filter(counts).collect()
    }

    /// Those of one year's files.
    fn counted_in(&self, dataset: &str, place: &Place, year: i32) -> Vec<&Row> {
        self.counted(dataset, place).into_iter().filter(|row| row.slice.1 == year).collect()
    }
}

fn distinct(rows: &[&Row]) -> i128 {
    rows.iter().map(|row| &row.child).collect::<BTreeSet<_>>().len() as i128
}

pub fn truth(value: bool) -> char {
    if value { 't' } else { 'f' }
}
