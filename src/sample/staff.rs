//! Made-up personnel of child and youth care: who held which post, month by month.
//!
//! The city comes out as published for these years: just under three posts of the three groups per 1,000 children (figure PF-021), as
//! many employees at the end as at the beginning (PF-020), fewer where little is reported (PF-026), more than others like it in
//! Södermalm (PF-022), fewer than others like them in Spånga-Tensta, Skärholmen and Rinkeby-Kista (PF-023 to PF-025). Who these
//! people are, how long they stay and what they can is made up.

use super::{
    chain::{FIRST_YEAR, LAST_YEAR},
    dice::Dice,
    offices::Office,
};

/// Months that are delivered.
const MONTHS: usize = (LAST_YEAR.abs_diff(FIRST_YEAR) as usize + 1) * 12;

const INVESTIGATES: &str = "Utredande socialsekreterare";
const FOSTER_CARE: &str = "Familjevårdsinspektör";
const RECEIVES: &str = "Mottagningssekreterare";
pub(super) const OTHER: &str = "Övrig";

/// The three groups of the published density.
pub(super) const GROUPS: [&str; 3] = [INVESTIGATES, FOSTER_CARE, RECEIVES];

/// Posts of the three groups per 100,000 children, by district of 2007.
const DENSITY: [(&str, u64); 14] = [
    ("Rinkeby-Kista", 392),
    ("Spånga-Tensta", 360),
    ("Hässelby-Vällingby", 360),
    ("Bromma", 176),
    ("Kungsholmen", 196),
    ("Norrmalm", 196),
    ("Östermalm", 176),
    ("Södermalm", 372),
    ("Enskede-Årsta-Vantör", 324),
    ("Skarpnäck", 360),
    ("Farsta", 380),
    ("Älvsjö", 226),
    ("Hägersten-Liljeholmen", 278),
    ("Skärholmen", 402),
];

/// Of a thousand who hold a post, how many leave it in a month; more where much is reported.
const LEAVING: usize = 14;

/// One post. Its holder changes.
struct Post {
    /// District of 2007, and which part of it.
    home: String,
    part: u32,
    group: &'static str,
    percent: u32,
    per_mille_leaving: usize,
    /// The post is a second one of whoever holds this other one.
    beside: Option<usize>,
    holders: [Option<usize>; MONTHS],
}

/// One employee.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub number: u32,
    /// None: nobody has asked.
    pub degree: Option<bool>,
    /// Months since January of [`FIRST_YEAR`], mostly negative; `None` where it is not known.
    pub since: Option<i32>,
    competent_from: Option<i32>,
    /// Competence is not told of everyone.
    is_judged: bool,
}

/// What HR lists of one employee, month and group.
#[derive(Debug, Clone)]
pub(super) struct Employment {
    pub person: Person,
    pub year: i32,
    pub month: u32,
    pub group: &'static str,
    pub percent: u32,
    pub competent: Option<bool>,
}

impl Employment {
    /// Months since January of [`FIRST_YEAR`].
    pub fn month_number(&self) -> i32 {
        (self.year - FIRST_YEAR) * 12 + self.month.cast_signed() - 1
    }
}

/// Everyone, from the first month to the last.
pub(super) struct Staff {
    posts: Vec<Post>,
    persons: Vec<Person>,
}

impl Staff {
    /// `parts` are the offices of the first year, `homes` those that they have become.
    pub fn of_the_city<'a>(seed: u64, parts: impl Iterator<Item = &'a Office>, homes: &[&Office]) -> Self {
        let mut dice = Dice::new(seed, "personal");
        let mut staff = Self { posts: Vec::new(), persons: Vec::new() };
        for part in parts {
            let name = homes.iter().find(|home| home.code == part.home).map_or("", |home| &home.name);
            staff.add_posts(part, name, &mut dice);
        }
        staff.live(&mut dice);
        staff
    }

    /// What an office lists for a year, by post and month.
    pub fn of_office(&self, office: &Office, year: i32) -> Vec<Employment> {
        let whole = office.part == (0, 1);
        let here = self.posts.iter().filter(|post| post.home == office.home && (whole || post.part == office.part.0));
        here.flat_map(|post| (1..=12).filter_map(|month| self.employment(post, year, month))).collect()
    }

    fn employment(&self, post: &Post, year: i32, month: u32) -> Option<Employment> {
        let number = (year - FIRST_YEAR) * 12 + month.cast_signed() - 1;
        let holders = post.beside.map_or(&post.holders, |beside| &self.posts[beside].holders);
        let holder = (*holders.get(usize::try_from(number).ok()?)?)?;
        let person = self.persons[holder].clone();
        let competent = person.competent_from.is_some_and(|from| from <= number);
        let competent = (person.is_judged && post.group != OTHER).then_some(competent);
        Some(Employment { person, year, month, group: post.group, percent: post.percent, competent })
    }

    fn add_posts(&mut self, part: &Office, home: &str, dice: &mut Dice) {
        let density = DENSITY.iter().find(|(name, _)| *name == home).map_or(300, |(_, density)| *density);
        let percent = u32::try_from(part.children * density / 1000).unwrap_or_default();
        // Small offices have no reception of their own, or buy the supervision of foster homes from a neighbour.
        let shares: &[(&'static str, u32)] = match part.name.as_str() {
            "Älvsjö" => &[(INVESTIGATES, 85), (RECEIVES, 15)],
            "Norrmalm" | "Kista" => &[(INVESTIGATES, 82), (FOSTER_CARE, 18)],
            _ => &[(INVESTIGATES, 66), (FOSTER_CARE, 18), (RECEIVES, 16)],
        };
        for &(group, share) in shares {
            self.add_group(part, group, percent * share / 100, dice);
        }
        self.add_group(part, OTHER, percent / 14, dice);
    }

    /// Posts of one group, which add up to `percent`.
    fn add_group(&mut self, part: &Office, group: &'static str, percent: u32, dice: &mut Dice) {
        let mut left = percent;
        while left >= 20 {
            let size = dice.weighted(&[(100, 78), (80, 10), (75, 6), (50, 4), (90, 2)]).min(left);
            left -= size;
            // What is left of the reception is part of somebody's time who investigates.
            let beside = if group == RECEIVES && size <= 50 { self.shared_post(part, size) } else { None };
            self.posts.push(Post {
                home: part.home.clone(),
                part: part.part.0,
                group,
                percent: size,
                per_mille_leaving: LEAVING + usize::try_from(part.intakes_per_1000).unwrap_or_default() / 8,
                beside,
                holders: [None; MONTHS],
            });
        }
    }

    /// Takes a part of a whole post among those who investigate in the same office.
    fn shared_post(&mut self, part: &Office, size: u32) -> Option<usize> {
        let whole = |post: &Post| {
            post.group == INVESTIGATES && post.percent == 100 && post.home == part.home && post.part == part.part.0
        };
        let found = self.posts.iter().position(whole)?;
        self.posts[found].percent -= size;
        Some(found)
    }

    /// Fills the posts and lets people come, go and move, month by month.
    fn live(&mut self, dice: &mut Dice) {
        let mut movers: Vec<Mover> = Vec::new();
        for month in 0..MONTHS {
            for number in 0..self.posts.len() {
                if self.posts[number].beside.is_none() {
                    self.step(number, month, &mut movers, dice);
                }
            }
            // Whoever has found nothing for two months has left the city.
            movers.retain(|mover| mover.left + 2 > month);
        }
    }

    fn step(&mut self, number: usize, month: usize, movers: &mut Vec<Mover>, dice: &mut Dice) {
        let post = &self.posts[number];
        let before = month.checked_sub(1).and_then(|before| post.holders[before]);
        let holder = match before {
            Some(holder) if !dice.chance(post.per_mille_leaving) => Some(holder),
            Some(holder) => {
                if dice.chance(300) {
                    movers.push(Mover { person: holder, group: post.group, home: post.home.clone(), left: month });
                }
                None
            }
            None if month == 0 || dice.chance(650) => Some(self.newly_held(number, month, movers, dice)),
            None => None,
        };
        self.posts[number].holders[month] = holder;
    }

    /// Somebody who has just left another district, else somebody new to the city.
    fn newly_held(&mut self, number: usize, month: usize, movers: &mut Vec<Mover>, dice: &mut Dice) -> usize {
        let post = &self.posts[number];
        if let Some(found) = movers.iter().position(|mover| mover.fits(post)) {
            return movers.remove(found).person;
        }
        let group = post.group;
        self.persons.push(Person::drawn(self.persons.len(), group, month, dice));
        self.persons.len() - 1
    }
}

/// Somebody who has left a post for another district.
struct Mover {
    person: usize,
    group: &'static str,
    home: String,
    left: usize,
}

impl Mover {
    /// Reception is where many begin before they investigate.
    fn fits(&self, post: &Post) -> bool {
        let able = self.group == post.group || (self.group, post.group) == (RECEIVES, INVESTIGATES);
        able && self.home != post.home
    }
}

impl Person {
    fn drawn(number: usize, group: &str, month: usize, dice: &mut Dice) -> Self {
        let has_degree = group != OTHER && dice.chance(if group == FOSTER_CARE { 820 } else { 900 });
        // The experienced are those who were here from the beginning; every third newcomer begins with nothing.
        let years = match month {
            0 => dice.weighted(&[(0, 12), (1, 12), (3, 20), (6, 22), (10, 18), (17, 12), (26, 4)]),
            _ => dice.weighted(&[(0, 55), (1, 18), (3, 13), (6, 9), (12, 5)]),
        };
        let now = i32::try_from(month).unwrap_or_default();
        let since = now - years * 12 - i32::try_from(dice.below(12)).unwrap_or_default();
        let taught = if has_degree { Some(24) } else { dice.chance(500).then_some(72) };
        Self {
            number: 104_000 + u32::try_from(number * 7).unwrap_or_default(),
            degree: (!dice.chance(15)).then_some(has_degree),
            since: (!dice.chance(30)).then_some(since),
            competent_from: taught.map(|months| since + months),
            is_judged: !dice.chance(40),
        }
    }
}
