//! The children of the sample: official test numbers, shared out to the districts.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::{dice::Dice, offices::Office};

const NUMBERS: &str = include_str!("../../sample/testpersonnummer.txt");

/// One test number and what it tells.
#[derive(Debug, Clone)]
pub(super) struct Child {
    /// Twelve digits.
    pub number: String,
    pub birth_year: i32,
    /// None where month or day is unknown (some samordningsnummer).
    born: Option<NaiveDate>,
    pub girl: bool,
}

impl Child {
    fn read(number: String) -> Option<Self> {
        let digits = |from, to| number.get(from..to)?.parse::<u32>().ok();
        let birth_year = i32::try_from(digits(0, 4)?).ok()?;
        let (month, day) = (digits(4, 6)?, digits(6, 8)?);
        let born = NaiveDate::from_ymd_opt(birth_year, month, if day > 60 { day - 60 } else { day });
        let girl = digits(10, 11)? % 2 == 0;
        Some(Self { number, birth_year, born, girl })
    }

    /// Exact age, by year where the birth date is not known; `None` before birth.
    fn age_on(&self, date: NaiveDate) -> Option<u32> {
        match self.born {
            Some(born) => date.years_since(born),
            // A child of unknown birth date is not taken in its first year, so that it is born on any reading.
            None => u32::try_from(date.year() - self.birth_year).ok().filter(|age| (1..20).contains(age)),
        }
    }
}

/// All children, and who lives where.
pub(super) struct Children {
    all: Vec<Child>,
    by_home: BTreeMap<String, Vec<usize>>,
}

impl Children {
    /// Shares the numbers out to the districts of 2007 by their made-up number of children.
    pub fn shared_out<'a>(seed: u64, homes: impl Iterator<Item = &'a Office>) -> Self {
        let all: Vec<Child> = official_numbers().filter_map(Child::read).collect();
        let mut order: Vec<usize> = (0..all.len()).collect();
        Dice::new(seed, "children").shuffle(&mut order);
        let homes: Vec<&Office> = homes.collect();
        let city: u64 = homes.iter().map(|home| home.children).sum::<u64>().max(1);
        let (mut by_home, mut before, mut from) = (BTreeMap::new(), 0, 0);
        for home in homes {
            before += home.children;
            let to = usize::try_from(before * all.len() as u64 / city).unwrap_or(all.len());
            by_home.insert(home.code.clone(), order[from..to].to_vec());
            from = to;
        }
        Self { all, by_home }
    }

    pub fn get(&self, number: usize) -> &Child {
        &self.all[number]
    }

    /// A protected child is one wherever it is reported.
    pub fn is_protected(number: usize) -> bool {
        number % 97 == 5
    }

    /// True for a child that is 0–20 years old on the date; an unborn one has no interventions.
    pub fn may_have_at(&self, number: Option<usize>, date: NaiveDate) -> bool {
        number.and_then(|number| self.get(number).age_on(date)).is_some_and(|age| age <= 20)
    }

    /// A child of the office's district, 0–19 years old on the date; now and then one who lives elsewhere.
    pub fn pick(&self, dice: &mut Dice, office: &Office, date: NaiveDate) -> usize {
        let neighbours = self.by_home.get(&office.home).filter(|neighbours| !neighbours.is_empty());
        for attempt in 0.. {
            let number = match neighbours {
                Some(neighbours) if attempt < 200 && !dice.chance(20) => *dice.pick(neighbours),
                _ => dice.below(self.all.len()),
            };
            let (part, parts) = office.part;
            let of_the_part = u32::try_from(number).unwrap_or_default() % parts == part || dice.chance(80);
            match self.get(number).age_on(date) {
                Some(0..=17) if of_the_part => return number,
                // No older than that, so that it is still a child of the care when its investigation begins.
                Some(18..=19) if of_the_part && dice.chance(150) => return number,
                _ => {}
            }
        }
        0
    }
}

/// Every official number of the bundled list, twelve digits each.
pub(super) fn official_numbers() -> impl Iterator<Item = String> {
    NUMBERS.lines().filter(|line| !line.starts_with('#')).flat_map(|line| {
        let (month, rest) = line.split_once(' ').unwrap_or_default();
        rest.split(' ').map(move |number| format!("{month}{number}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luhn_holds(number: &str) -> bool {
        let digits = number[2..].bytes().map(|digit| u32::from(digit - b'0'));
        let sum: u32 = digits
            .zip([2, 1].into_iter().cycle())
            .map(|(digit, weight)| digit * weight)
            .map(|product| product / 10 + product % 10)
            .sum();
        sum.is_multiple_of(10)
    }

    #[test]
    fn the_bundled_numbers_are_whole() {
        let numbers: Vec<String> = official_numbers().collect();
        assert_eq!(numbers.len(), 19_565);
        assert!(numbers.iter().all(|number| number.len() == 12 && luhn_holds(number)));
        assert!(numbers.iter().any(|number| &number[4..6] == "00"));
    }

    #[test]
    fn an_unknown_birth_date_counts_by_year() {
        let child = Child::read("198300662395".to_owned()).unwrap();
        assert_eq!(child.age_on(NaiveDate::from_ymd_opt(1983, 6, 1).unwrap()), None);
        assert_eq!(child.age_on(NaiveDate::from_ymd_opt(2000, 1, 1).unwrap()), Some(17));
    }
}
